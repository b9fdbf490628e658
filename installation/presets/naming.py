"""Which file a preset's name is, and what names there are.

The command line may name any file; whoever comes by network, page or key names one of the show's folders of presets.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from installation.parameter import ParameterError
from installation.parameters import nearest, parameter
from installation.presets.preset import PresetError
from s2s.files.quote import one_line, quoted

PRESET_FOLDER: Final = Path(__file__).resolve().parents[2] / "presets"
THUMBNAIL: Final = ".jpg"
"""The ending of the picture beside a saved preset."""
_ENDINGS: Final = (".yaml", ".yml")
_NAME: Final = "/show/preset"


def preset_names(folders: Sequence[Path] = (PRESET_FOLDER,)) -> list[str]:
    """Return the names of the presets in `folders`, by default of those that ship."""
    stems = {path.stem for folder in folders for path in _files_of(folder) if is_preset_name(path.stem)}
    return sorted(stems)


def preset_folders(given: Path, venue: Path | None = None) -> tuple[Path, ...]:
    """Return the folders whose presets a show may go to, the first found first: the `venue`'s, that of the file it was
    `given`, and `presets/`.
    """
    return tuple(dict.fromkeys((*(() if venue is None else (venue,)), given.parent, PRESET_FOLDER)))


def preset_thumbnail(name: str, folders: Sequence[Path]) -> Path | None:
    """Return the picture of the preset called `name`: what was on the wall when it was saved; None where there is none.

    It belongs to the file that the name finds: a preset of one's own does not show the picture of one that ships.
    """
    try:
        thumbnail = find_named(name, folders).with_suffix(THUMBNAIL)
    except PresetError:
        return None
    return thumbnail if _is_file(thumbnail) else None


def find_named(name: str, folders: Sequence[Path]) -> Path:
    """Return the file of the preset called `name`, from the first of `folders` that has it; never another file.

    Raises PresetError that names the nearest.
    """
    for folder in folders:
        for ending in _ENDINGS if is_preset_name(name) else ():
            path = folder / f"{name}{ending}"
            if _is_file(path):
                return path
    names = preset_names(folders)
    raise PresetError(
        f"there is no preset {quoted(name)}{nearest(name, names)} (have: {one_line(', '.join(names), 200)})"
    )


def find_preset(name_or_path: str, folders: Sequence[Path] = (PRESET_FOLDER,)) -> Path:
    """Return the file of a preset by its name in `folders` or by its path. Raises PresetError naming the nearest."""
    path = Path(name_or_path)
    if path.suffix not in _ENDINGS:
        return find_named(name_or_path, folders)
    if not _is_file(path):
        raise PresetError(f"there is no preset file {one_line(name_or_path, 200)}")
    return path


def is_preset_name(name: str) -> bool:
    """Return whether `name` can be asked for by everybody; hidden files are nobody's presets."""
    try:
        parameter(_NAME).check(name)
    except ParameterError:
        return False
    return name != "" and not name.startswith(".")


def _files_of(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix in _ENDINGS]
    except OSError:  # a folder that was taken away has no presets
        return []


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a longer name than files have
        return False
