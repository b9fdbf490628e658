"""What a controller's events move: one binding, and how it takes what its control says to the desk.

No ports, no threads, no files; `midi.map` reads bindings from what maps say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from installation.control.midi.encoders import Relative, steps, travel
from installation.control.midi.events import COARSE_CONTROLLERS, TOP, TOP_14, EventKind, MidiEvent
from installation.control.midi.takeover import Grip, Takeover, take_over
from installation.desk import Desk
from installation.parameter import Kind, Parameter, ParameterError
from installation.values import ParameterValue

ORIGIN: Final = "midi"
PRESET: Final = "/show/preset"
VELOCITY: Final = "velocity"
"""As a binding's `value`: how hard the key was struck."""
_STEPS_A_CHOICE: Final = 4
"""Of an endless knob, from one choice to the next."""

PresetChooser = Callable[[int], None]
"""Goes to the preset of that place, from 0, in the list."""


class Press(StrEnum):
    """What a key does: `trigger` at each press the same, `toggle` there and back, `momentary` while it is held."""

    TRIGGER = "trigger"
    TOGGLE = "toggle"
    MOMENTARY = "momentary"


@dataclass(frozen=True, slots=True)
class Hand:
    """The desk to a hand that moved at `at` (monotonic seconds): what it waits for the picture counts from there."""

    desk: Desk
    at: float

    def post(self, address: str, value: object) -> None:
        self.desk.post(address, value, ORIGIN, self.at)

    def get(self, address: str) -> ParameterValue:
        return self.desk.get(address)


@dataclass(frozen=True, slots=True)
class Binding:
    """`number` of `kind` on `channel` (None is any of them) moves `address`, or sets it to `value` if there is one.

    `acceleration` is that of an endless knob; `feedback` says whether the control is told what it stands for.
    """

    kind: EventKind
    number: int | None
    address: str
    channel: int | None = None
    value: ParameterValue | None = None
    bits: int = 7
    relative: Relative | None = None
    acceleration: float = 1.0
    press: Press | None = None
    takeover: Takeover = Takeover.JUMP
    feedback: bool = True

    @property
    def control(self) -> str:
        """The control in words, by which it is told from others of its device."""
        number = f"{self.kind.split()[0]} {'of any number' if self.number is None else self.number}"
        bits = " with its partner" if self.kind is EventKind.CC_14 else ""
        return f"{number}{bits}{'' if self.channel is None else f', channel {self.channel}'}"

    @property
    def words(self) -> str:
        """The whole binding in words."""
        said = [] if self.value is None else [f"sets {self.value}"]
        said += [f"{self.bits} bits"] if self.bits != 7 else []
        said += [str(word) for word in (self.relative, self.press) if word is not None]
        said += [str(self.takeover)] if self.takeover is not Takeover.JUMP else []
        return f"{self.control} → {self.address}" + (f" ({', '.join(said)})" if said else "")

    @property
    def top(self) -> int:
        """The highest position that the control says."""
        return TOP_14 if self.bits == 14 else TOP

    def meets(self, event: MidiEvent) -> bool:
        return (
            event.kind is self.kind
            and self.number in (None, event.number)
            and self.channel in (None, event.channel)
            and not (self.bits == 7 and event.kind is EventKind.NRPN and event.whole)  # its fine half
        )

    def shares_control(self, other: "Binding") -> bool:
        """Return whether there is a control that both hear."""
        same_channel = self.channel is None or other.channel is None or self.channel == other.channel
        return same_channel and bool(self.messages & other.messages)

    def entry(self) -> dict[str, Any]:
        """Return the binding as a map's file holds it, without what goes without saying."""
        kind = "cc" if self.kind is EventKind.CC_14 else str(self.kind)
        usual_bits = 14 if self.kind in (EventKind.NRPN, EventKind.PITCH) else 7
        extras: Mapping[str, tuple[Any, Any]] = {
            "bits": (self.bits, usual_bits),
            "channel": (self.channel, None),
            "value": (self.value, None),
            "relative": (self.relative and str(self.relative), None),
            "acceleration": (self.acceleration, 1.0),
            "press": (self.press and str(self.press), None),
            "takeover": (str(self.takeover), str(Takeover.JUMP)),
            "feedback": (self.feedback, True),
        }
        said = {key: value for key, (value, usual) in extras.items() if value != usual}
        return {kind: "any" if self.number is None else self.number, "to": self.address, **said}

    def act(self, event: MidiEvent, desk: Desk, grip: Grip, now: float, go_to: PresetChooser) -> None:
        """Post what `event` asks for, at `now` in monotonic seconds. Raises ParameterError."""
        row, hand = desk.row(self.address), Hand(desk, now)
        if self.relative is not None:
            _turn(self, row, event, hand, grip, now)
        elif self.kind is EventKind.PROGRAM and self.value is None and self.address == PRESET:
            go_to(event.number)
        elif self.value == VELOCITY and row.is_number:
            if event.value:
                desk.post_unit(self.address, event.value / TOP, ORIGIN, now)
        elif self.is_key(row):
            _press(self, row, event, hand, grip)
        else:
            _follow(self, row, self.position(event), hand, grip)

    def position(self, event: MidiEvent) -> float:
        """Return where the control stands after `event`, 0..1."""
        if event.kind in (EventKind.CC_14, EventKind.NRPN, EventKind.PITCH):
            return event.value / TOP_14 if self.bits == 14 else (event.value >> 7) / TOP
        return event.value / TOP

    def is_key(self, row: Parameter) -> bool:
        """Return whether the control is pressed, and not moved."""
        pressed = self.kind in (EventKind.NOTE, EventKind.PROGRAM) or self.press is not None
        return pressed or self.value is not None or row.kind is Kind.TRIGGER

    @property
    def messages(self) -> frozenset[tuple[str, int]]:
        """The messages that the control sends, by kind and number."""
        if self.number is None:
            return frozenset((str(self.kind), number) for number in range(TOP + 1))
        if self.kind is EventKind.CC_14:
            return frozenset({("cc", self.number), ("cc", self.number + COARSE_CONTROLLERS)})
        return frozenset({(str(self.kind), self.number)})


