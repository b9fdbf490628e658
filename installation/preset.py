"""Presets: one YAML file a mood. Loads, checks, and says in one line what is wrong with a bad one. Runs no code."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from installation.modulation import Route
from installation.parameters import DEFAULTS, ParameterError, nearest, parameter
from installation.values import FEATURE_NAMES, ParameterValue

PRESET_FOLDER: Final = Path(__file__).resolve().parent.parent / "presets"


class PresetError(ValueError):
    """A preset that cannot be found, read or used; the message is one line."""

    exit_code = 2


class _Route(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    feature: str = Field(alias="from")
    to: str
    amount: float
    attack: float = Field(default=0.02, ge=0)
    release: float = Field(default=0.3, ge=0)


class _Midi(BaseModel):
    model_config = ConfigDict(extra="forbid")

    device: str = "auto"
    map: list[dict[str, Any]] = Field(default_factory=list)


class _Document(BaseModel):
    """The YAML's keys, as DESIGN names them; anything else is refused."""

    model_config = ConfigDict(extra="forbid")

    name: str
    description: str
    source: str = "mic"
    model: str = "default"
    image: str | None = None
    window: Literal["fullscreen", "windowed"] = "fullscreen"
    parameters: dict[str, Any] = Field(default_factory=dict)
    modulation: list[_Route] = Field(default_factory=list)
    passes: list[str] = Field(default_factory=lambda: ["upscale", "grade"])
    midi: _Midi = Field(default_factory=_Midi)


@dataclass(frozen=True, slots=True)
class Preset:
    """A checked preset. Times are seconds, amounts in each parameter's unit; `image` is absolute."""

    name: str
    description: str
    path: Path
    source: str
    model: str
    image: Path | None
    fullscreen: bool
    parameters: Mapping[str, ParameterValue]
    routes: tuple[Route, ...]
    passes: tuple[str, ...]
    midi_device: str
    midi_map: tuple[Mapping[str, Any], ...]

    def as_document(self) -> dict[str, Any]:
        """Return the resolved preset with the file's own keys, ready for YAML."""
        return {
            "name": self.name,
            "description": self.description,
            "source": self.source,
            "model": self.model,
            "image": None if self.image is None else str(self.image),
            "window": "fullscreen" if self.fullscreen else "windowed",
            "parameters": dict(self.parameters),
            "modulation": [
                {"from": r.feature, "to": r.address, "amount": r.amount, "attack": r.attack_s, "release": r.release_s}
                for r in self.routes
            ],
            "passes": list(self.passes),
            "midi": {"device": self.midi_device, "map": [dict(entry) for entry in self.midi_map]},
        }


def preset_names(folder: Path = PRESET_FOLDER) -> list[str]:
    """Return the names of the presets that ship."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def find_preset(name_or_path: str, folder: Path = PRESET_FOLDER) -> Path:
    """Return the file of a preset by its name in `presets/` or by its path. Raises PresetError naming the nearest."""
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        if path.is_file():
            return path
        raise PresetError(f"there is no preset file {name_or_path}")
    shipped = folder / f"{name_or_path}.yaml"
    if shipped.is_file():
        return shipped
    names = preset_names(folder)
    near = nearest(name_or_path, names)
    raise PresetError(f"there is no preset {name_or_path!r}{near} (have: {', '.join(names)})")


def load_preset(name_or_path: str, folder: Path = PRESET_FOLDER) -> Preset:
    """Return the checked preset. Raises PresetError in one line: file, key, what was expected, what came."""
    path = find_preset(name_or_path, folder).resolve()
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PresetError(f"{path.name}: cannot be read as YAML: {_one_line(error)}") from None
    if not isinstance(raw, dict):
        raise PresetError(f"{path.name}: a preset is a YAML mapping with at least name and description")
    try:
        return _checked(_Document.model_validate(raw), path)
    except ValidationError as error:
        raise PresetError(f"{path.name}: {_explain(error)}") from None
    except ParameterError as error:
        raise PresetError(f"{path.name}: {error}") from None


def mood(preset: Preset) -> dict[str, ParameterValue]:
    """Return all values that going to `preset` sets: the look and the motion as a whole, the rest only where named.

    What a preset leaves out of `/latent/` and `/render/` returns to its default, so that a preset looks the same
    whichever came before it; gain and the show's switches stay in the operator's hands.
    """
    whole = {address: value for address, value in DEFAULTS.items() if address.startswith(("/latent/", "/render/"))}
    return {**whole, **preset.parameters}


def _checked(document: _Document, path: Path) -> Preset:
    image = None if document.image is None else (path.parent / document.image).resolve()
    if image is not None and not image.is_file():
        raise PresetError(f"{path.name}: image: there is no file {image}")
    return Preset(
        name=document.name,
        description=document.description,
        path=path,
        source=document.source,
        model=document.model,
        image=image,
        fullscreen=document.window == "fullscreen",
        parameters={address: parameter(address).check(value) for address, value in document.parameters.items()},
        routes=tuple(_checked_route(route) for route in document.modulation),
        passes=tuple(document.passes),
        midi_device=document.midi.device,
        midi_map=tuple(document.midi.map),
    )


def _checked_route(route: _Route) -> Route:
    if route.feature not in FEATURE_NAMES:
        near = nearest(route.feature, FEATURE_NAMES)
        raise ParameterError(f"modulation: from takes {' | '.join(FEATURE_NAMES)}, got {route.feature!r}{near}")
    row = parameter(route.to)
    if not row.is_number:
        raise ParameterError(f"modulation: {route.to} takes {row.range_text}: a feature cannot move it")
    return Route(route.feature, route.to, route.amount, route.attack, route.release)


def _explain(error: ValidationError) -> str:
    """Say the first fault in our words: where, what, and the nearest key that exists."""
    # A misspelt key is both unknown and missing: what was written tells more than what was not.
    first = min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        key = str(first["loc"][-1])
        return f"unknown key {where!r}{nearest(key, _known_keys(first['loc']))}"
    if first["type"] == "missing":
        return f"{where} is required"
    return f"{where}: {first['msg'][0].lower()}{first['msg'][1:]}, got {first['input']!r}"


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    if len(location) == 1:
        return list(_Document.model_fields)
    model = _Route if location[0] == "modulation" else _Midi
    return [field.alias or name for name, field in model.model_fields.items()]


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
