"""The keys of the show's window, as updates for the desk. Pure: the window says which key by its place, not its letter.

A key is called as an American keyboard engraves it, whatever the layout writes on it: `b` is the place right of `v`.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from installation.control.output_keys import LABELS as OUTPUT_LABELS
from installation.control.output_keys import OutputKeys
from installation.desk import Desk
from installation.parameter import Kind
from installation.parameters import parameter
from installation.values import ParameterValue

log = logging.getLogger(__name__)

ORIGIN: Final = "keyboard"
HOLD_S: Final = 2.0
"""So long Esc is held to end a show: a hand that leans on the keyboard does not."""

_LEARN: Final = "/show/learn"
_PRESET: Final = "/show/preset"
_CUE: Final = "/show/cue"
_GO: Final = "/show/go"
_BACK: Final = "/show/back"
_MOST_PRESETS: Final = 9
_NO_HAND: Final = ("midi", "preset", "show", "cue")
"""Who moves controls and is nothing to learn from: the controller itself, a change of preset, the show."""

Act = Callable[["Keyboard"], None]
Panel = Sequence[tuple[str, str]]
"""What is shown over the picture: keys, and what each does."""


class PresetNames(Protocol):
    """The presets there are now, in the order of their names; `poll` is called once a turn and must not wait."""

    @property
    def names(self) -> Sequence[str]: ...

    def poll(self, now: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list of keys: what is engraved, what it does in the operator's words, and how, by key.

    A key that `repeats` does so while it is held.
    """

    label: str
    does: str
    acts: Mapping[str, Act]
    repeats: bool = False


def _toggle(address: str) -> Act:
    return lambda keyboard: keyboard.post(address, not keyboard.desk.get(address))


def _fire(address: str) -> Act:
    return lambda keyboard: keyboard.post(address, True)


def _step(address: str, step: float) -> Act:
    def act(keyboard: "Keyboard") -> None:
        row = parameter(address)
        # Rounded, so that twenty steps of 0.05 end at 1 and not beside it.
        keyboard.post(address, row.clamp(round(float(keyboard.desk.get(address)) + step, 6)))

    return act


def _go(steps: int) -> Act:
    return lambda keyboard: keyboard.go_on(steps)


def _preset(number: int) -> Act:
    return lambda keyboard: keyboard.go_to(number)


_DIGITS: Final = {str(number): _preset(number) for number in range(1, _MOST_PRESETS + 1)}
_HELP: Final[Mapping[str, Act]] = {name: lambda keyboard: keyboard.turn_help() for name in ("question", "slash", "f1")}

LINES: Final = (
    Line("F", "full screen, and back to a window", {"f": lambda keyboard: keyboard.turn_fullscreen()}),
    Line("B", "blackout, and back", {"b": _toggle("/show/blackout")}),
    Line("Space", "freeze the picture, and go on", {"space": _toggle("/show/freeze")}),
    Line("N  P", "next preset, previous preset", {"n": _go(1), "p": _go(-1)}),
    Line("1 … 9", "go to one of the first nine cues, where there are none, presets", _DIGITS),
    Line("Enter", "next cue", {"return": _fire(_GO), "enter": _fire(_GO)}),
    Line("Backspace", "the cue before", {"backspace": _fire(_BACK)}),
    Line("T", "tap the beat: from the third tap on that is the tempo", {"t": _fire("/audio/tap")}),
    Line("K", "keep the latent where it is, and let it go", {"k": _toggle("/latent/hold")}),
    Line(
        "Up  Down", "gain 1 dB up, down", {k: _step("/audio/gain", s) for k, s in (("up", 1.0), ("down", -1.0))}, True
    ),
    Line(
        "Left  Right",
        "blend towards the sound, the preset's image",
        {k: _step("/latent/blend", s) for k, s in (("left", -0.05), ("right", 0.05))},
        True,
    ),
    Line("S", "save the picture", {"s": _fire("/show/snapshot")}),
    Line("R", "record a film, and end it", {"r": _toggle("/show/record")}),
    Line("L", "learn: MIDI moves what was moved last; L again: no", {"l": lambda keyboard: keyboard.learn()}),
    Line(*OUTPUT_LABELS[0], {"o": lambda keyboard: keyboard.fit_outputs()}),
    *(Line(*label, {}) for label in OUTPUT_LABELS[1:]),
    Line("H", "show or hide the numbers", {"h": _toggle("/show/hud")}),
    Line("?  F1", "show or hide this list", _HELP),
    Line("Esc", "held for two seconds: end the show", {}),
)
"""What the keys do, the order of the list over the picture."""

