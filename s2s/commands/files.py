"""Which files a verb works on."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from s2s.audio import AudioFileError

T = TypeVar("T")
_SOUNDS: Final = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff", ".wma")
_FILMS: Final = (".mp4", ".mkv", ".webm", ".mov", ".avi")


def sound_files(named: Sequence[Path]) -> list[Path]:
    """Return the files named and, of every folder named, the sounds and films in it, sorted.

    Raises AudioFileError for a folder without any; a file that is named is taken whatever its ending.
    """
    return [file for path in named for file in (_sounds_in(path) if path.is_dir() else [path])]


def progress(items: Sequence[T], unit: str) -> Iterable[T]:
    """Go through `items` with a bar on a terminal, silently elsewhere."""
    from tqdm import tqdm

    bar: Iterable[T] = tqdm(items, unit=f" {unit}", disable=True if len(items) < 2 else None)
    return bar


def _sounds_in(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SOUNDS + _FILMS and path.is_file())
    if not found:
        raise AudioFileError(folder, "holds no sound; expected files such as .wav, .flac, .ogg, .mp3 or films")
    return found
