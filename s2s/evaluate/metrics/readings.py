"""What judges read of many pictures, kept on disk: 30 000 pictures are made and looked at a few at a time.

Memory maps in a folder for each set of pictures; a run that was killed goes on with the first picture not yet read.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from s2s.evaluate.metrics.judges import Arrays, PictureReader
from s2s.files.array_store import ArrayStore

AT_ONCE: Final = 16
"""Pictures that are in memory together. Part of what is measured: networks round by the size of a batch."""
USABLE: Final = "usable"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Some pictures [n, h, w, 3], whether each is there [n], and more arrays of n rows to be kept."""

    pictures: NDArray[np.uint8]
    usable: NDArray[np.bool_]
    more: Arrays


@dataclass(frozen=True, slots=True)
class PictureSet:
    """`count` pictures, `each` of them for a clip, one clip's after the other; `show` makes some by their numbers."""

    name: str
    count: int
    each: int
    show: Callable[[range], Shown]


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What was read of one set; row i is of clip i // `each`. `usable` are the rows whose pictures there were."""

    name: str
    each: int
    arrays: Mapping[str, NDArray[Any]]

    @property
    def rows(self) -> NDArray[np.int64]:
        """The rows that count."""
        return np.flatnonzero(self.arrays[USABLE])

    @property
    def clips(self) -> NDArray[np.int64]:
        """The clip of each of `rows`."""
        return self.rows // self.each

    def __contains__(self, array: str) -> bool:
        return array in self.arrays

    def of(self, array: str) -> NDArray[Any]:
        """Return the array's `rows`, in memory."""
        return np.asarray(self.arrays[array][self.rows])


def read_all(pictures: PictureSet, readers: Sequence[PictureReader], folder: Path) -> Readings:
    """Make every picture, let every reader look at it, and keep what is read in `folder`; goes on where it stopped."""
    store: ArrayStore | None = None
    done = ArrayStore(folder, {}, pictures.count)
    chunks = done.left(AT_ONCE)
    for chunk in tqdm(chunks, desc=pictures.name, unit_scale=AT_ONCE, disable=None):
        shown = pictures.show(chunk)
        read = _read(shown, readers)
        store = store or _store(folder, pictures.count, read)
        for name, values in read.items():
            store.arrays[name][chunk.start : chunk.stop] = values
        store.mark(chunk.stop)
    arrays = {path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}
    return Readings(pictures.name, pictures.each, arrays)


@torch.inference_mode()
def _read(shown: Shown, readers: Sequence[PictureReader]) -> dict[str, NDArray[Any]]:
    read: dict[str, NDArray[Any]] = {USABLE: shown.usable.astype(np.uint8), **shown.more}
    for reader in readers:
        read |= reader.read(shown.pictures)
    return read


def _store(folder: Path, count: int, read: Mapping[str, NDArray[Any]]) -> ArrayStore:
    return ArrayStore.to_fill(folder, count, {name: (values.shape[1:], values.dtype) for name, values in read.items()})