_BY_KEY: Final = {key: (act, line.repeats) for line in LINES for key, act in line.acts.items()}
HELP: Final = tuple((line.label, line.does) for line in LINES)


class Keyboard:
    """Does on `desk` what keys ask for. Everything belongs to the show's thread; `now` is in monotonic seconds.

    `ended` turns true, for good, when Esc was held long enough.
    """

    def __init__(
        self,
        desk: Desk,
        presets: PresetNames,
        toggle_fullscreen: Callable[[], None],
        cues: Callable[[], Sequence[str]] = tuple,
        outputs: OutputKeys | None = None,
    ) -> None:
        self._cues, self._outputs = cues, outputs
        self.desk = desk
        self.ended = False
        self._toggle_fullscreen = toggle_fullscreen
        self._presets = presets
        self._at: float | None = None
        self._shows_help = False
        self._escape_since: float | None = None
        self._moved_last = ""
        desk.watch(self._on_change)

    def press(
        self, name: str, now: float, *, at: float | None = None, repeat: bool = False, shift: bool = False
    ) -> bool:
        """The key `name` goes down, or is held if `repeat`, since `at`; return whether it means anything here."""
        if self._outputs is not None and self._outputs.active and name not in _HELP:
            return self._outputs.press(name, repeat=repeat, shift=shift)
        if name == "escape":
            if not repeat:
                self._escape_since = now
            return True
        act, repeats = _BY_KEY.get(name, (None, False))
        if act is not None and (repeats or not repeat):
            self._at = at
            act(self)
        return act is not None

    def release(self, name: str) -> None:
        """The key `name` comes up."""
        if name == "escape":
            self._escape_since = None

    def poll(self, now: float) -> None:
        """Look at what is held, once a turn, after the keys of the turn."""
        self._presets.poll(now)
        if self._escape_since is not None and now - self._escape_since >= HOLD_S:
            self.ended = True

    def panel(self, now: float) -> Panel:
        """Return what is to be read over the picture; nothing most of the time."""
        if self._escape_since is not None:
            left_s = max(HOLD_S - (now - self._escape_since), 0.0)
            return (("Esc", f"held: the show ends in {left_s:.1f} s; let go, and it goes on"),)
        return HELP if self._shows_help else ()

    def post(self, address: str, value: object) -> None:
        """Ask the desk for a value, as of when the key went down."""
        self.desk.post(address, value, ORIGIN, self._at)
        self._note_moved(address)  # not only when the desk has it: the next key may come in the same turn

    def go_to(self, number: int) -> None:
        """Go to the cue with that `number`, from 1, if there are so many; to that preset where there are no cues."""
        if cues := self._cues():
            if number <= len(cues):
                self.post(_CUE, str(number))
            return
        names = self._presets.names
        if number <= len(names):
            self.post(_PRESET, names[number - 1])

    def go_on(self, steps: int) -> None:
        """Go `steps` presets on from the one that was asked for last; after the last comes the first."""
        names, shown = list(self._presets.names), self.desk.get(_PRESET)
        if not names:
            return
        if shown in names:
            self.post(_PRESET, names[(names.index(str(shown)) + steps) % len(names)])
        else:  # a file of another folder
            self.post(_PRESET, names[0 if steps > 0 else -1])

    def turn_fullscreen(self) -> None:
        """Let the window cover its monitor, or no longer."""
        self._toggle_fullscreen()

    def fit_outputs(self) -> None:
        """Let keys move the corners of an output from now on."""
        if self._outputs is not None:
            self._outputs.enter()

    def turn_help(self) -> None:
        """Show or hide the list of keys."""
        self._shows_help = not self._shows_help

    def learn(self) -> None:
        """Let the next MIDI message take over what was moved last, or no longer wait for one."""
        if self.desk.get(_LEARN):
            self.post(_LEARN, "")
        elif self._moved_last:
            self.post(_LEARN, self._moved_last)
        else:
            log.info("nothing to learn yet: move a control first, by key, page or OSC, then press L")

    def _on_change(self, address: str, _value: ParameterValue, origin: str) -> None:
        if origin not in _NO_HAND:
            self._note_moved(address)

    def _note_moved(self, address: str) -> None:
        row = self.desk.rows.get(address)
        if row is not None and row.kind is not Kind.TEXT:  # no fader and no button says one
            self._moved_last = address
