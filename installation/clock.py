"""Clocks, and when the next picture is due. The show lives on monotonic seconds; a film and tests move time by hand.

`time.monotonic` is one clock for every process of a machine, so stamps may cross process borders.
"""

import time
from typing import Protocol


def local_hour() -> float:
    """Return the local time of the day in hours, as the clock on the wall shows it."""
    now = time.localtime()
    return now.tm_hour + now.tm_min / 60.0 + now.tm_sec / 3600.0


def local_day() -> tuple[int, int, int]:
    """Return the local year, month 1..12 and day 1..31."""
    now = time.localtime()
    return now.tm_year, now.tm_mon, now.tm_mday


def unix_time_s() -> float:
    """Return the seconds since 1970 of the clock on the wall, which may be stepped: for what others stamp by theirs."""
    return time.time_ns() / 1e9


class Clock(Protocol):
    """Tells the time and waits for it."""

    def now(self) -> float:
        """Return monotonic seconds; only differences mean anything."""
        ...

    def sleep(self, duration_s: float) -> None:
        """Wait `duration_s` seconds; returns at once when it is zero or less."""
        ...


class MonotonicClock:
    """The real clock; a stepped wall clock does not touch it."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, duration_s: float) -> None:
        if duration_s > 0:
            time.sleep(duration_s)


class ManualClock:
    """A clock that moves only when told: an hour of show in a millisecond of test."""

    def __init__(self, now: float = 0.0) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def sleep(self, duration_s: float) -> None:
        self.advance(max(duration_s, 0.0))

    def advance(self, duration_s: float) -> None:
        """Move forward by `duration_s` seconds."""
        if duration_s < 0:
            raise ValueError(f"time runs forward only, got {duration_s} s")
        self._now += duration_s


class FrameClock:
    """The time of a film: each sleep, however long, goes on to the next picture, exactly `frame / fps`."""

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self.frame = 0

    def now(self) -> float:
        return self.frame / self._fps

    def next(self) -> float:
        """Return the time of the next picture."""
        return (self.frame + 1) / self._fps

    def sleep(self, duration_s: float) -> None:  # noqa: ARG002 - a clock's own signature
        self.frame += 1


class Pacer:
    """Keeps a cadence by absolute deadlines, so that small delays do not add up; a long one starts a new grid."""

    def __init__(self, fps: float) -> None:
        if not fps > 0:
            raise ValueError(f"a cadence needs more than 0 pictures a second, got {fps}")
        self._interval_s = 1.0 / fps
        self._due_at: float | None = None

    @property
    def due_at(self) -> float:
        """When the picture being made was due, after `wait_s` has counted it."""
        return float("-inf") if self._due_at is None else self._due_at - self._interval_s

    def wait_s(self, now: float) -> float:
        """Return how long to wait at `now` until the next picture is due, and count that picture as shown."""
        late = self._due_at is None or now - self._due_at > self._interval_s
        due_at = now if late or self._due_at is None else self._due_at
        self._due_at = due_at + self._interval_s
        return max(due_at - now, 0.0)
