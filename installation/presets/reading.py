"""Presets are YAML, one file each. Reads, checks, and says in one line what is wrong with a bad one. Runs no code."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, ValidationError

from installation.document_faults import first_fault
from installation.grading.cube_file import ENDING as CUBE_ENDING
from installation.grading.cube_file import Cube, CubeError, read_cube
from installation.modulation import Route
from installation.parameter import ParameterError
from installation.parameters import DEEDS, nearest, parameter
from installation.presets.naming import PRESET_FOLDER, find_preset
from installation.presets.preset import Preset, PresetError
from installation.values import FEATURE_NAMES
from s2s.files.document import Bounds, DocumentError, read_yaml
from s2s.files.quote import one_line, quoted

PRESET_BOUNDS: Final = Bounds(bytes=65_536, levels=16, values=4_000)
_NAME: Final = "/show/preset"
_MODEL: Final = "/show/model"
_LARGEST_AMOUNT: Final = 1e6
_LONGEST_S: Final = 3_600.0


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("expected one line that can be printed")
    return text


_Line = Annotated[str, Field(max_length=1_000), AfterValidator(_printable)]
_Seconds = Annotated[float, Field(ge=0, le=_LONGEST_S, allow_inf_nan=False)]
_Amount = Annotated[float, Field(ge=-_LARGEST_AMOUNT, le=_LARGEST_AMOUNT, allow_inf_nan=False)]


_IsfNumber = Annotated[float, Field(ge=-_LARGEST_AMOUNT, le=_LARGEST_AMOUNT, allow_inf_nan=False)]
_IsfValue = StrictBool | _IsfNumber | Annotated[list[_IsfNumber], Field(max_length=4)]


class _Route(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    feature: str = Field(alias="from")
    to: str
    amount: _Amount
    attack: _Seconds = 0.02
    release: _Seconds = 0.3


class _Midi(BaseModel):
    model_config = ConfigDict(extra="forbid")

    device: _Line = "auto"
    clock: _Line = "none"
    takeover: Literal["jump", "pickup", "scale"] = "jump"
    feedback: bool = True
    map: list[dict[str, Any]] = Field(default_factory=list, max_length=1_000)


class _Page(BaseModel):
    model_config = ConfigDict(extra="forbid")

    view: Literal["none", "open", "token"] = "none"


class _Safety(BaseModel):
    model_config = ConfigDict(extra="forbid")

    flashes: StrictBool = True


class _Document(BaseModel):
    """The YAML's keys, as `presets/README.md` explains them; anything else is refused."""

    model_config = ConfigDict(extra="forbid")

    name: _Line
    description: str
    source: _Line = "mic"
    model: _Line = "default"
    image: _Line | None = None
    lut: _Line | None = None
    window: Literal["fullscreen", "windowed"] = "fullscreen"
    parameters: dict[str, Any] = Field(default_factory=dict)
    modulation: list[_Route] = Field(default_factory=list, max_length=200)
    passes: list[str] = Field(default_factory=lambda: ["upscale", "grade"], max_length=100)
    isf: dict[_Line, dict[_Line, _IsfValue]] = Field(default_factory=dict, max_length=100)
    midi: _Midi = Field(default_factory=_Midi)
    page: _Page = Field(default_factory=_Page)
    safety: _Safety = Field(default_factory=_Safety)


def load_preset(name_or_path: str, folders: Sequence[Path] = (PRESET_FOLDER,)) -> Preset:
    """Return the checked preset. Raises PresetError in one line: file, key, what was expected, what came."""
    return read_preset(find_preset(name_or_path, folders), folders=folders)


def read_preset(file: Path, stands_for: Path | None = None, folders: Sequence[Path] = ()) -> Preset:
    """Return the checked preset of a file. Raises PresetError as `load_preset` does.

    A file that `stands_for` another, such as an earlier version of it, is that one to all who ask: what it names beside
    itself lies beside that one, or else in the first of `folders` that has it, or in `presets/`.
    """
    shown = one_line(file.name)
    try:
        path = (stands_for or file).resolve()
        raw = read_yaml(file.resolve(), PRESET_BOUNDS)
        if not isinstance(raw, dict):
            raise PresetError(f"{shown}: a preset is a YAML mapping with at least name and description")
        return _checked(_Document.model_validate(raw), path, folders)
    except ValidationError as error:
        raise PresetError(f"{shown}: {first_fault(error, _known_keys)}") from None
    except (DocumentError, ParameterError, CubeError) as error:
        raise PresetError(f"{shown}: {error}") from None
    except (OSError, RuntimeError) as error:  # a circle of links
        raise PresetError(f"{shown}: cannot be read: {one_line(error)}") from None


def _checked(document: _Document, path: Path, folders: Sequence[Path]) -> Preset:
    image = None if document.image is None else _found("image", document.image, path, folders)
    if _NAME in document.parameters:
        raise ParameterError(f"parameters: {_NAME} is not for presets: one would lead to the next")
    if _MODEL in document.parameters:
        raise ParameterError(f"parameters: {_MODEL} is not for presets: they have the key model")
    deeds = DEEDS.intersection(document.parameters)
    if deeds:
        raise ParameterError(f"parameters: {min(deeds)} is not for presets: it is what an operator does")
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
        midi_clock=document.midi.clock,
        midi_map=tuple(document.midi.map),
        midi_takeover=document.midi.takeover,
        midi_feedback=document.midi.feedback,
        page_view=document.page.view,
        limits_flashes=document.safety.flashes,
        lut=None if document.lut is None else _lut(document, path, folders),
        isf={
            name: {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
            for name, values in document.isf.items()
        },
    )


def _lut(document: _Document, path: Path, folders: Sequence[Path]) -> Cube:
    name = document.lut or ""
    if not name.endswith(CUBE_ENDING):
        raise ParameterError(f"lut: takes a file that ends in {CUBE_ENDING}, got {quoted(name)}")
    if "lut" not in document.passes:
        raise ParameterError(f"lut: {quoted(name)} is seen where passes has lut, which is missing there")
    try:
        return read_cube(_found("lut", name, path, folders))
    except CubeError as error:
        raise ParameterError(f"lut: {error}") from None


def _found(key: str, name: str, path: Path, folders: Sequence[Path]) -> Path:
    """Return the file that the preset in `path` names: beside it, in one of `folders`, or one that ships.

    A look that was saved from a preset that ships keeps its picture, wherever the program lies after an update.
    """
    try:
        for candidate in ((folder / name).resolve() for folder in (path.parent, *folders, PRESET_FOLDER)):
            if candidate.is_file():
                return candidate
    except (OSError, RuntimeError) as error:
        raise ParameterError(f"{key}: {quoted(name)} cannot be opened: {one_line(error)}") from None
    raise ParameterError(f"{key}: there is no file {one_line(path.parent.resolve() / name, 200)}")


def _checked_route(route: _Route) -> Route:
    if route.feature not in FEATURE_NAMES:
        near = nearest(route.feature, FEATURE_NAMES)
        raise ParameterError(f"modulation: from takes {' | '.join(FEATURE_NAMES)}, got {quoted(route.feature)}{near}")
    row = parameter(route.to)
    if not row.is_number:
        raise ParameterError(f"modulation: {route.to} takes {row.range_text}: a feature cannot move it")
    return Route(route.feature, route.to, route.amount, route.attack, route.release)


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    if len(location) == 1:
        return list(_Document.model_fields)
    models: Mapping[str, type[BaseModel]] = {"modulation": _Route, "page": _Page, "safety": _Safety}
    model = models.get(str(location[0]), _Midi)
    return [field.alias or name for name, field in model.model_fields.items()]
