"""The presets that a venue saved, on its disk: a file each, its picture beside it, its last ten versions below.

    presets/NAME.yaml   presets/NAME.jpg   presets/versions/NAME/000001.yaml …

Every file is whole or not there. What was saved over is kept as a version as it was written, comments too. Any thread,
but one at a time; a disk may take its time. Raises PresetError in one line that names the cause.
"""

import contextlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import yaml

from installation.presets.document import preset_text
from installation.presets.naming import PRESET_FOLDER, THUMBNAIL, find_named, is_preset_name
from installation.presets.preset import Preset, PresetError
from installation.presets.reading import read_preset
from s2s.files.atomic_write import atomic_path
from s2s.files.quote import one_line, quoted

VERSIONS_KEPT: Final = 10
_VERSIONS: Final = "versions"
_ENDING: Final = ".yaml"
_NAME_LINE: Final = re.compile(r"^name:[^\n]*$", re.MULTILINE)


def name_problem(name: str) -> str:
    """Return why no preset can be saved as `name`; empty where one can."""
    if not is_preset_name(name) or name != name.strip():
        return f"a preset is saved under a name that does not begin with a dot or a space, got {quoted(name)}"
    return ""


class PresetStore:
    """Saves to `folder`; `others` are the folders that the show has presets from besides, to read alone."""

    def __init__(self, folder: Path, others: Sequence[Path] = (PRESET_FOLDER,)) -> None:
        self.folder = folder
        self._others = tuple(other for other in others if other != folder)

    def save(self, name: str, preset: Preset, model: Path | None, picture: bytes | None) -> Preset:
        """Write `preset` as `name`, with the folder of its model (None: the default) and its picture (JPEG).

        Returns it as read again from its file.
        """
        self._check(name)
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            text = preset_text(preset, path, model)
            if not path.exists():
                self._keep_the_other(name, path)
            elif path.read_text(encoding="utf-8", errors="replace") != text:
                self._keep(name, path.read_bytes())
            saved = _write(path, text)
            if picture is not None:
                with atomic_path(path.with_suffix(THUMBNAIL)) as partial:
                    partial.write_bytes(picture)
        except OSError as error:
            raise _in_words(f"{name} cannot be saved in {self.folder}", error) from None
        return saved

    def rename(self, path: Path, name: str) -> Preset:
        """Give the preset of the file `path`, its picture and its versions another name."""
        self._check(name)
        if path.parent.resolve() != self.folder.resolve():
            raise PresetError(f"{path.stem} is not of this venue: save it as {quoted(name)} instead")
        try:
            there = find_named(name, (self.folder, *self._others))
        except PresetError:
            there = None
        if there is not None:
            raise PresetError(f"there is a preset {quoted(name)} already, in {one_line(there.parent, 200)}")
        try:
            return self._rename(path, self._path(name))
        except OSError as error:
            raise _in_words(f"{path.stem} cannot be renamed in {self.folder}", error) from None

    def version(self, path: Path, back: int) -> Preset:
        """Return the preset of the file `path` as it was saved `back` times ago; 0 is as it is."""
        if back == 0:
            return read_preset(path)
        name = path.stem
        versions = self.versions(name)
        if back > len(versions):
            have = f"{len(versions)} earlier" if versions else "no earlier"
            raise PresetError(f"{name} has {have} version{'' if len(versions) == 1 else 's'}, asked for {back}")
        return read_preset(versions[back - 1], stands_for=path)

    def versions(self, name: str) -> list[Path]:
        """Return the files of the earlier versions of `name`, the newest first."""
        try:
            files = [path for path in self._version_folder(name).iterdir() if path.stem.isdecimal()]
        except OSError:
            return []
        return sorted((path for path in files if path.suffix == _ENDING), key=lambda path: int(path.stem), reverse=True)

    def _check(self, name: str) -> None:
        if problem := name_problem(name):
            raise PresetError(problem)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{_ENDING}"

    def _version_folder(self, name: str) -> Path:
        return self.folder / _VERSIONS / name

    def _keep_the_other(self, name: str, path: Path) -> None:
        """Keep as a version what the name found so far: from now on the venue's own file hides it."""
        with contextlib.suppress(PresetError):
            other = find_named(name, (self.folder, *self._others))
            preset = read_preset(other)
            model = None if preset.model == "default" else (other.parent / preset.model).resolve()
            self._keep(name, preset_text(preset, path, model).encode())

    def _keep(self, name: str, content: bytes) -> None:
        kept = self.versions(name)
        number = int(kept[0].stem) + 1 if kept else 1
        folder = self._version_folder(name)
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_path(folder / f"{number:06}{_ENDING}", durable=True) as partial:
            partial.write_bytes(content)
        for old in kept[VERSIONS_KEPT - 1 :]:
            old.unlink(missing_ok=True)

    def _rename(self, path: Path, target: Path) -> Preset:
        text = path.read_text(encoding="utf-8")
        line = yaml.safe_dump({"name": target.stem}, allow_unicode=True).strip()
        renamed = _write(target, _NAME_LINE.sub(lambda _found: line, text, count=1))
        for old, new in (
            (path.with_suffix(THUMBNAIL), target.with_suffix(THUMBNAIL)),
            (self._version_folder(path.stem), self._version_folder(target.stem)),
        ):
            if old.exists() and not new.exists():
                old.rename(new)
        path.unlink()
        return renamed


def _write(path: Path, text: str) -> Preset:
    """Write a preset's file once it is certain that it can be read again, and return what it is."""
    with atomic_path(path, durable=True) as partial:
        partial.write_text(text, encoding="utf-8")
        return read_preset(partial, stands_for=path)


def _in_words(what: str, error: OSError) -> PresetError:
    return PresetError(f"{one_line(what, 300)}: {one_line(error.strerror or error)}")
