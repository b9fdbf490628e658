"""Goes where `/show/preset` asks: reads the preset beside the show's thread, and keeps the reason when it cannot be.

The newest request wins. What a disk or a file may cost is paid by a thread that the show never waits for; the desk is
set back to the preset that is shown when another is refused, so that a mended one can be asked for again.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from installation.control.rejections import RejectionCounter
from installation.desk import Desk
from installation.parameters import ParameterError
from installation.preset import Preset, PresetError
from installation.render.shader import ShaderError
from installation.values import ParameterValue
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

ADDRESS: Final = "/show/preset"
_TIME_LIMIT_S: Final = 5.0
_PAUSE_S: Final = 0.2
"""Between two presets: a flood of requests is not a flood of shaders to compile."""
_MOST_STUCK: Final = 4
"""Readers that a dead disk may hold; then it is not tried again before one of them is back."""


@dataclass(frozen=True, slots=True)
class PresetRefusal:
    """A preset that was asked for and is not shown, and why, in one line."""

    name: str
    reason: str


class PresetFollower:
    """Follows one parameter of the desk. Every method belongs to the show's thread.

    `load` returns a checked preset by its name, or raises PresetError; it runs in a thread. `adopt` hands a preset to
    those who need it and raises ParameterError or ShaderError, changing nothing. `shown` is the preset's name at first.
    """

    def __init__(self, desk: Desk, shown: str, load: Callable[[str], Preset], adopt: Callable[[Preset], None]) -> None:
        self.shown = shown
        self.refusal: str | None = None
        """Why the last preset that was asked for is not shown; None when it is."""
        self.refused_at: float | None = None
        self._desk, self._load, self._adopt = desk, load, adopt
        self._requested: str | None = None
        self._reader: _Reader | None = None
        self._stuck: list[_Reader] = []
        self._rests_until = float("-inf")
        self._rejections = RejectionCounter("/show/preset", log)
        desk.watch(self._on_change)

    def poll(self, now: float) -> Preset | PresetRefusal | None:
        """Return the preset that is shown from now on, or the one that is not, when either is new. Never waits."""
        self._rejections.report(now)
        if self._reader is not None:
            return self._take(self._reader, now)
        if self._requested is None or now < self._rests_until:
            return None
        name, self._requested, self._rests_until = self._requested, None, now + _PAUSE_S
        self._stuck = [reader for reader in self._stuck if reader.is_alive()]
        if not name:
            return self._refuse(name, "a preset has a name, got none", now)
        if len(self._stuck) >= _MOST_STUCK:
            return self._refuse(name, "the folders of presets do not answer", now)
        self._reader = _Reader(name, self._load, now)
        self._reader.start()
        return None

    def _on_change(self, address: str, value: ParameterValue, origin: str) -> None:
        if address == ADDRESS and origin != "show":
            self._requested = str(value)

    def _take(self, reader: "_Reader", now: float) -> Preset | PresetRefusal | None:
        stuck = reader.is_alive() and now - reader.began_at > _TIME_LIMIT_S
        if reader.is_alive() and not stuck:
            return None
        self._reader = None
        if stuck:
            self._stuck.append(reader)
        outcome = f"reading it takes longer than {_TIME_LIMIT_S:g} s" if stuck else reader.outcome
        if self._requested is not None:  # a newer request: nobody waits for this one any more
            if isinstance(outcome, str):
                self._rejections.add(outcome)
            return None
        if isinstance(outcome, str):
            return self._refuse(reader.preset_name, outcome, now)
        return self._go_to(reader.preset_name, outcome, now)

    def _go_to(self, name: str, preset: Preset, now: float) -> Preset | PresetRefusal:
        try:
            self._adopt(preset)
        except (ParameterError, ShaderError) as error:
            return self._refuse(name, f"{preset.path.name}: {error}", now)
        self.shown, self.refusal, self.refused_at = name, None, None
        return preset

    def _refuse(self, name: str, reason: str, now: float) -> PresetRefusal:
        self.refusal, self.refused_at = reason, now
        self._rejections.add(reason)
        self._rejections.report(now)
        self._desk.correct(ADDRESS, self.shown)
        return PresetRefusal(name, reason)


class _Reader(threading.Thread):
    """Reads one preset; when it has ended, `outcome` is the preset or why there is none."""

    def __init__(self, name: str, load: Callable[[str], Preset], began_at: float) -> None:
        super().__init__(name="preset", daemon=True)
        self.began_at = began_at
        self.outcome: Preset | str = "it was not read"
        self.preset_name, self._load = name, load

    def run(self) -> None:
        try:
            self.outcome = self._load(self.preset_name)
        except PresetError as error:
            self.outcome = str(error)
        except Exception as error:  # whatever a file brings about, it is the file's fault and no reason to end
            log.debug("reading the preset %s", self.preset_name, exc_info=True)
            self.outcome = f"{self.preset_name} cannot be read: {type(error).__name__}: {one_line(error)}"
