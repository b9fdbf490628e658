"""Vectors that glide from picture to picture, as what changed of them. Pure, and exact to the last bit.

A float whose value moves a little moves a little as a whole number of its bits, too: the differences are small, and
laid out byte by byte the upper ones are zeros, which any compressor takes away.
"""

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]


def changed(now: bytes, before: bytes) -> bytes:
    """Return `now` as what differs from `before`, of the same length and a multiple of four bytes, the lower byte of
    each word first."""
    difference = (_words(now) - _words(before)).view(np.int32)
    small = ((difference << 1) ^ (difference >> 31)).view(np.uint32)  # a small step down is a small number as well
    return np.ascontiguousarray(small.view(np.uint8).reshape(-1, 4).T).tobytes()


def restored(change: bytes, before: bytes) -> bytes:
    """Return what `changed` was given. Raises ValueError where the two are not of one length."""
    if len(change) != len(before):
        raise ValueError(f"a change of {len(change)} bytes does not follow {len(before)}")
    columns = np.frombuffer(change, np.uint8).reshape(4, -1).T
    small: Words = np.ascontiguousarray(columns).view(np.uint32).ravel()
    difference = (small >> 1) ^ (np.uint32(0) - (small & 1))
    return (_words(before) + difference).tobytes()


def is_steady(now: bytes, before: bytes) -> bool:
    """Return whether `now` can be told as a change of `before`."""
    return len(now) == len(before) and len(now) % 4 == 0 and len(now) > 0


def _words(packed: bytes) -> Words:
    return np.frombuffer(packed, np.uint32)
