"""A/B: one fader, `/show/ab`, between the two presets that `/show/a` and `/show/b` name.

Once both are read, beside the show's thread, the show goes to where the fader stands, over `/show/morph`; from then on
the fader moves everything. A hand on a parameter counts until the fader moves again. Going to another preset, or naming
none, ends it; the wall stays as it is.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from installation.control.rejections import RejectionCounter
from installation.control_status import FaderStatus
from installation.desk import Desk
from installation.errand import Errands
from installation.presets.blend import Blend
from installation.presets.follower import Look, PresetFollower
from installation.presets.preset import Preset
from installation.values import ParameterValue

log = logging.getLogger(__name__)

A: Final = "/show/a"
B: Final = "/show/b"
FADER: Final = "/show/ab"


class PresetFader:
    """A control surface of its own; belongs to the show's thread. `load` returns a preset by name, in a thread, or
    raises PresetError.
    """

    def __init__(self, desk: Desk, follower: PresetFollower, load: Callable[[str], Preset]) -> None:
        self._desk, self._follower, self._load = desk, follower, load
        self._wanted = {A: "", B: ""}
        self._loaded: dict[str, tuple[str, Preset]] = {}
        self._errands: dict[str, Errands[tuple[str, Preset]]] = {A: Errands(), B: Errands()}
        self._blend: Blend | None = None
        self._look: Look | None = None
        """What the follower was asked to show and does not show yet."""
        self._side: Preset | None = None
        self._moved = False
        self._rejections = RejectionCounter("A/B", log)
        desk.watch(self._on_change)
        follower.watch(self._on_look)

    def start(self) -> None:
        """Nothing is read before two presets are named."""

    def poll(self, now: float) -> None:
        """Follow names and fader; never waits. `now` in monotonic seconds."""
        self._rejections.report(now)
        for address in (A, B):
            self._read(address, now)
        if self._blend is None:
            self._begin()
        elif self._look is not None and not self._follower.busy:
            self._end()  # the follower has refused it, and said why
        elif self._moved:
            self._move(self._blend)
        self._moved = False

    def status(self) -> FaderStatus:
        """Return the two presets, and what was refused."""
        a, b = (self._wanted[address] if self._blend is not None else "" for address in (A, B))
        return FaderStatus(a=a, b=b, refused=self._rejections.count, last_refusal=self._rejections.last)

    def close(self) -> None:
        """Nothing is held."""

    def _on_change(self, address: str, value: ParameterValue, origin: str) -> None:
        if origin in ("show", "preset"):
            return
        if address == FADER:
            self._moved = True
        elif address in self._wanted:
            self._wanted[address] = str(value)
            self._loaded.pop(address, None)
            self._blend = self._look = None

    def _on_look(self, look: Look) -> None:
        """Somebody has gone to a look: this fader, or another hand, which ends it."""
        if self._blend is None:
            return
        if look is not self._look:
            self._end()
        else:
            self._look = None

    def _read(self, address: str, now: float) -> None:
        errands, wanted = self._errands[address], self._wanted[address]
        if errands.busy:
            outcome = errands.back(now)
            if isinstance(outcome, str):
                self._refuse(address, outcome)
            elif outcome is not None and outcome[0] == wanted:
                self._loaded[address] = outcome
        elif wanted and address not in self._loaded:
            reason = errands.send(f"reading {wanted}", partial(self._named, wanted), now)
            if reason:
                self._refuse(address, reason)

    def _named(self, name: str) -> tuple[str, Preset]:
        return name, self._load(name)

    def _refuse(self, address: str, reason: str) -> None:
        self._rejections.add(reason)
        self._wanted[address] = ""
        self._desk.correct(address, "")

    def _begin(self) -> None:
        """Go to where the fader stands, once both presets are there."""
        if len(self._loaded) == 2:
            self._blend = Blend.of(self._loaded[A][1], self._loaded[B][1], self._desk.stands())
            self._go(self._blend)

    def _go(self, blend: Blend) -> None:
        """Go to all of what the fader says, as to a preset."""
        position = self._position
        preset = blend.preset(position)
        self._side = blend.nearer(position)
        self._look = Look(preset.path.stem, preset, preset.parameters, preset.routes)
        self._follower.show(self._look)

    def _move(self, blend: Blend) -> None:
        if self._look is not None and self._look.values is not None:
            self._go(blend)  # it has not begun yet
            return
        preset, side = blend.preset(self._position), blend.nearer(self._position)
        self._desk.aim(preset.parameters, preset.routes)
        if side is self._side:
            self._follower.current = preset
        else:
            self._side = side
            self._look = Look(preset.path.stem, preset, None, None)
            self._follower.show(self._look)

    @property
    def _position(self) -> float:
        return float(self._desk.get(FADER))

    def _end(self) -> None:
        self._blend = self._look = self._side = None
        for address in (A, B):
            self._wanted[address] = ""
            self._desk.correct(address, "")
        self._loaded.clear()
