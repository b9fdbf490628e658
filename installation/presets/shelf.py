"""The presets that a show may go to, as an operator chooses among them: name, description, where from, with a picture?

Reads files: for the page's threads, never for the show's. What was read once is read again only when it has changed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installation.presets.naming import PRESET_FOLDER, find_named, preset_names, preset_thumbnail
from installation.presets.preset import PresetError
from installation.presets.reading import PRESET_BOUNDS
from s2s.files.document import DocumentError, read_yaml

_MOST_LETTERS: Final = 500
_MOST_BYTES: Final = 2 << 20
_JPEG: Final = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class ListedPreset:
    """A preset as it is offered; `origin` is "shipped" or "venue", `thumbnail` the file of its picture and `drawn_ns`
    when that was written: a preset that is saved again is another one to look at.
    """

    name: str
    description: str = ""
    origin: str = "shipped"
    thumbnail: Path | None = None
    drawn_ns: int = 0


class PresetShelf:
    """Lists the presets of `folders`, the first of which wins where two have a name."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._described: dict[Path, tuple[tuple[int, int], str]] = {}

    def names(self) -> list[str]:
        """Return their names alone."""
        return preset_names(self._folders)

    def listed(self) -> list[ListedPreset]:
        """Return all of them by name; one that cannot be read is there without a description."""
        return list(self._each())

    def thumbnail(self, name: str) -> bytes | None:
        """Return the JPEG file of a preset's picture, None where there is none."""
        return _jpeg_of(preset_thumbnail(name, self._folders))

    def _each(self) -> Iterator[ListedPreset]:
        for name in self.names():
            try:
                path = find_named(name, self._folders)
            except PresetError:  # it was taken away meanwhile
                continue
            origin = "shipped" if path.parent == PRESET_FOLDER else "venue"
            picture = preset_thumbnail(name, self._folders)
            yield ListedPreset(name, self._describe(path), origin, picture, _written_ns(picture))

    def _describe(self, path: Path) -> str:
        try:
            found = path.stat()
        except OSError:
            return ""
        state = (found.st_mtime_ns, found.st_size)
        known = self._described.get(path)
        if known is None or known[0] != state:
            known = self._described[path] = (state, _description(path))
        return known[1]


def _description(path: Path) -> str:
    try:
        document = read_yaml(path, PRESET_BOUNDS)
    except DocumentError:
        return ""
    words = document.get("description") if isinstance(document, dict) else None
    return " ".join(words.split())[:_MOST_LETTERS] if isinstance(words, str) else ""


def _written_ns(path: Path | None) -> int:
    try:
        return 0 if path is None else path.stat().st_mtime_ns
    except OSError:
        return 0


def _jpeg_of(path: Path | None) -> bytes | None:
    try:
        if path is None or path.stat().st_size > _MOST_BYTES:
            return None
        content = path.read_bytes()
    except OSError:
        return None
    return content if content.startswith(_JPEG) else None
