"""What a controller is told: where its faders, rings and lamps stand, as the messages that it sends itself. Pure.

Changes only, at most thirty times a second and never more at once than a cable of 31 250 baud takes meanwhile. A fader
that a hand moves is left alone until the hand rests.
"""

from collections.abc import Callable, Iterable
from typing import Final

from installation.control.bindings import VELOCITY, Binding
from installation.control.midi.events import COARSE_CONTROLLERS, TOP, EventKind, MidiEvent
from installation.desk import Desk
from installation.parameter import Kind, Parameter
from installation.parameters import parameter

_EVERY_S: Final = 1 / 30
_MOST_MESSAGES: Final = 32
"""At once: a message of three bytes takes a millisecond on a cable."""
_HAND_RESTS_S: Final = 0.5
_CC, _NOTE_ON, _PITCH = 0xB0, 0x90, 0xE0

Message = list[int]
_Control = tuple[EventKind, int]


class Feedback:
    """Knows what a controller was told and said last. The show's thread alone."""

    def __init__(self, row_of: Callable[[str], Parameter] = parameter) -> None:
        """`row_of` returns the row of an address, or raises ParameterError."""
        self._row_of = row_of
        self._known: dict[_Control, int] = {}
        self._channel: dict[_Control, int] = {}
        self._moved_at: dict[_Control, float] = {}
        self._due: dict[Binding, None] = {}
        self._lit: dict[Binding, int] = {}  # lamps that shine, and their channels
        self._dark: list[Message] = []
        self._next_at = float("-inf")

    def begin(self) -> None:
        """Know nothing of a controller that has just come."""
        self._known.clear()
        self._lit.clear()
        self._dark.clear()

    def remap(self, bindings: Iterable[Binding]) -> None:
        """Tell where all of `bindings` stand, as far as it is not known already; lamps of others go out."""
        self._due.clear()
        bindings = tuple(bindings)
        bound = {_control(binding) for binding in bindings if binding.number is not None}
        for binding, channel in [(lit, channel) for lit, channel in self._lit.items() if _control(lit) not in bound]:
            del self._lit[binding]
            self._known.pop(_control(binding), None)
            self._dark += encoded(binding, 0, channel)
        self.changed(bindings)

    def changed(self, bindings: Iterable[Binding]) -> None:
        """Note that what these stand for may have changed."""
        self._due.update((binding, None) for binding in bindings if binding.feedback and binding.number is not None)

    def heard(self, binding: Binding, event: MidiEvent, now: float) -> None:
        """Note that a hand moved this control at `now`, and where to."""
        if not binding.feedback or binding.number is None:
            return
        control = _control(binding)
        self._channel[control] = event.channel
        if binding.relative is None and not binding.is_key(self._row_of(binding.address)):
            self._moved_at[control] = now
            self._known[control] = (
                event.value if binding.bits == 14 or binding.kind is EventKind.CC else event.value >> 7
            )
        elif binding.relative is None:
            self._known.pop(control, None)  # a pad that is let go has put out its own lamp
        self._due[binding] = None

    def messages(self, desk: Desk, now: float) -> list[Message]:
        """Return what to send at `now`, as bytes; nothing where nothing has changed, or too soon."""
        if not (self._due or self._dark) or now < self._next_at:
            return []
        self._next_at = now + _EVERY_S
        sent, self._dark = self._dark[:_MOST_MESSAGES], self._dark[_MOST_MESSAGES:]
        for binding in list(self._due):
            control = _control(binding)
            if len(sent) >= _MOST_MESSAGES:
                break
            if now - self._moved_at.get(control, float("-inf")) < _HAND_RESTS_S:
                continue
            del self._due[binding]
            position = shown_position(binding, desk)
            if position is not None and self._known.get(control) != position:
                self._known[control] = position
                channel = binding.channel or self._channel.get(control, 1)
                sent += encoded(binding, position, channel)
                if binding.kind is EventKind.NOTE:
                    self._lit[binding] = channel
        return sent


def shown_position(binding: Binding, desk: Desk) -> int | None:
    """Return the position that shows what `binding` stands for, 0..127 or 0..16383; None where nothing does.

    A key that sets a value shines while that is the value.
    """
    row = desk.rows.get(binding.address)  # none of a shader that is not drawn now
    if row is None or binding.kind is EventKind.PROGRAM or row.kind is Kind.TRIGGER or binding.value == VELOCITY:
        return None
    value = desk.get(binding.address)
    if binding.value is not None:
        return binding.top if value == binding.value else 0
    if row.kind is Kind.BOOL:
        return binding.top if value else 0
    if binding.kind is EventKind.NOTE or row.kind is Kind.TEXT:
        return None
    if row.kind is Kind.CHOICE:
        return round((row.choices.index(str(value)) + 0.5) / len(row.choices) * binding.top)
    return round(min(max(row.to_unit(float(value)), 0.0), 1.0) * binding.top)


def encoded(binding: Binding, position: int, channel: int) -> list[Message]:
    """Return the messages by which the control of `binding` says `position`, on `channel` 1..16."""
    assert binding.number is not None
    status, number = _CC + channel - 1, binding.number
    if binding.kind is EventKind.NOTE:
        return [[_NOTE_ON + channel - 1, number, position]]
    if binding.kind is EventKind.PITCH:
        return [[_PITCH + number - 1, position & TOP, position >> 7]]
    if binding.kind is EventKind.CC:
        return [[status, number, position]]
    coarse, fine = (position >> 7, position & TOP) if binding.bits == 14 else (position, None)
    if binding.kind is EventKind.CC_14:
        return [[status, number, coarse], [status, number + COARSE_CONTROLLERS, position & TOP]]
    messages = [[status, 99, number >> 7], [status, 98, number & TOP], [status, 6, coarse]]
    return messages if fine is None else [*messages, [status, 38, fine]]


def _control(binding: Binding) -> _Control:
    assert binding.number is not None
    return binding.kind, binding.number
