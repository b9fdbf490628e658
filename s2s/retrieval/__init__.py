"""Nearest images to a sound, nearest sounds to an image: embedding (of files), cache (of folders), index (search)."""
