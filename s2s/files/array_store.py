"""Arrays that are filled row by row and outlive a kill: memory maps in a folder, and how many rows of them are done."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from s2s.files.atomic_write import write_text

DONE: Final = "done"


@dataclass(frozen=True, slots=True, eq=False)
class ArrayStore:
    """`arrays` by name, each of `count` rows in FOLDER/NAME.npy; the first rows are done, `done_name` says how many.

    One process fills it, from the first row on; whoever reads opens the files by memory map.
    """

    folder: Path
    arrays: Mapping[str, NDArray[Any]]
    count: int
    done_name: str = DONE

    @classmethod
    def to_fill(
        cls,
        folder: Path,
        count: int,
        rows: Mapping[str, tuple[tuple[int, ...], DTypeLike]],
        done_name: str = DONE,
    ) -> Self:
        """Return the store in `folder`, made unless it is there; `rows` are the shape and type of one row by name."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {
            name: _opened(folder / f"{name}.npy", (count, *shape), dtype) for name, (shape, dtype) in rows.items()
        }
        return cls(folder, arrays, count, done_name)

    @property
    def done(self) -> int:
        """How many rows are written."""
        return rows_done(self.folder, self.done_name)

    def left(self, size: int) -> list[range]:
        """Return the rows that are still to be filled, at most `size` at a time."""
        return [range(start, min(start + size, self.count)) for start in range(self.done, self.count, size)]

    def mark(self, done: int) -> None:
        """Say, once the disk has them, that the first `done` rows are written."""
        for array in self.arrays.values():
            assert isinstance(array, np.memmap)
            array.flush()
        write_text(self.folder / self.done_name, str(done))


def read_rows(array: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return `rows` [k, …] of a memory map as float32, read in the order of the disk."""
    order = np.argsort(rows, kind="stable")
    read = np.empty((len(rows), *array.shape[1:]), np.float32)
    read[order] = array[rows[order]]
    return read


def rows_done(folder: Path, done_name: str = DONE) -> int:
    """Return how many rows of the store in `folder` are written; 0 where there is none."""
    path = folder / done_name
    return int(path.read_text()) if path.exists() else 0


def _opened(path: Path, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    if path.exists():
        there: NDArray[Any] = np.load(path, mmap_mode="r+")
        return there
    made: NDArray[Any] = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)
    return made
