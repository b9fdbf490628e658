"""Which split a recording belongs to, decided by a hash of its name. Pure.

No list is kept: the answer for one recording never depends on which others there are, so a corpus may grow, shrink or
be listed on many machines at once, and nothing moves from one split to another.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from s2s.data.corpus import Split, Video

VAL_SHARE: Final = 0.05
_BITS: Final = 53  # of a float: more would round the last places up to 1


def place_of(recording: str, seed: int = 0) -> float:
    """Return where a recording lies in 0..1 (1 excluded): evenly spread, and always the same for one seed."""
    name = recording.encode(errors="surrogatepass")  # of files whose names are no text
    digest = hashlib.blake2b(b"%d\0" % seed + name, digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> (64 - _BITS)) / 2.0**_BITS


def split_of(recording: str, *, val_share: float = VAL_SHARE, test_share: float = 0.0, seed: int = 0) -> Split:
    """Return the split of everything that was cut from `recording`.

    Test recordings lie at the lower end of `place_of`, those for validation at the upper: where a share grows, what it
    held before stays in it. Raises ValueError for shares that are negative or more than everything.
    """
    if min(val_share, test_share) < 0 or not val_share + test_share <= 1:  # NaN is refused as well
        raise ValueError(f"expected shares of 0 to 1, 1 together, got {val_share:g} for val, {test_share:g} for test")
    place = place_of(recording, seed)
    if place < test_share:
        return "test"
    return "val" if place >= 1 - val_share else "train"


def in_two_splits(videos: Iterable[Video]) -> dict[str, set[Split]]:
    """Return the recordings whose clips lie in more than one split, as a list of others may have it."""
    splits: defaultdict[str, set[Split]] = defaultdict(set)
    for video in videos:
        if video.split is not None:
            splits[video.split_key].add(video.split)
    return {recording: found for recording, found in splits.items() if len(found) > 1}
