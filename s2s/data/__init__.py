"""Films of any kind -> clips of sound and frames to train on. Nothing here is used by the show; no torch.

corpus          what is to be prepared: `Video`s of a `Corpus`
corpora         the corpora by name; vggsound, vegas: the published ones, as `Listing`s: what of them is on this disk,
                and in which split; esc10: real recordings to test with
annotations     best frames of clips: the published file, our own, and how far two agree
clip_source     `ClipSource`: how training and selection see clips, wherever they come from
prepare         films -> a folder of clips: plan, workers (outcome, film_clips, sound_track, cutting), shards, journal,
                rendezvous (of ranks), results
prepared        reads such a folder, any clip and frame by the index
"""
