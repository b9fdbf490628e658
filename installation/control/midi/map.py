"""Maps of controllers: the entries that a preset, a learnt or a shipped map says, checked in one line each. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from installation.control.bindings import PRESET, VELOCITY, Binding, Press
from installation.control.midi.encoders import Relative
from installation.control.midi.events import COARSE_CONTROLLERS, TOP, TOP_14, EventKind
from installation.control.midi.takeover import Takeover
from installation.parameter import Kind, Parameter, ParameterError
from installation.parameters import nearest, parameter
from installation.values import ParameterValue
from s2s.files.quote import quoted

_CONTROLS: Final = ("cc", "nrpn", "pitch", "note", "program")
_MOVED: Final = ("cc", "nrpn", "pitch")
"""Controls that stand somewhere, unless they are relative."""
_CHANNELS: Final = 16
_KEYS: Final = (
    *_CONTROLS,
    "to",
    "channel",
    "value",
    "bits",
    "relative",
    "acceleration",
    "press",
    "takeover",
    "feedback",
)
_MOST_ACCELERATION: Final = 20.0
_OF_A_SHADER: Final = re.compile(r"/isf/[^/\s]{1,100}/[^/\s]{1,100}(/[a-z]{1,5})?")

Word = TypeVar("Word", bound=StrEnum)


class MidiMapError(ParameterError):
    """An entry of a map that cannot be used; one line that names it, what it may say and what it says."""


@dataclass(frozen=True, slots=True)
class MidiMap:
    """The bindings of one map; every one that meets an event applies."""

    bindings: tuple[Binding, ...] = ()

    @classmethod
    def parse(
        cls, entries: Iterable[object], takeover: Takeover | str = Takeover.JUMP, *, feedback: bool = True
    ) -> "MidiMap":
        """Return the map that entries such as `{cc: 7, to: /audio/gain}` say. Raises MidiMapError.

        `takeover` and `feedback` hold for entries that do not say theirs.
        """
        usual = Usual(Takeover(takeover), feedback)
        return cls(tuple(read_entry(f"midi.map[{index}]", entry, usual) for index, entry in enumerate(entries)))


@dataclass(frozen=True, slots=True)
class Usual:
    """What a map says for all of its entries."""

    takeover: Takeover = Takeover.JUMP
    feedback: bool = True


def read_entry(where: str, entry: object, usual: Usual = Usual()) -> Binding:
    """Return the binding that one entry says; `where` names it in errors. Raises MidiMapError."""
    if not isinstance(entry, Mapping):
        raise MidiMapError(f"{where} is an entry such as {{cc: 7, to: /audio/gain}}, got {quoted(entry)}")
    for key in entry:
        if key not in _KEYS:
            raise MidiMapError(f"{where} has no {quoted(key)}{nearest(str(key), _KEYS)}")
    controls = [control for control in _CONTROLS if control in entry]
    if len(controls) != 1:
        raise MidiMapError(
            f"{where} names one of cc, nrpn, pitch, note and program, got {quoted(sorted(map(str, entry)))}"
        )
    if "to" not in entry:
        raise MidiMapError(f"{where} lacks 'to', the address it sets")
    try:
        row = _row(str(entry["to"]))
        value = _value(entry, controls[0], row)
    except ParameterError as error:
        raise MidiMapError(f"{where}: {error}") from error
    binding = _binding(where, entry, controls[0], row, value, usual)
    _check_sense(where, controls[0], binding, row)
    return binding


def _row(address: str) -> Parameter:
    """Return the row of an address; for an input of a shader, which comes with its preset, what stands for it.

    Raises ParameterError.
    """
    if _OF_A_SHADER.fullmatch(address):
        return Parameter(address, Kind.FLOAT, 0.0, "an input of a shader")
    return parameter(address)


def _binding(
    where: str,
    entry: Mapping[str, Any],
    control: str,
    row: Parameter,
    value: ParameterValue | None,
    usual: Usual,
) -> Binding:
    bits = _bits(where, entry, control)
    wide = control == "cc" and bits == 14
    highest = {"cc": COARSE_CONTROLLERS - 1 if wide else TOP, "nrpn": TOP_14, "pitch": _CHANNELS}.get(control, TOP)
    lowest = 1 if control == "pitch" else 0
    any_number = control == "program" and entry[control] == "any"
    relative = _word(where, entry, "relative", Relative)
    moves = control in _MOVED and relative is None
    return Binding(
        kind=EventKind.CC_14 if wide else EventKind(control),
        number=None if any_number else _integer(where, entry, control, lowest, highest),
        address=row.address,
        channel=_integer(where, entry, "channel", 1, _CHANNELS) if entry.get("channel") is not None else None,
        value=value,
        bits=bits,
        relative=relative,
        acceleration=_acceleration(where, entry),
        press=_word(where, entry, "press", Press),
        takeover=_word(where, entry, "takeover", Takeover) or (usual.takeover if moves else Takeover.JUMP),
        feedback=_switch(where, entry, "feedback", usual.feedback),
    )


def _value(entry: Mapping[str, Any], control: str, row: Parameter) -> ParameterValue | None:
    if "value" not in entry:
        return None
    if control == "note" and row.is_number and entry["value"] == VELOCITY:
        return VELOCITY
    if _OF_A_SHADER.fullmatch(row.address) and isinstance(entry["value"], bool | int | float | str):
        return entry["value"]  # checked when it is set
    return row.check(entry["value"])


def _check_sense(where: str, control: str, binding: Binding, row: Parameter) -> None:
    """Refuse what could never do anything, or what one key takes from another."""
    if binding.relative is not None and (control != "cc" or binding.bits != 7 or binding.value is not None):
        raise MidiMapError(f"{where}: relative is for a cc of 7 bits without a value")
    if binding.acceleration != 1.0 and binding.relative is None:
        raise MidiMapError(f"{where}: acceleration is for an endless knob: say how it speaks by 'relative'")
    _check_press(where, control, binding, row)
    if binding.takeover is not Takeover.JUMP and (control not in _MOVED or binding.relative is not None):
        raise MidiMapError(f"{where}: takeover is for what stands somewhere: cc, nrpn or pitch, not relative")
    if binding.value is not None or row.kind is Kind.TRIGGER or _OF_A_SHADER.fullmatch(row.address):
        return
    by_number = control == "program" and row.address == PRESET
    if (row.kind is Kind.TEXT and not by_number) or (row.is_number and control in ("note", "program")):
        raise MidiMapError(
            f"{where}: a {control} sets {row.address} ({row.range_text}) only with a 'value' beside 'to'"
        )


def _check_press(where: str, control: str, binding: Binding, row: Parameter) -> None:
    if binding.press is None:
        return
    if control in ("nrpn", "pitch") or binding.bits != 7 or binding.relative is not None:
        raise MidiMapError(f"{where}: press is for a note, a program or a cc of 7 bits")
    if control == "program" and binding.press is Press.MOMENTARY:
        raise MidiMapError(f"{where}: press takes trigger | toggle for a program, which is never released")
    if _OF_A_SHADER.fullmatch(row.address):
        return
    if binding.value == VELOCITY or (binding.value is None and row.kind not in (Kind.BOOL, Kind.TRIGGER)):
        raise MidiMapError(f"{where}: press is for a switch or with a 'value', got {row.address} ({row.range_text})")


def _bits(where: str, entry: Mapping[str, Any], control: str) -> int:
    usual = 14 if control in ("nrpn", "pitch") else 7
    bits = entry.get("bits", usual)
    if bits not in (7, 14) or isinstance(bits, float) or (control not in ("cc", "nrpn") and bits != usual):
        raise MidiMapError(f"{where}: bits takes 7 or 14, for a cc 0..31 or an nrpn, got {quoted(bits)}")
    return int(bits)


def _acceleration(where: str, entry: Mapping[str, Any]) -> float:
    value = entry.get("acceleration", 1.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1.0 <= value <= _MOST_ACCELERATION:
        raise MidiMapError(f"{where}: acceleration takes 1..{_MOST_ACCELERATION:g}, got {quoted(value)}")
    return float(value)


def _word(where: str, entry: Mapping[str, Any], key: str, words: type[Word]) -> Word | None:
    said = entry.get(key)
    if said is None:
        return None
    if said not in tuple(words):
        raise MidiMapError(f"{where}: {key} takes {' | '.join(words)}, got {quoted(said)}")
    return words(said)


def _switch(where: str, entry: Mapping[str, Any], key: str, usual: bool) -> bool:
    said = entry.get(key, usual)
    if not isinstance(said, bool):
        raise MidiMapError(f"{where}: {key} takes true or false, got {quoted(said)}")
    return said


def _integer(where: str, entry: Mapping[str, Any], key: str, low: int, high: int) -> int:
    value = entry[key]
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise MidiMapError(f"{where}: {key} takes {low}..{high}, got {quoted(value)}")
    return value