def _follow(binding: Binding, row: Parameter, position: float, hand: Hand, grip: Grip) -> None:
    """Take a knob's or a fader's position to the number, switch or choice that it moves."""
    before, grip.position = grip.position, position
    if row.kind is Kind.BOOL:
        hand.post(row.address, position >= 0.5)
        return
    value = hand.get(row.address)
    beneath = grip.beneath(row, value)
    if round(beneath * binding.top) == round(position * binding.top):
        _hold(grip, value, beneath)  # it says what is so: to post it would only round it
        return
    taken = take_over(binding.takeover, before, position, beneath, held=grip.holds(value))
    if taken is not None:
        _set_position(row, taken, hand, grip)


def _turn(binding: Binding, row: Parameter, event: MidiEvent, hand: Hand, grip: Grip, now: float) -> None:
    """Take an endless knob's steps to what it moves."""
    assert binding.relative is not None
    num_steps = steps(binding.relative, event.value)
    since_s, grip.moved_at = now - grip.moved_at, now
    if num_steps == 0:
        return
    if row.kind is Kind.BOOL or row.kind is Kind.TRIGGER:
        if num_steps > 0 or row.kind is Kind.BOOL:
            hand.post(row.address, num_steps > 0)
        return
    num_values = len(row.choices) or (round(row.high - row.low) + 1 if row.kind is Kind.INT else 0)
    wide = max(TOP / (_STEPS_A_CHOICE * num_values), 1.0) if num_values else 1.0
    way = travel(num_steps, since_s, binding.acceleration) * wide
    beneath = grip.beneath(row, hand.get(row.address))
    _set_position(row, min(max(beneath + way, 0.0), 1.0), hand, grip)


def _set_position(row: Parameter, position: float, hand: Hand, grip: Grip) -> None:
    if row.kind is Kind.CHOICE:
        hand.post(row.address, row.choices[min(int(position * len(row.choices)), len(row.choices) - 1)])
    else:
        hand.post(row.address, row.clamp(row.from_unit(position)))
    _hold(grip, hand.get(row.address), position)


def _hold(grip: Grip, value: ParameterValue, position: float) -> None:
    grip.set_value, grip.set_position = value, position


def _press(binding: Binding, row: Parameter, event: MidiEvent, hand: Hand, grip: Grip) -> None:
    """Take a key's press or release to what it fires, turns over or sets."""
    if event.kind is EventKind.PROGRAM:
        position, down = 1.0, True
    else:
        position = binding.position(event)
        down = position > 0.0 if event.kind is EventKind.NOTE else position >= 0.5
    # A knob on its way through the upper half is one press; a button that never says 0 says the same twice.
    fresh = grip.position is None or grip.position < 0.5 or grip.position == position
    grip.position = position
    if event.kind in (EventKind.NOTE, EventKind.PROGRAM) or not down or fresh:
        _pressed(binding, row, down, hand, grip)


def _pressed(binding: Binding, row: Parameter, down: bool, hand: Hand, grip: Grip) -> None:
    press = binding.press or (Press.TRIGGER if binding.value is not None else Press.TOGGLE)
    if row.kind is Kind.TRIGGER:
        if down:
            hand.post(row.address, True)
    elif row.kind is Kind.BOOL and binding.value is None:
        if press is Press.MOMENTARY:
            hand.post(row.address, down)
        elif down:
            hand.post(row.address, press is Press.TRIGGER or not hand.get(row.address))
    elif binding.value is None:
        if down:  # a choice: the next one
            place = row.choices.index(str(hand.get(row.address))) + 1
            hand.post(row.address, row.choices[place % len(row.choices)])
    else:
        _set_and_return(row, binding.value, press, down, hand, grip)


def _set_and_return(row: Parameter, value: ParameterValue, press: Press, down: bool, hand: Hand, grip: Grip) -> None:
    """Set `value`, and what was there before at the release or at the next press."""
    now = hand.get(row.address)
    back = grip.released_value is not None and now == value and (press is Press.TOGGLE or not down)
    if press is not Press.TRIGGER and back:
        assert grip.released_value is not None
        hand.post(row.address, grip.released_value)
        grip.released_value = None
    elif down:
        grip.released_value = now if now != value else grip.released_value
        hand.post(row.address, value)


def chooser(presets: Sequence[str], desk: Desk) -> PresetChooser:
    """Return what goes to one of `presets` by its place in the list, as program changes do."""

    def go_to(place: int) -> None:
        if place >= len(presets):
            raise ParameterError(f"program {place} is no preset: there are {len(presets)}, from program 0 on")
        desk.post(PRESET, presets[place], ORIGIN)

    return go_to
