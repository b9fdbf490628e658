"""Presets: one YAML file per preset. Loads, checks, and says in one line what is wrong with a bad one. Runs no code.

The command line may name any file; whoever comes by network, page or key names one of the show's folders of presets.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, ValidationError

from installation.document_faults import first_fault
from installation.exit_codes import ExitCode
from installation.grading.cube_file import ENDING as CUBE_ENDING
from installation.grading.cube_file import Cube, CubeError, read_cube
from installation.isf.header import IsfValue
from installation.isf.inputs import IsfSettings
from installation.modulation import Route
from installation.parameter import Kind, ParameterError
from installation.parameters import DEEDS, DEFAULTS, PARAMETERS, nearest, parameter
from installation.values import FEATURE_NAMES, ParameterValue
from s2s.files.document import Bounds, DocumentError, read_yaml
from s2s.files.quote import one_line, quoted

PRESET_FOLDER: Final = Path(__file__).resolve().parents[2] / "presets"
THUMBNAIL: Final = ".jpg"
"""The ending of the picture beside a saved preset."""
PRESET_BOUNDS: Final = Bounds(bytes=65_536, levels=16, values=4_000)
_ENDINGS: Final = (".yaml", ".yml")
_NAME: Final = "/show/preset"
_SCREEN: Final = "/render/delay"
"""What belongs to the screen and not to the look: another preset leaves it as it is."""
_MODEL: Final = "/show/model"
_LARGEST_AMOUNT: Final = 1e6
_LONGEST_S: Final = 3_600.0


class PresetError(ValueError):
    """A preset that cannot be found, read or used; the message is one line."""

    exit_code: Final = ExitCode.USAGE


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
    midi_clock: str
    midi_map: tuple[Mapping[str, Any], ...]
    midi_takeover: str = "jump"
    midi_feedback: bool = True
    page_view: Literal["none", "open", "token"] = "none"
    limits_flashes: bool = True
    lut: Cube | None = None
    isf: IsfSettings = field(default_factory=dict)
    """The inputs of ISF passes, by pass and input."""

    def as_document(self) -> dict[str, Any]:
        """Return the resolved preset with the file's own keys, ready for YAML."""
        return {
            "name": self.name,
            "description": self.description,
            "source": self.source,
            "model": self.model,
            "image": None if self.image is None else str(self.image),
            **({} if self.lut is None else {"lut": str(self.lut.path)}),
            "window": "fullscreen" if self.fullscreen else "windowed",
            "parameters": dict(self.parameters),
            "modulation": [
                {"from": r.feature, "to": r.address, "amount": r.amount, "attack": r.attack_s, "release": r.release_s}
                for r in self.routes
            ],
            "passes": list(self.passes),
            **({"isf": {name: _plain_isf(values) for name, values in self.isf.items()}} if self.isf else {}),
            "midi": {
                "device": self.midi_device,
                "clock": self.midi_clock,
                **({} if self.midi_takeover == "jump" else {"takeover": self.midi_takeover}),
                **({} if self.midi_feedback else {"feedback": False}),
                "map": [dict(entry) for entry in self.midi_map],
            },
            "page": {"view": self.page_view},
            "safety": {"flashes": self.limits_flashes},
        }


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


LOOK: Final = tuple(
    address for address in DEFAULTS if address.startswith(("/latent/", "/render/")) and address != _SCREEN
)
"""What every preset sets, named in it or not."""


_SWITCHES: Final = frozenset(
    row.address
    for row in PARAMETERS.values()
    if row.group == "show" and row.kind is Kind.BOOL and row.address not in DEEDS
)


def preset_values(preset: Preset) -> dict[str, ParameterValue]:
    """Return all values that going to `preset` sets: the look and the motion as a whole, the rest only where named.

    What a preset leaves out of `/latent/` and `/render/` returns to its default, so that a preset looks the same
    whichever came before it; gain, the delays of the room and the show's switches stay in the operator's hands.
    """
    return {**{address: DEFAULTS[address] for address in LOOK}, **preset.parameters}


def switched_back(
    leaving: Preset, coming: Mapping[str, ParameterValue], standing: Callable[[str], ParameterValue]
) -> dict[str, ParameterValue]:
    """Return the show's switches that `leaving` has turned, nobody since, and that `coming` does not name, at rest.

    Or the numbers that are shown for a rehearsal would lie over every look after it. `standing` tells what counts now.
    """
    turned = {a: v for a, v in leaving.parameters.items() if a in _SWITCHES and a not in coming and v != DEFAULTS[a]}
    return {address: DEFAULTS[address] for address, value in turned.items() if standing(address) == value}


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


def _plain_isf(values: Mapping[str, IsfValue]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}


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


def _files_of(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix in _ENDINGS]
    except OSError:  # a folder that was taken away has no presets
        return []


def is_preset_name(name: str) -> bool:
    """Return whether `name` can be asked for by everybody; hidden files are nobody's presets."""
    try:
        parameter(_NAME).check(name)
    except ParameterError:
        return False
    return name != "" and not name.startswith(".")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a longer name than files have
        return False


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
