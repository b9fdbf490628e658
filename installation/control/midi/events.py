"""What a controller says, as events that can be bound: single messages, and what several make together. Pure.

A controller 0..31 and its partner 32 above are one of 14 bits; controllers 99 and 98 name a non-registered parameter
(NRPN), which 6 and 38 then move (MIDI 1.0 Detailed Specification, "Control Change"). Which of these a message is only
the map knows, so that it is read in every way it may be meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

TOP: Final = 127
TOP_14: Final = 16_383
COARSE_CONTROLLERS: Final = 32
"""So many controllers, from 0 on, have a partner as far above them."""
_DATA_ENTRY: Final = 6
_PITCH_MIDDLE: Final = 8_192
_NRPN_FINE, _NRPN_COARSE, _RPN_FINE, _RPN_COARSE = 98, 99, 100, 101
_NO_PARAMETER: Final = TOP_14
_MODES_FROM: Final = 120
"""Controllers from here on are no controls: all sound off, all notes off, local control, …"""


class EventKind(StrEnum):
    """What can be bound, by the key it has in a map; CC_14 has that of a controller, and `bits` beside it.

    A pitch wheel's number is its channel: desks of the Mackie kind say their motor faders so, one a channel.
    """

    CC = "cc"
    CC_14 = "cc of 14 bits"
    NRPN = "nrpn"
    PITCH = "pitch"
    NOTE = "note"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class MidiEvent:
    """One event: `number` 0..127 (NRPN: 0..16383), `channel` 1..16.

    `value` is a position or a velocity, 0..127; of 14 bits (CC_14, NRPN, PITCH) 0..16383, and `whole` once both halves
    of it have come.
    """

    kind: EventKind
    number: int
    channel: int = 1
    value: int = TOP
    whole: bool = True

    @property
    def words(self) -> str:
        return f"{self.kind} {self.number} = {self.value}, channel {self.channel}"


class MessageReader:
    """Reads one port's messages (mido's field names) in their order."""

    def __init__(self) -> None:
        self._coarse: dict[tuple[int, int], int] = {}
        self._parameter: dict[int, int] = {}

    def read(self, message: Mapping[str, Any]) -> tuple[MidiEvent, ...]:
        """Return what `message` may mean, the most particular first; nothing for what cannot be bound."""
        match message:
            case {"type": "control_change", "control": int(number), "value": int(value), "channel": int(channel)}:
                return self._controller(number, value, channel + 1)
            case {"type": "note_on", "note": int(number), "velocity": int(value), "channel": int(channel)}:
                return (MidiEvent(EventKind.NOTE, number, channel + 1, value),)
            case {"type": "note_off", "note": int(number), "channel": int(channel)}:
                return (MidiEvent(EventKind.NOTE, number, channel + 1, 0),)
            case {"type": "pitchwheel", "pitch": int(value), "channel": int(channel)}:
                return (MidiEvent(EventKind.PITCH, channel + 1, channel + 1, value + _PITCH_MIDDLE),)
            case {"type": "program_change", "program": int(number), "channel": int(channel)}:
                return (MidiEvent(EventKind.PROGRAM, number, channel + 1),)
        return ()

    def _controller(self, number: int, value: int, channel: int) -> tuple[MidiEvent, ...]:
        if number >= _MODES_FROM:
            return ()
        plain = MidiEvent(EventKind.CC, number, channel, value)
        if number in (_NRPN_COARSE, _NRPN_FINE, _RPN_COARSE, _RPN_FINE):
            self._name_parameter(number, value, channel)
            return (plain,)
        if number >= 2 * COARSE_CONTROLLERS:
            return (plain,)
        coarse, fine = number % COARSE_CONTROLLERS, number >= COARSE_CONTROLLERS
        if not fine:
            self._coarse[channel, coarse] = value
        elif (channel, coarse) not in self._coarse:  # a half without the other says no position
            return (plain,)
        position = self._coarse[channel, coarse] << 7 | (value if fine else 0)
        pair = MidiEvent(EventKind.CC_14, coarse, channel, position, fine)
        parameter = self._parameter.get(channel, _NO_PARAMETER)
        if coarse == _DATA_ENTRY and parameter != _NO_PARAMETER:
            return MidiEvent(EventKind.NRPN, parameter, channel, position, fine), pair, plain
        return pair, plain

    def _name_parameter(self, number: int, value: int, channel: int) -> None:
        if number in (_RPN_COARSE, _RPN_FINE):  # a registered parameter: data entry is none of ours
            self._parameter[channel] = _NO_PARAMETER
            return
        before = self._parameter.get(channel, _NO_PARAMETER)
        named = 0 if before == _NO_PARAMETER else before
        coarse = number == _NRPN_COARSE
        self._parameter[channel] = value << 7 | named & TOP if coarse else named & ~TOP | value
