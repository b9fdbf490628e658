"""What a MIDI message does: the preset's `midi.map`, checked, and the event that meets it turned into desk posts.

Pure: no ports, no threads. `midi.py` brings the events.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from installation.desk import Desk
from installation.parameters import Kind, Parameter, ParameterError, nearest, parameter
from installation.values import ParameterValue
from s2s.files.quote import quoted

ORIGIN: Final = "midi"
_TOP: Final = 127
_MIDDLE: Final = 64


class MidiMapError(ParameterError):
    """An entry of `midi.map` that cannot be used; one line that names it, what it may say and what it says."""


class EventKind(StrEnum):
    """The messages that can be bound, by the key they have in a preset."""

    CC = "cc"
    NOTE = "note"
    PROGRAM = "program"


_KEYS: Final = (*EventKind, "to", "channel", "value")


@dataclass(frozen=True, slots=True)
class MidiEvent:
    """One message: its `number` of 0..127, `channel` 1..16, `value` 0..127 (controller position or note velocity)."""

    kind: EventKind
    number: int
    channel: int = 1
    value: int = _TOP


@dataclass(frozen=True, slots=True)
class Binding:
    """`number` of `kind` on `channel` (None is any) moves `address`, or sets it to `value` where one is given."""

    kind: EventKind
    number: int
    address: str
    channel: int | None = None
    value: ParameterValue | None = None

    def meets(self, event: MidiEvent) -> bool:
        return (event.kind, event.number) == (self.kind, self.number) and self.channel in (None, event.channel)

    def apply(self, event: MidiEvent, desk: Desk) -> None:
        """Post what `event` asks for. Raises ParameterError."""
        row = parameter(self.address)
        pressed = event.kind is EventKind.PROGRAM or event.value >= (_MIDDLE if event.kind is EventKind.CC else 1)
        if self.value is not None or row.kind is Kind.TRIGGER:
            if pressed:
                desk.post(self.address, True if self.value is None else self.value, ORIGIN)
        elif event.kind is EventKind.CC:
            _follow_fader(row, event.value, desk)
        elif pressed:
            desk.post(self.address, not desk.get(self.address), ORIGIN)


@dataclass(frozen=True, slots=True)
class MidiMap:
    """A preset's `midi.map`; every binding that meets an event applies."""

    bindings: tuple[Binding, ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[object]) -> "MidiMap":
        """Return the map that entries such as `{cc: 7, to: /audio/gain}` say. Raises MidiMapError."""
        return cls(tuple(_binding(f"midi.map[{index}]", entry) for index, entry in enumerate(entries)))

    def apply(self, event: MidiEvent, desk: Desk) -> int:
        """Post what `event` asks for; return how many bindings met it. Raises ParameterError."""
        met = [binding for binding in self.bindings if binding.meets(event)]
        for binding in met:
            binding.apply(event, desk)
        return len(met)


def choose_port(names: list[str], requested: str, current: str | None = None) -> str | None:
    """Return the port to listen to: the first that contains `requested`, ignoring case; for `auto` the first real one.

    A port in use stays in use while it is there and fits, whatever else is plugged in.
    """
    fitting = [name for name in names if _fits(name, requested)]
    if current in fitting:
        return current
    return fitting[0] if fitting else None


def _fits(name: str, requested: str) -> bool:
    if requested == "auto":
        return not name.startswith("Midi Through")  # ALSA's own loop, always there and always silent
    return requested.casefold() in name.casefold()


def _follow_fader(row: Parameter, position: int, desk: Desk) -> None:
    if row.is_number:
        desk.post_unit(row.address, position / _TOP, ORIGIN)
    elif row.kind is Kind.BOOL:
        desk.post(row.address, position >= _MIDDLE, ORIGIN)
    else:
        desk.post(row.address, row.choices[position * len(row.choices) // (_TOP + 1)], ORIGIN)


def _binding(where: str, entry: object) -> Binding:
    if not isinstance(entry, Mapping):
        raise MidiMapError(f"{where} is an entry such as {{cc: 7, to: /audio/gain}}, got {quoted(entry)}")
    for key in entry:
        if key not in _KEYS:
            raise MidiMapError(f"{where} has no {quoted(key)}{nearest(str(key), _KEYS)}")
    kinds = [kind for kind in EventKind if kind in entry]
    if len(kinds) != 1:
        raise MidiMapError(f"{where} names one of cc, note and program, got {quoted(sorted(map(str, entry)))}")
    kind = kinds[0]
    number = _integer(where, entry, kind, 0, _TOP)
    channel = _integer(where, entry, "channel", 1, 16) if entry.get("channel") is not None else None
    if "to" not in entry:
        raise MidiMapError(f"{where} lacks 'to', the address it sets")
    try:
        row = parameter(str(entry["to"]))
        value = row.check(entry["value"]) if "value" in entry else None
    except ParameterError as error:
        raise MidiMapError(f"{where}: {error}") from error
    _check_sense(where, kind, row, value)
    return Binding(kind, number, row.address, channel, value)


def _check_sense(where: str, kind: EventKind, row: Parameter, value: ParameterValue | None) -> None:
    """Refuse what could never do anything: a key cannot say a number, no controller can say a text."""
    if value is not None or row.kind is Kind.TRIGGER:
        return
    if row.kind is Kind.TEXT or (kind is not EventKind.CC and row.kind is not Kind.BOOL):
        raise MidiMapError(f"{where}: a {kind} sets {row.address} ({row.range_text}) only with a 'value' beside 'to'")


def _integer(where: str, entry: Mapping[str, Any], key: str, low: int, high: int) -> int:
    value = entry[key]
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise MidiMapError(f"{where}: {key} takes {low}..{high}, got {quoted(value)}")
    return value
