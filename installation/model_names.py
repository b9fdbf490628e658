"""Which models a running show may be told to go to, by name, and what the one is called that plays.

Whoever comes by network or page names a folder below one of the show's own: that of its preset, the one it was started
in, the one that holds its first model, `presets/`; never a path to anywhere else. Only listing them reads the disk.
"""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from s2s.card import CARD, DEFAULT_BUNDLE
from s2s.files.quote import one_line, quoted

DEFAULT: Final = "default"
LETTERS: Final = 200
_MOST_LISTED: Final = 50


class ModelNameError(ValueError):
    """A name that can be no model's; one line."""


class ModelNames:
    """Knows the show's folders, and the models it has played by then, wherever they lie. Any thread."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(dict.fromkeys(folder.resolve() for folder in folders))
        self._played: dict[str, Path] = {}

    def candidates(self, name: str) -> tuple[str, ...]:
        """Return the folders that `name` may mean, the likeliest first. Raises ModelNameError."""
        path = PurePosixPath(name)
        if not path.parts:
            raise ModelNameError("a model has a name, got none")
        if name in self._played:
            return (str(self._played[name]),)
        if name == DEFAULT:
            return (str(DEFAULT_BUNDLE),)
        if path.is_absolute() or ".." in path.parts or Path(name).drive:
            raise ModelNameError(f"a model is named by a folder below the show's own, got {quoted(name)}")
        return tuple(str(folder / path) for folder in self._folders)

    def folder_of(self, name: str) -> Path:
        """Return the folder of the bundle that `name` means. Raises ModelNameError where there is none."""
        for folder in self.candidates(name):
            if (Path(folder) / CARD).is_file():
                return Path(folder)
        raise ModelNameError(f"there is no model {quoted(name)}")

    def name_of(self, folder: Path) -> str:
        """Return what the model in `folder` is called, and know it by that name from now on."""
        above = [one for one in self._folders if one in folder.parents]
        name = folder.relative_to(above[0]).as_posix() if above else folder.name
        name = DEFAULT if folder == DEFAULT_BUNDLE.resolve() else one_line(name, LETTERS).replace("\\", "/")
        self._played[name] = folder
        return name

    def listed(self) -> list[str]:
        """Return the names of bundles that lie in the show's folders, and of those it has played."""
        found = {path.parent.name for folder in self._folders for path in _cards_in(folder)}
        return sorted({DEFAULT, *self._played, *found})[:_MOST_LISTED]


def _cards_in(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.glob(f"*/{CARD}") if not path.parent.name.startswith(".")]
    except OSError:  # a folder that was taken away has no models
        return []
