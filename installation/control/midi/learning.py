"""Which control a hand means: the messages of one gesture watched, and what moved in it bound to a parameter.

Pure: time is an argument, in monotonic seconds. A gesture begins with the first message and is over when nothing has
come for a moment, so that both halves of a position, and the way an endless knob speaks, have been seen.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from installation.control.bindings import PRESET, VELOCITY, Binding, Press
from installation.control.midi.encoders import recognised
from installation.control.midi.events import COARSE_CONTROLLERS, EventKind, MidiEvent
from installation.control.midi.map import MidiMapError, read_entry
from installation.parameter import Kind, Parameter, ParameterError
from installation.parameters import parameter
from installation.values import ParameterValue

LEARN: Final = "/show/learn"
FORGET: Final = "/show/forget"
_NOT_LEARNT: Final = ("/show/save", "/show/rename", LEARN, FORGET)
LIMIT_S: Final = 30.0
"""So long a control is waited for."""
_QUIET_S: Final = 0.4
_LONGEST_S: Final = 2.0
_MOST_MESSAGES: Final = 512

Reading = tuple[MidiEvent, ...]
"""All that one message may mean."""


class Learner:
    """Waits for a control to be moved. `address` is what it will move, empty while nothing is to be learnt."""

    def __init__(self, row_of: Callable[[str], Parameter] = parameter) -> None:
        """`row_of` returns the row of an address, or raises ParameterError."""
        self._row_of = row_of
        self.address = ""
        self._began_at = self._first_at = self._last_at = float("-inf")
        self._readings: list[Reading] = []

    def begin(self, address: str, now: float) -> None:
        """Wait for a control for `address`. Raises ParameterError for what no control can move."""
        self.cancel()
        if self._row_of(address).address in _NOT_LEARNT:
            raise ParameterError(f"{address} is typed: no control can say it")
        self.address, self._began_at = address, now

    def cancel(self) -> None:
        """Wait no longer."""
        self.address, self._readings = "", []

    def is_overdue(self, now: float) -> bool:
        """Return whether nothing has moved for too long."""
        return bool(self.address) and not self._readings and now - self._began_at > LIMIT_S

    def take(self, reading: Reading, now: float) -> None:
        """Watch one message."""
        if not self._readings:
            self._first_at = now
        if len(self._readings) < _MOST_MESSAGES:
            self._readings.append(reading)
        self._last_at = now

    def binding(self, now: float, value: ParameterValue) -> Binding | None:
        """Return what was moved, once the gesture is over; None while it is not. `value` is what the address has now.

        Raises MidiMapError for a control that cannot do that; another one may then be moved.
        """
        if not self._readings or (now - self._last_at < _QUIET_S and now - self._first_at < _LONGEST_S):
            return None
        readings, self._readings = self._readings, []
        return bind(readings, self._row_of(self.address), value)


def bind(readings: Sequence[Reading], row: Parameter, value: ParameterValue) -> Binding:
    """Return the binding of what moved in `readings` to `row`, which has `value` now. Raises MidiMapError."""
    events = [event for reading in readings for event in reading]
    moved = [event for event in events if event.kind is EventKind.NRPN]
    if moved:
        return read_entry("learn", _nrpn_entry(moved, row, value))
    keys = [event for event in events if event.kind is EventKind.NOTE and event.value > 0]
    programs = [event for event in events if event.kind is EventKind.PROGRAM]
    wheels = [event for event in events if event.kind is EventKind.PITCH]
    if wheels and row.kind is not Kind.TRIGGER:  # a motor fader says by a note, too, that it is touched
        return read_entry("learn", {"pitch": wheels[0].number, "to": row.address, **_shown(row, value)})
    controllers = _most_moved(events, but_bank_select=bool(programs))
    touched = len({event.value for event in controllers}) > 1  # a fader may say by a note that it is touched
    if controllers and not programs and (not keys or (touched and (row.is_number or row.kind is Kind.CHOICE))):
        return read_entry("learn", _controller_entry(controllers, row, value))
    if keys:
        return read_entry("learn", _key_entry(keys[0], row, value))
    if programs:
        return read_entry("learn", _program_entry(programs[0], row, value))
    raise MidiMapError("learn: what moved is no control")


def _most_moved(events: Sequence[MidiEvent], *, but_bank_select: bool) -> list[MidiEvent]:
    """Return the messages of the controller that moved most, with those of its partner; none for none."""
    bank = (0, COARSE_CONTROLLERS) if but_bank_select else ()
    plain = [event for event in events if event.kind is EventKind.CC and event.number not in bank]
    pairs = {(event.channel, event.number) for event in events if event.kind is EventKind.CC_14 and event.whole}

    def place(event: MidiEvent) -> tuple[int, int]:
        coarse = event.number - COARSE_CONTROLLERS
        return event.channel, coarse if (event.channel, coarse) in pairs else event.number

    counts = Counter(place(event) for event in plain)
    if not counts:
        return []
    most = counts.most_common(1)[0][0]
    return [event for event in plain if place(event) == most]


def _nrpn_entry(moved: Sequence[MidiEvent], row: Parameter, value: ParameterValue) -> dict[str, Any]:
    (number, channel), _ = Counter((event.number, event.channel) for event in moved).most_common(1)[0]
    fine = any(event.whole for event in moved)
    return {"nrpn": number, "channel": channel, "bits": 14 if fine else 7, "to": row.address, **_shown(row, value)}


def _controller_entry(moved: Sequence[MidiEvent], row: Parameter, value: ParameterValue) -> dict[str, Any]:
    first = min(moved, key=lambda event: event.number)
    entry: dict[str, Any] = {"cc": first.number, "channel": first.channel, "to": row.address, **_shown(row, value)}
    if len({event.number for event in moved}) > 1:
        return {**entry, "bits": 14}
    values = [event.value for event in moved]
    relative = recognised(values)
    if relative is not None and row.kind is not Kind.TEXT:
        return {**entry, "relative": str(relative)}
    if row.kind is Kind.BOOL and values[-1] == 0 and len(set(values)) == 2:  # pressed and let go
        return {**entry, "press": str(Press.TOGGLE)}
    return entry


def _key_entry(key: MidiEvent, row: Parameter, value: ParameterValue) -> dict[str, Any]:
    said = {"value": VELOCITY} if row.is_number else _shown(row, value)
    return {"note": key.number, "channel": key.channel, "to": row.address, **said}


def _program_entry(program: MidiEvent, row: Parameter, value: ParameterValue) -> dict[str, Any]:
    if row.address == PRESET:
        return {"program": "any", "channel": program.channel, "to": row.address}
    return {"program": program.number, "channel": program.channel, "to": row.address, **_shown(row, value)}


def _shown(row: Parameter, value: ParameterValue) -> dict[str, Any]:
    """Return, of a text, that the control goes to what it is now: no control can say one."""
    return {"value": value} if row.kind is Kind.TEXT and value != "" else {}
