"""Which files a verb works on."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from s2s.audio import sounds_in

T = TypeVar("T")


def sound_files(named: Sequence[Path]) -> list[Path]:
    """Return the files named and, of every folder named, the sounds and films in it, sorted.

    Raises AudioFileError for a folder without any; a file that is named is taken whatever its ending.
    """
    return [file for path in named for file in (sounds_in(path) if path.is_dir() else [path])]


def progress(items: Sequence[T], unit: str) -> Iterable[T]:
    """Go through `items` with a bar on a terminal, silently elsewhere."""
    from tqdm import tqdm

    bar: Iterable[T] = tqdm(items, unit=f" {unit}", disable=True if len(items) < 2 else None)
    return bar
