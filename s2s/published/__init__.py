"""The authors' own checkpoints, as people have them on disk, become bundles; nothing in them is ever run.

checkpoint (tensors and plain values out of a file) -> sizes and networks (which network is it, under our keys) ->
files (a folder's, the better of two by FID) -> importing (a whole bundle).
"""
