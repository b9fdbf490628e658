"""Goes where `/show/preset` asks: reads the preset beside the show's thread, and keeps the reason when it cannot be.

The newest request wins. What a disk or a file may cost is paid by a thread that the show never waits for, what a
graphics driver costs is paid in small pieces, turn by turn; the desk is set back to the preset that is shown when
another is refused, so that a mended one can be asked for again.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from installation.control.rejections import RejectionCounter
from installation.desk import Desk
from installation.errand import Errands
from installation.modulation import Route
from installation.parameter import ParameterError
from installation.presets.preset import Preset, preset_values, switched_back
from installation.render.shader import ShaderError
from installation.values import ParameterValue

log = logging.getLogger(__name__)

ADDRESS: Final = "/show/preset"
_PAUSE_S: Final = 0.2
"""Between two presets: a flood of requests is not a flood of shaders to compile."""
_PREPARED_WITHIN_S: Final = 3.0
"""So long the old preset stays while the new one's shaders are made ready; then it comes as it is."""


@dataclass(frozen=True, slots=True)
class PresetRefusal:
    """A preset that was asked for and is not shown, and why, in one line."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Look:
    """What the show goes to: a preset under its name, and the values and the modulation that it is moved to, None where
    somebody else moves those. `version` is 0 for the preset as its file is, else how many times ago it was saved.
    `morph_s` and `easing` are None where the operator's own count.
    """

    name: str
    preset: Preset
    values: Mapping[str, ParameterValue] | None
    routes: tuple[Route, ...] | None
    version: int = 0
    morph_s: float | None = None
    easing: str | None = None

    @classmethod
    def of(cls, name: str, preset: Preset, version: int = 0) -> "Look":
        """Return a preset as going to it shows it."""
        return cls(name, preset, preset_values(preset), preset.routes, version)


class PresetFollower:
    """Follows one parameter of the desk, and what others ask for by `ask` and `show`. The show's thread alone.

    `load` returns a checked preset by its name, or raises PresetError; it runs in a thread. `adopt` hands a preset to
    those who need it and raises ParameterError or ShaderError, changing nothing. `prepare` is called once a turn before
    that, until it says that adopting costs no picture any more. `current` is the preset that is shown.
    """

    def __init__(
        self,
        desk: Desk,
        current: Preset,
        load: Callable[[str], Preset],
        adopt: Callable[[Preset], None],
        prepare: Callable[[Preset], bool] = lambda _preset: True,
    ) -> None:
        self.current, self.shown = current, current.path.stem
        self.version = 0
        """Which version of it is shown; 0 as its file is."""
        self.refusal: str | None = None
        """Why the last preset that was asked for is not shown; None when it is."""
        self.refused_at: float | None = None
        self._desk, self._load, self._adopt, self._prepare = desk, load, adopt, prepare
        self._requested: tuple[str, Callable[[], Look]] | Look | None = None
        self._reading = ""
        self._errands: Errands[Look] = Errands()
        self._coming: Look | None = None
        self._prepares_until = self._rests_until = float("-inf")
        self._rejections = RejectionCounter("/show/preset", log)
        self._watchers: list[Callable[[Look], None]] = []
        desk.watch(self._on_change)

    @property
    def busy(self) -> bool:
        """Whether another preset is on its way."""
        return self._requested is not None or self._coming is not None or self._errands.busy

    def watch(self, watcher: Callable[[Look], None]) -> None:
        """Call `watcher` with each look that is gone to, on the show's thread; it must not block."""
        self._watchers.append(watcher)

    def ask(self, name: str, load: Callable[[], Look]) -> None:
        """Go to what `load` returns under `name`; it runs in a thread and may raise PresetError."""
        self._requested = name, load

    def show(self, look: Look) -> None:
        """Go to a look that needs no reading."""
        self._requested = look

    def settle(self, name: str, preset: Preset) -> None:
        """State that what is shown is `preset` by now, called `name`: it was saved, or is halfway to another."""
        self.current, self.shown = preset, name
        self._desk.correct(ADDRESS, name)

    def poll(self, now: float) -> Preset | PresetRefusal | None:
        """Return the preset that is shown from now on, or the one that is not, when either is new. Never waits."""
        self._rejections.report(now)
        if self._errands.busy:
            refusal = self._fetch(now)
            if refusal is not None or self._coming is None:
                return refusal
        if self._requested is not None and not self._errands.busy:
            self._coming = None  # a newer request: nobody waits for this one any more
        if self._coming is not None:
            return self._bring(self._coming, now)
        if self._requested is None or now < self._rests_until:
            return None
        wanted, self._requested, self._rests_until = self._requested, None, now + _PAUSE_S
        if isinstance(wanted, Look):
            self._expect(wanted, now)
            return self._bring(wanted, now)
        self._reading, load = wanted
        if not self._reading:
            return self._refuse("", "a preset has a name, got none", now)
        reason = self._errands.send(f"reading {self._reading}", load, now)
        return self._refuse(self._reading, reason, now) if reason else None

    def _on_change(self, address: str, value: ParameterValue, origin: str) -> None:
        if address == ADDRESS and origin != "show":
            name = str(value)
            self._requested = name, partial(self._read, name)

    def _read(self, name: str) -> Look:
        return Look.of(name, self._load(name))

    def _fetch(self, now: float) -> PresetRefusal | None:
        outcome = self._errands.back(now)
        if self._requested is not None:
            if isinstance(outcome, str):
                self._rejections.add(outcome)
        elif isinstance(outcome, str):
            return self._refuse(self._reading, outcome, now)
        elif outcome is not None:
            self._expect(outcome, now)
        return None

    def _expect(self, look: Look, now: float) -> None:
        self._coming, self._prepares_until = look, now + _PREPARED_WITHIN_S

    def _bring(self, look: Look, now: float) -> Preset | PresetRefusal | None:
        """Go one step towards `look`, the last of which shows it."""
        try:
            if now < self._prepares_until and not self._prepare(look.preset):
                return None
            self._coming = None
            self._adopt(look.preset)
        except (ParameterError, ShaderError) as error:
            self._coming = None
            return self._refuse(look.name, f"{look.preset.path.name}: {error}", now)
        morph_s = float(self._desk.get("/show/morph")) if look.morph_s is None else look.morph_s
        if look.routes is not None:
            self._desk.route(look.routes, morph_s, look.easing)
        if look.values is not None:
            back = switched_back(self.current, look.values, self._desk.standing)
            self._desk.morph({**back, **look.values}, morph_s, look.easing)
        self.refusal, self.refused_at, self.version = None, None, look.version
        self.settle(look.name, look.preset)
        for watcher in self._watchers:
            watcher(look)
        return look.preset

    def _refuse(self, name: str, reason: str, now: float) -> PresetRefusal:
        self.refusal, self.refused_at = reason, now
        self._rejections.add(reason)
        self._rejections.report(now)
        self._desk.correct(ADDRESS, self.shown)
        return PresetRefusal(name, reason)
