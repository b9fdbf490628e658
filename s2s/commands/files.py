"""Which files a verb works on."""

import itertools
import logging
from collections.abc import Callable, Iterable, Sequence, Sized
from pathlib import Path, PurePosixPath
from typing import Final, TypeVar

from s2s.files.names import cut_to, shown
from s2s.media.audio import AudioFileError, sounds_in

T = TypeVar("T")
_LONGEST_NAME_BYTES: Final = 230
"""Of the 255 that a file's name may have; a number, an ending and `.part` follow."""
_log = logging.getLogger(__name__)


def sound_files(named: Sequence[Path]) -> list[Path]:
    """Return the files named and, of every folder named, the sounds and films in it, sorted.

    Raises AudioFileError for a folder without any; a file that is named is taken whatever its ending.
    """
    return [file for path in named for file in (sounds_in(path) if path.is_dir() else [path])]


def readable(named: Sequence[Path], read: Callable[[Path], T]) -> list[tuple[Path, T]]:
    """Return every file named and every sound in the folders named, with what `read` makes of it.

    A sound that was found in a folder and cannot be read is passed over with a warning in the log. Raises
    AudioFileError for a file that was named, and where nothing is left.
    """
    contents: list[tuple[Path, T]] = []
    refused: list[AudioFileError] = []
    for file in sound_files(named):
        try:
            contents.append((file, read(file)))
        except AudioFileError as error:
            if file in named:
                raise
            refused.append(error)
    if not contents:
        raise refused[0]
    for refusal in refused:
        _log.warning("left out: %s", refusal)
    return contents


def names_of(files: Sequence[Path], named: Sequence[Path] = ()) -> list[str]:
    """Return a name for each file, none twice: its own without the ending, numbered where others have the same.

    A file of a folder that was `named` is called by its way there, as "rain/1-17367": the folders in it are often
    classes. Of several folders each is part of the name. A name that would be too long with an ending is cut.
    """
    folders = [path for path in named if path.is_dir()]
    names: dict[str, None] = {}  # a set that keeps its order
    for file in files:
        stem = (_folders_of(file, folders) / cut_to(file.stem, _LONGEST_NAME_BYTES)).as_posix()
        alike = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
        names[next(name for name in alike if name not in names)] = None
    return list(names)


def _folders_of(file: Path, folders: Sequence[Path]) -> PurePosixPath:
    """Return in which folders of one of `folders` a file lies; of none, where it lies in none of them."""
    for folder in folders:
        if file.is_relative_to(folder):
            return PurePosixPath(folder.name if len(folders) > 1 else "", *file.relative_to(folder).parts[:-1])
    return PurePosixPath()


def warn_of_silence(file: Path, reason: str) -> None:
    """Say in the log why nothing is heard in `file`, where there is such a `reason`."""
    if reason:
        _log.warning("%s: %s; what is made of it is no answer", shown(file), reason)


def progress(items: Iterable[T], unit: str, total: int | None = None) -> Iterable[T]:
    """Go through `items` with a bar on a terminal, silently elsewhere; `total` is their number where none is known."""
    from tqdm import tqdm

    number = len(items) if isinstance(items, Sized) else total
    bar: Iterable[T] = tqdm(items, unit=f" {unit}", total=number, disable=True if number in (0, 1) else None)
    return bar
