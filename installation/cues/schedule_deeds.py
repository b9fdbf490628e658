"""Opens and closes the venue by the clock on the wall: the picture fades up, and to black, by `/show/light`.

A blackout is the operator's and left alone. A hand on `/show/light` wins until the next opening or closing, and puts a
restart off that the picture is going dark for.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from installation.clock import unix_time_s
from installation.control_status import ScheduleStatus
from installation.cues.player import utc
from installation.cues.schedule import Schedule, Turn
from installation.desk import Desk
from installation.followed_file import FollowedFile
from installation.values import ParameterValue

log = logging.getLogger(__name__)

LIGHT: Final = "/show/light"
_EVERY_S: Final = 0.25
_TURN_KNOWN_S: Final = 600.0
"""So long the next opening is not looked for again; it may lie a year ahead."""


class ScheduleDeeds:
    """A control surface of its own; belongs to the show's thread. `wall` tells the seconds since 1970 of a clock that
    may be set at any moment.
    """

    def __init__(
        self, desk: Desk, file: FollowedFile[Schedule | None], wall: Callable[[], float] = unix_time_s
    ) -> None:
        self._desk, self._file, self._wall = desk, file, wall
        self._open: bool | None = None
        self._fade: tuple[float, float, float, float] | None = None
        """From which light to which, since when and for how long; None while nothing fades."""
        self._said = ""
        self._next_at = float("-inf")
        self._turn: tuple[datetime, Turn | None] | None = None
        self.restart: Callable[[str, float], str] | None = None
        """Starts the show again, with why, and the light of before; returns why it goes on instead."""
        self._seen_at: datetime | None = None
        self._light_before: float | None = None
        """The light before it went dark for a restart; None while none is near."""
        self._begins_dark: float | None = None
        desk.watch(self._on_change)

    def start(self) -> None:
        """Read the hours; a show that begins while the venue is closed begins dark."""
        self._file.start()
        self._say()
        self._open = self._is_open()
        if not self._open or self._begins_dark is not None:
            self._desk.correct(LIGHT, 0.0)

    def fade_up_to(self, light: float) -> None:
        """Begin dark, and fade up to this light where it is open: the show before faded to black for its restart."""
        self._begins_dark = light

    def poll(self, now: float) -> None:
        """Open or close where it is time. Never waits."""
        if self._file.poll(now):
            self._turn = None
            self._next_at = now
            log.info("schedule: read")
        self._say()
        if self._begins_dark is not None:
            if self._open:
                self._fade_to(self._begins_dark, now)
            self._begins_dark = None
        if now >= self._next_at:
            self._next_at = now + _EVERY_S
            self._follow(now)
            self._mind_restart(now)
        if self._fade is not None:
            self._step(now)

    def status(self) -> ScheduleStatus:
        """Return whether it is open, until when, and what is wrong with the file."""
        turn = self._next_turn()
        zone = None if self._file.value is None else self._file.value.zone
        return ScheduleStatus(
            problem=self._file.problem,
            open=self._open if self._file.value is not None else None,
            next=""
            if turn is None
            else f"{'opens' if turn.opens else 'closes'} {turn.at.astimezone(zone):%a %d %b %H:%M}",
        )

    def close(self) -> None:
        """Nothing is held."""

    def _is_open(self) -> bool:
        """Without a schedule, or a calendar, it is always open."""
        now, schedule = utc(self._wall()), self._file.value
        return schedule is None or now is None or schedule.is_open(now)

    def _follow(self, now: float) -> None:
        is_open = self._is_open()
        if is_open == self._open:
            return
        self._open = is_open
        self._light_before = None
        self._fade_to(1.0 if is_open else 0.0, now)
        log.info("schedule: %s, in %g s", "opening" if is_open else "closing", self._fade_s)

    @property
    def _fade_s(self) -> float:
        return 0.0 if self._file.value is None else self._file.value.fade_s

    def _fade_to(self, light: float, now: float) -> None:
        self._fade = float(self._desk.standing(LIGHT)), light, now, max(self._fade_s, 0.1)

    def _mind_restart(self, now: float) -> None:
        """Start the show again where it is time: at once while it is dark, else after a fade to black."""
        before, self._seen_at = self._seen_at, utc(self._wall())
        schedule = self._file.value
        if schedule is None or self.restart is None or before is None or self._seen_at is None:
            return
        if self._light_before is not None:
            if self._fade is None:
                light, self._light_before = self._light_before, None
                if self.restart("the time that schedule.yaml says", light) and self._open:
                    self._fade_to(light, now)
        elif schedule.restarts_between(before, self._seen_at):
            light = float(self._desk.standing(LIGHT))
            self._light_before = light if self._fade is None else self._fade[1]
            if light > 0.0:
                self._fade_to(0.0, now)
            log.info("schedule: starting again, %s", "after a fade to black" if light > 0.0 else "in the dark")

    def _step(self, now: float) -> None:
        assert self._fade is not None
        begin, end, since, duration_s = self._fade
        done = min(max((now - since) / duration_s, 0.0), 1.0)
        if done >= 1.0:
            self._fade = None
        self._desk.correct(LIGHT, end if done >= 1.0 else begin + (end - begin) * done)

    def _on_change(self, address: str, _value: ParameterValue, origin: str) -> None:
        if address == LIGHT and origin != "show":
            self._fade = None  # a hand
            if self._light_before is not None:
                self._light_before = None
                log.info("schedule: not started again: a hand moves the light")

    def _next_turn(self) -> Turn | None:
        now, schedule, known = utc(self._wall()), self._file.value, self._turn
        if schedule is None or now is None:
            return None
        fresh = known is not None and 0.0 <= (now - known[0]).total_seconds() < _TURN_KNOWN_S
        if known is None or not fresh or (known[1] is not None and known[1].at <= now):
            known = self._turn = now, schedule.next_turn(now)
        return known[1]

    def _say(self) -> None:
        if self._file.problem != self._said:
            self._said = self._file.problem
            if self._said:
                log.warning("%s; %s", self._said, "the hours before stay" if self._file.value else "it is always open")
