"""Restarts a running show whole: asks for it in order, and takes up what the show before has left."""

import logging
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from installation.clock import unix_time_s
from installation.control_status import ControlStatus
from installation.cues.schedule_deeds import LIGHT, ScheduleDeeds
from installation.exit_codes import ExitCode
from installation.hosting import ChildHost
from installation.options import Arguments, OptionError, ShowConfig, resolve
from installation.presets.preset import PresetError
from installation.restarting.again import SUPERVISED, become_anew
from installation.restarting.display_watch import DisplayWatch, display_opens
from installation.restarting.handover import Handover, carried, leave, take
from installation.show_parts import Parts
from installation.venue import Venue
from s2s.card import BundleError, read_card
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

ORIGIN: Final = "restart"
_NUMBER: Final = re.compile(r"-\d+$")


class Restarts:
    """The restarts of one show. A control surface of it, and the show's thread's own, from `fit` on."""

    def __init__(self, typed: Arguments, arguments: tuple[str, ...] | None = None) -> None:
        """`typed` is the command line as it was read, `arguments` as it was typed."""
        self._typed = typed
        self._arguments = tuple(sys.argv[1:]) if arguments is None else arguments
        self._venue = Venue.of(typed.venue)
        self.before = take(self._venue.handover, self._arguments, unix_time_s())
        self.config: ShowConfig | None = None
        self._parts: Parts | None = None
        self._stop: Callable[[], None] = lambda: None
        self._ends_at: float | None = None
        self._display: DisplayWatch | None = None
        self._is_seen = self._display_was_there = True
        self.asked = False

    def resolve(self) -> ShowConfig:
        """Return the configuration of this show: what was typed, or how the show before stood. Raises as `resolve`.

        What was left by a show that ran is no reason not to begin: where it cannot be used, what was typed counts.
        """
        if self.before is None:
            self.config = resolve(self._typed)
            return self.config
        log.info("started again: %s", one_line(self.before.reason))
        try:
            config = resolve(_as_before(self._typed, self.before))
        except (PresetError, OptionError) as error:
            log.warning("%s; the show begins as its command line says", one_line(error))
            config = resolve(self._typed)
        # What was asked for stays what it was: only what is shown is as before.
        self.config = replace(config, arguments=replace(config.arguments, preset=self._typed.preset))
        return self.config

    def mark(self, config: ShowConfig) -> ShowConfig:
        """Return `config`, marked where this show takes the place of one that ran."""
        return replace(config, again=self.before is not None)

    def fit(self, parts: Parts) -> None:
        """Become a part of the show that is being made, and put it as the one before stood."""
        from installation.output.headless import HeadlessSurface  # OpenGL's bindings take a moment; most runs need none

        assert self.config is not None
        self._parts, self._is_seen = parts, not isinstance(parts.surface, HeadlessSurface)
        parts.controls["restart"] = self
        schedule = parts.controls.get("schedule")
        if isinstance(schedule, ScheduleDeeds):
            schedule.restart = self.ask
        if self.before is not None:
            if isinstance(schedule, ScheduleDeeds):
                schedule.fade_up_to(self.before.light)
            self._put_as_before(parts, self.before)
        if self.config.arguments.output == "auto" and not self._is_seen and not self._display_was_there:
            self._display = DisplayWatch()

    def look_for_display(self) -> None:
        """Note whether there is a display before one is tried: one that comes later is worth a restart, one that was
        there and could not be used is not.
        """
        self._display_was_there = display_opens()

    def hand_over(self, stop: Callable[[], None]) -> None:
        """Call `stop` when the show is to end for this."""
        self._stop = stop

    def ask(self, reason: str, light: float | None = None) -> str:
        """Restart the show; return in words why it goes on instead, or "". `light` is what `/show/light` was before."""
        assert self._parts is not None
        if (why := self._why_not()) or (why := self._leave(self._parts, reason, light)):
            log.warning("not started again (%s): %s", reason, why)
            return why
        log.info("the show starts itself again: %s", reason)
        self.asked = True
        self._stop()
        return ""

    def outcome(self, exit_code: int) -> int:
        """Return the exit code of a show that has ended with `exit_code`: that of a restart where one was asked for,
        or where its display has gone and nobody demanded one.
        """
        if self.asked and exit_code == ExitCode.OK:
            return self._ends(ExitCode.RESTART)
        if exit_code != ExitCode.DISPLAY or self._parts is None or self._typed.output != "auto" or SUPERVISED:
            return exit_code
        if self._leave(self._parts, "its display has gone", None):
            return exit_code
        log.warning("the display has gone: the show goes on without one, and looks for it")
        return self._ends(ExitCode.RESTART)

    def conclude(self, exit_code: int, *, end_wanted: bool = False) -> int:
        """Begin anew where that is to be and nobody else does it; else return the exit code. Everything is closed.

        Who wants the end meanwhile gets it.
        """
        if exit_code == ExitCode.RESTART and end_wanted:
            self._venue.handover.unlink(missing_ok=True)
            return ExitCode.OK
        if exit_code == ExitCode.RESTART and not SUPERVISED:
            become_anew()
        return exit_code

    def start(self) -> None:
        """Note until when the show is to run."""
        if self._parts is not None and self.config is not None and self.config.arguments.duration_s is not None:
            self._ends_at = self._parts.clock.now() + self.config.arguments.duration_s

    def poll(self, now: float) -> None:
        """Go to a display that has come. Never waits."""
        if self._display is not None and not self.asked and self._display.has_come(now):
            self._display = None
            self.ask("a display has come")

    def status(self) -> ControlStatus:
        return ControlStatus()

    def close(self) -> None:
        """Nothing is held."""

    def _ends(self, exit_code: int) -> int:
        """Let the workers end while the rest is being finished: the room is dark meanwhile."""
        for host in () if self._parts is None else (self._parts.capture, self._parts.inference):
            if isinstance(host, ChildHost):
                host.let_go()
        return exit_code

    def _why_not(self) -> str:
        """Return in words why the program would not start now, as it is on the disk, or ""."""
        try:
            read_card(resolve(self._typed).model)
        except (PresetError, OptionError, BundleError) as error:
            return one_line(error)
        return ""

    def _leave(self, parts: Parts, reason: str, light: float | None) -> str:
        stands = parts.desk.stands()
        left = Handover(
            arguments=self._arguments,
            at=unix_time_s(),
            reason=reason,
            preset=str(parts.presets.current.path),
            model=parts.models.shown,
            light=float(stands[LIGHT]) if light is None else light,
            left_s=None if self._ends_at is None else max(self._ends_at - parts.clock.now(), 0.1),
            values=carried(stands),
        )
        return leave(self._venue.handover, left)

    def _put_as_before(self, parts: Parts, before: Handover) -> None:
        for address, value in before.values.items():
            if address != "/show/model" and parts.desk.get(address) != value:
                parts.desk.post(address, value, ORIGIN)
        if before.model and before.model != parts.models.shown:
            parts.desk.post("/show/model", before.model, ORIGIN)


def _as_before(typed: Arguments, before: Handover) -> Arguments:
    record = None if typed.record is None else free_name(typed.record)
    duration_s = typed.duration_s if before.left_s is None else before.left_s
    return replace(typed, preset=before.preset or typed.preset, duration_s=duration_s, record=record)


def free_name(path: Path) -> Path:
    """Return `path`, or with a number where it is taken: a film of before is not written over."""
    stem = _NUMBER.sub("", path.stem)
    numbered = (path.with_name(f"{stem}-{number}{path.suffix}") for number in range(2, 10_000))
    return path if not path.exists() else next((one for one in numbered if not one.exists()), path)
