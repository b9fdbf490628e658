"""Films of any kind -> clips of sound and frames to train on. Nothing here is used by the show; no torch.

corpus          what is to be prepared: `Video`s of a `Corpus`
source          `ClipSource`: how training and selection see clips, wherever they come from
"""
