"""OSC bundles for later, held until their time and given out in order.

Pure: wall time and monotonic time are arguments. An NTP time tag counts seconds since 1900 in 32 bits and starts again
in 2036, so it is read as the difference to now (RFC 5905, section 6).
"""

import heapq
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from installation.control.osc.messages import OscFormatError, counts_at_once

MOST_HELD: Final = 1024
FARTHEST_S: Final = 60.0
_NTP_TO_UNIX_S: Final = 2_208_988_800
_FRACTION: Final = 2**32
_WRAP: Final = 2**64

Kept = TypeVar("Kept")


def seconds_ahead(time_tag: int, unix_now_s: float) -> float:
    """Return how many seconds after now a bundle counts: 0 for at once and for what is past. Raises OscFormatError."""
    if counts_at_once(time_tag):
        return 0.0
    now = round((unix_now_s + _NTP_TO_UNIX_S) * _FRACTION)
    ahead = (time_tag - now + _WRAP // 2) % _WRAP - _WRAP // 2
    ahead_s = max(ahead / _FRACTION, 0.0)
    if ahead_s > FARTHEST_S:
        raise OscFormatError(
            f"a bundle waits at most {FARTHEST_S:g} s, got one for {ahead_s:.4g} s from now: do both clocks agree?"
        )
    return ahead_s


@dataclass(order=True, slots=True)
class _Waiting(Generic[Kept]):
    due_at: float
    serial: int
    kept: Kept = field(compare=False)


class Schedule(Generic[Kept]):
    """What waits for its time, at most MOST_HELD; due at the same time, they come in the order they were put in."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting[Kept]] = []
        self._serial = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, due_at: float, kept: Kept) -> None:
        """Hold `kept` until `due_at`, monotonic seconds. Raises OscFormatError when too many wait."""
        if len(self._waiting) >= MOST_HELD:
            raise OscFormatError(f"at most {MOST_HELD} messages wait for the time of their bundles")
        self._serial += 1
        heapq.heappush(self._waiting, _Waiting(due_at, self._serial, kept))

    def take(self, now: float) -> list[Kept]:
        """Return what is due at `now`, the earliest first."""
        due: list[Kept] = []
        while self._waiting and self._waiting[0].due_at <= now:
            due.append(heapq.heappop(self._waiting).kept)
        return due

    def wait_s(self, now: float) -> float | None:
        """Return in how many seconds the next one is due, None where nothing waits."""
        return max(self._waiting[0].due_at - now, 0.0) if self._waiting else None
