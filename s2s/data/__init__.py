"""Films of any kind -> clips of sound and frames to train on. Nothing here is used by the show; no torch.

corpus          what is to be prepared: `Video`s of a `Corpus`
vggsound, vegas the published corpora, as `Listing`s: what of them is on this disk, and in which split
annotations     best frames of clips: the published file, our own, and how far two agree
source          `ClipSource`: how training and selection see clips, wherever they come from
"""
