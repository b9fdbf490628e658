"""A look as the text of a preset's file: what `presets/README.md` explains, laid out as a hand would. Pure.

Paths are written so that they still lead there from the file's folder: beside it, in the venue, among those that ship,
or whole.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import yaml

from installation.parameters import DEEDS, DEFAULTS, PARAMETERS
from installation.presets.naming import PRESET_FOLDER
from installation.presets.preset import LOOK, Preset
from installation.values import ParameterValue

_DIGITS: Final = 6
"""Of a number, as written: finer than any eye, ear or fader, and short enough to be read."""
_WIDTH: Final = 124


def shown_as_preset(preset: Preset, values: Mapping[str, ParameterValue]) -> Preset:
    """Return `preset` with what is shown of it now: the whole look, what it names itself, and the scene's own hands
    where they are not at rest.
    """
    scene = (address for address, row in PARAMETERS.items() if row.group == "scene" and values[address] != row.default)
    named = {*LOOK, *preset.parameters, *scene} - DEEDS
    kept = {address: _short(values[address]) for address in DEFAULTS if address in named}
    return replace(preset, parameters=kept)


def preset_text(preset: Preset, path: Path, model: Path | None) -> str:
    """Return the YAML text that, in the file `path`, is `preset`; `model` is the bundle's folder, None the default."""
    path = path.parent.resolve() / path.name
    document = preset.as_document()
    document["image"] = None if preset.image is None else _file_from(path, preset.image)
    if preset.lut is not None:
        document["lut"] = _file_from(path, preset.lut.path)
    document["model"] = "default" if model is None else _from(path, model)
    midi = {key: value for key, value in document["midi"].items() if key != "clock" or value != "none"}
    document["midi"] = midi
    del document["safety"]  # whoever keeps a look takes no one's word for the safety of an audience
    return "".join(_entry(key, value) for key, value in document.items() if value is not None)


def _entry(key: str, value: Any) -> str:
    """Return one key of the file: lists and what is in them short, a line each; parameters a line each."""
    flow = None if isinstance(value, list) or key == "midi" else False
    return yaml.safe_dump({key: value}, default_flow_style=flow, sort_keys=False, allow_unicode=True, width=_WIDTH)


def _file_from(path: Path, file: Path) -> str:
    beside = path.parent
    if file.is_relative_to(PRESET_FOLDER) and not (beside / file.relative_to(PRESET_FOLDER)).exists():
        return file.relative_to(PRESET_FOLDER).as_posix()
    return _from(path, file)


def _from(path: Path, target: Path) -> str:
    """Return `target` as seen from the file `path` where both lie in one venue, so that its folder can be moved."""
    venue = path.parent.parent
    return Path(os.path.relpath(target, path.parent)).as_posix() if target.is_relative_to(venue) else str(target)


def _short(value: ParameterValue) -> ParameterValue:
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
