"""Which files a verb works on."""

import itertools
from collections.abc import Iterable, Sequence, Sized
from pathlib import Path
from typing import TypeVar

from s2s.audio import sounds_in

T = TypeVar("T")


def sound_files(named: Sequence[Path]) -> list[Path]:
    """Return the files named and, of every folder named, the sounds and films in it, sorted.

    Raises AudioFileError for a folder without any; a file that is named is taken whatever its ending.
    """
    return [file for path in named for file in (sounds_in(path) if path.is_dir() else [path])]


def names_of(files: Sequence[Path]) -> list[str]:
    """Return a name for each file, none twice: its own without the ending, numbered where others have the same."""
    names: dict[str, None] = {}  # a set that keeps its order
    for file in files:
        alike = itertools.chain([file.stem], (f"{file.stem}-{number}" for number in itertools.count(2)))
        names[next(name for name in alike if name not in names)] = None
    return list(names)


def progress(items: Iterable[T], unit: str, total: int | None = None) -> Iterable[T]:
    """Go through `items` with a bar on a terminal, silently elsewhere; `total` is their number where none is known."""
    from tqdm import tqdm

    number = len(items) if isinstance(items, Sized) else total
    bar: Iterable[T] = tqdm(items, unit=f" {unit}", total=number, disable=True if number in (0, 1) else None)
    return bar
