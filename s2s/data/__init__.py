"""Films of any kind -> clips of sound and frames to train on. Nothing here is used by the show; no torch.

corpus          what is to be prepared: `Video`s of a `Corpus`
vggsound, vegas the published corpora, as `Listing`s: what of them is on this disk, and in which split
annotations     best frames of clips: the published file, our own, and how far two agree
source          `ClipSource`: how training and selection see clips, wherever they come from
prepare         films -> a folder of clips: plan, workers (outcome, film_clips, sound_track, cutting), shards, journal,
                company (of ranks), results
prepared        reads such a folder, any clip and frame by the index; stream: the order of an epoch for many readers
"""
