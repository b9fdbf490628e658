"""A venue's cues and its playlist: one YAML file, checked as presets are; what is wrong is said in one line.

`installation/manual/cues.md`, "Cues", explains the keys.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from installation.cues.times_of_day import DAY_S, Duration, TimeError, clock_s, duration_of, seconds_of, zone_of
from installation.document_faults import first_fault
from installation.easing import EASINGS
from installation.exit_codes import ExitCode
from installation.parameter import ParameterError
from installation.parameters import DEEDS, nearest, parameter
from installation.presets.naming import is_preset_name
from installation.values import ParameterValue
from s2s.files.document import Bounds, DocumentError, read_yaml
from s2s.files.quote import one_line, quoted

BOUNDS: Final = Bounds(bytes=131_072, levels=8, values=8_000)
MOST_CUES: Final = 200
WAIT: Final = "wait"
NEXT: Final = "next"
BACK: Final = "back"
OFF: Final = "off"
_WORDS: Final = (WAIT, NEXT, BACK)
_USUAL_DWELL_S: Final = 300.0
_LONGEST_MORPH_S: Final = 600.0

T = TypeVar("T")


class CueError(ValueError):
    """Cues that cannot be read or used; the message is one line."""

    exit_code: Final = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Cue:
    """What is gone to: `preset`, then `values`; `model` None where it stays. `morph_s` and `easing` are None where the
    operator's own count. After `duration`, None for ever, comes the cue `then`, or `wait` for a hand. `at_s` is when
    the cue goes by itself every day, in seconds since midnight.
    """

    name: str
    preset: str | None = None
    values: Mapping[str, ParameterValue] = field(default_factory=lambda: MappingProxyType({}))
    model: str | None = None
    morph_s: float | None = None
    easing: str | None = None
    duration: Duration | None = None
    then: str = NEXT
    at_s: int | None = None


@dataclass(frozen=True, slots=True)
class PlaylistPlan:
    """Which `looks` follow each other, all presets where none are named, each for `dwell_s`; `order` is what
    `/show/playlist` stands at when the file is read.
    """

    looks: tuple[str, ...] = ()
    dwell_s: float = _USUAL_DWELL_S
    morph_s: float | None = None
    easing: str | None = None
    order: str = OFF


@dataclass(frozen=True, slots=True)
class CueList:
    """A checked file. `zone` is where its times of the day are, None where there are none; `start` names the cue that a
    show begins with.
    """

    cues: tuple[Cue, ...] = ()
    start: str = ""
    zone: ZoneInfo | None = None
    playlist: PlaylistPlan = PlaylistPlan()

    def place_of(self, said: str) -> int | None:
        """Return the place, from 0, of the cue of that name or number, from 1; None where there is none."""
        names = [cue.name for cue in self.cues]
        if said in names:
            return names.index(said)
        number = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0
        return number - 1 if 1 <= number <= len(names) else None


def _printable(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise ValueError("expected one line that can be printed")
    return text


_Name = Annotated[str, Field(max_length=60), AfterValidator(_printable)]
_Preset = Annotated[str, Field(max_length=100), AfterValidator(_printable)]
_Model = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
_Time = int | float | str
_EASING_NAMES: Final = tuple(EASINGS)


class _CueDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: _Name
    preset: _Preset | None = None
    values: dict[str, Any] = Field(default_factory=dict, max_length=200)
    model: _Model | None = None
    morph: _Time | None = None
    easing: str | None = None
    duration: _Time | None = None
    then: _Name | None = None
    at: _Time | None = None


class _PlaylistDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    looks: list[_Preset] = Field(default_factory=list, max_length=200)
    dwell: _Time = _USUAL_DWELL_S
    morph: _Time | None = None
    easing: str | None = None
    order: Literal["off", "in order", "shuffle"] = "off"


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")

    timezone: _Name | None = None
    start: _Name | None = None
    cues: list[Any] = Field(default_factory=list, max_length=MOST_CUES)
    playlist: _PlaylistDocument = Field(default_factory=_PlaylistDocument)


def read_cues(path: Path, presets: Callable[[], Sequence[str]]) -> CueList:
    """Return the checked cues of a file; `presets` lists those that there are.

    Raises CueError in one line: file, cue, key, what was expected, what came.
    """
    try:
        raw = read_yaml(path, BOUNDS)
        if not isinstance(raw, dict):
            raise TimeError("expected a YAML mapping with cues, a playlist or both")
        return _checked(raw, presets())
    except ValidationError as error:
        raise CueError(f"{path.name}: {first_fault(error, _known_keys)}") from None
    except (DocumentError, ParameterError, TimeError) as error:
        raise CueError(f"{path.name}: {error}") from None


def _checked(raw: dict[str, Any], presets: Sequence[str]) -> CueList:
    if raw.get("playlist") is not None and isinstance(raw["playlist"], dict):
        raw = {**raw, "playlist": {**raw["playlist"], "order": _order(raw["playlist"].get("order", OFF))}}
    document = _Document.model_validate(raw)
    zone = None if document.timezone is None else _said("timezone", lambda: zone_of(document.timezone))
    cues = tuple(_cue(number, entry, presets) for number, entry in enumerate(document.cues, 1))
    names = [cue.name for cue in cues]
    for number, cue in enumerate(cues, 1):
        if names.index(cue.name) != number - 1:
            raise TimeError(f"cue {number}: there is another one called {cue.name!r}")
        if cue.then not in (WAIT, NEXT, *names):
            raise TimeError(
                f"cue {number} {cue.name!r}: then takes {WAIT}, {NEXT} or a cue, got {quoted(cue.then)}"
                f"{nearest(cue.then, (*names, WAIT, NEXT))}"
            )
        if cue.at_s is not None and zone is None:
            raise TimeError(f"cue {number} {cue.name!r}: at needs the file's timezone, such as Europe/Vienna")
    if document.start is not None and document.start not in names:
        raise TimeError(f"start: there is no cue {quoted(document.start)}{nearest(document.start, names)}")
    return CueList(cues, document.start or "", zone, _playlist(document.playlist, presets))


def _order(said: object) -> object:
    return OFF if said is False else said  # YAML 1.1 takes an unquoted off for one


def _cue(number: int, entry: object, presets: Sequence[str]) -> Cue:
    named = entry.get("name") if isinstance(entry, dict) else None
    where = f"cue {number}" + (f" {one_line(named)!r}" if isinstance(named, str) else "")
    if not isinstance(entry, dict):
        raise TimeError(f"{where}: expected a mapping with at least a name, got {quoted(entry)}")
    try:
        said = _CueDocument.model_validate(entry)
        if said.name in _WORDS or said.name.isdigit():
            raise TimeError(f"name: {said.name!r} means another cue than this")
        if said.duration is None and said.then not in (None, WAIT):
            raise TimeError(f"then: {said.then!r} needs a duration, after which it comes")
        return Cue(
            name=said.name,
            preset=said.preset if said.preset is None else _preset("preset", said.preset, presets),
            values=_values(said.values),
            model=said.model,
            **_movement(said.morph, said.easing),
            duration=None if said.duration is None else _said("duration", lambda: duration_of(said.duration)),
            then=said.then or (WAIT if said.duration is None else NEXT),
            at_s=None if said.at is None else _said("at", lambda: clock_s(said.at)) % DAY_S,
        )
    except ValidationError as error:
        raise TimeError(f"{where}: {first_fault(error, lambda _location: _CueDocument.model_fields)}") from None
    except (ParameterError, TimeError) as error:
        raise TimeError(f"{where}: {error}") from None


def _playlist(said: _PlaylistDocument, presets: Sequence[str]) -> PlaylistPlan:
    try:
        looks = tuple(_preset("looks", look, presets) for look in said.looks)
        dwell_s = _said("dwell", lambda: seconds_of(said.dwell))
        if dwell_s < 1.0:
            raise TimeError(f"dwell: expected a second or more, got {quoted(said.dwell)}")
        return PlaylistPlan(looks, dwell_s, **_movement(said.morph, said.easing), order=said.order)
    except TimeError as error:
        raise TimeError(f"playlist: {error}") from None


def _movement(morph: _Time | None, easing: str | None) -> dict[str, Any]:
    morph_s = None if morph is None else _said("morph", lambda: seconds_of(morph))
    if morph_s is not None and morph_s > _LONGEST_MORPH_S:
        raise TimeError(f"morph: expected at most {_LONGEST_MORPH_S:g} s, got {quoted(morph)}")
    if easing is not None and easing not in EASINGS:
        near = nearest(easing, _EASING_NAMES)
        raise TimeError(f"easing: expected {' | '.join(_EASING_NAMES)}, got {quoted(easing)}{near}")
    return {"morph_s": morph_s, "easing": easing}


def _preset(key: str, name: str, presets: Sequence[str]) -> str:
    if not is_preset_name(name) or name not in presets:
        raise TimeError(f"{key}: there is no preset {quoted(name)}{nearest(name, presets)}")
    return name


def _values(said: Mapping[str, Any]) -> Mapping[str, ParameterValue]:
    for address in DEEDS.intersection(said):
        raise TimeError(f"values: {address} is not for cues: it is what an operator does")
    return MappingProxyType({address: parameter(address).check(value) for address, value in said.items()})


def _said(key: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except TimeError as error:
        raise TimeError(f"{key}: {error}") from None


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    models: Mapping[str, type[BaseModel]] = {"playlist": _PlaylistDocument}
    inside = models.get(str(location[0]), _Document) if len(location) > 1 else _Document
    return list(inside.model_fields)
