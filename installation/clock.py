"""Clocks. The show lives on monotonic seconds; tests and offline rendering move time by hand.

`time.monotonic` is one clock for every process of a machine, so stamps may cross process borders.
"""

import time
from typing import Protocol


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
