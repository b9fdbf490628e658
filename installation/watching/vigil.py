"""One child watched from outside, from its start to its end: what is wrong with it, in words. Pure but for what the
system says of the process.
"""

from multiprocessing.context import SpawnProcess
from typing import Final, Generic, TypeVar

import psutil

from installation.watching.expectations import Expectations
from installation.watching.memory_bound import MemoryBound
from installation.watching.progress import Progress

STOPPED_S: Final = 1.5
"""A pulse that is missing for so long makes the host ask the system whether somebody has stopped the child."""
STILL_S: Final = 5.0
"""A child without a pulse for so long does not run, whatever the system says: stuck in the kernel, swapped out."""
_STILL_AT_START_S: Final = 60.0
"""While it starts, one library alone may take long to load from a slow disk, and holds Python's lock meanwhile."""
_HEALTHY_AFTER_S: Final = 10.0
_ABSENT_S: Final = 0.5
_MEMORY_EVERY_S: Final = 2.0
_MIB: Final = 1024 * 1024

S = TypeVar("S")


class Vigil(Generic[S]):
    """Begins `now`, with the `pulse` that an earlier child left. Every time is in monotonic seconds."""

    def __init__(
        self,
        expects: Expectations[S],
        now: float,
        pulse: int,
        *,
        start_limit_s: float = 120.0,
        still_limit_s: float = STILL_S,
    ) -> None:
        self._expects, self._start_limit_s, self._still_limit_s = expects, start_limit_s, still_limit_s
        self._started_at = self._pulse_at = self._looked_at = now
        self._pulse = pulse
        self._beat_at: float | None = None
        self._step_limit_s = start_limit_s
        self._kind, self._complaint = "", ""
        self._progress, self._memory = Progress(), MemoryBound(now)
        self._memory_at = now

    @property
    def alive(self) -> bool:
        """Whether it has taken a step."""
        return self._beat_at is not None

    def is_well(self, now: float) -> bool:
        """Return whether it has run for so long that it has recovered: earlier failures no longer count."""
        return self.alive and now - self._started_at > _HEALTHY_AFTER_S

    def feel(self, pulse: int, now: float) -> None:
        """Take in its pulse. While the show itself did not run it saw no sign of life: not the child's fault."""
        absent_s, self._looked_at = now - self._looked_at, now
        if absent_s > _ABSENT_S:
            self._pulse_at += absent_s
            self._started_at += absent_s
            self._beat_at = None if self._beat_at is None else self._beat_at + absent_s
        if pulse != self._pulse:
            self._pulse, self._pulse_at = pulse, now

    def hear(self, status: S, now: float) -> None:
        """Take in what it says of itself after a step."""
        if not self.alive:
            self._memory = MemoryBound(now)
        self._beat_at = now
        self._step_limit_s, self._kind = self._expects.step_limit_s(status), self._expects.kind(status)
        self._complaint = self._progress.complaint(self._expects.marks(status), now)

    def complaint(self, process: SpawnProcess, now: float) -> str:
        """Return what is wrong with the child, to be read after its name; empty where nothing is."""
        if not process.is_alive():
            return f"ended without a word (exit code {process.exitcode})"
        still_s = now - self._pulse_at
        if still_s > STOPPED_S and is_stopped(process):
            return "was stopped from outside"
        if still_s > (still_limit_s := self._still_limit_s if self.alive else _STILL_AT_START_S):
            return f"stood still for {still_limit_s:g} s"
        hang_limit_s = self._step_limit_s if self.alive else self._start_limit_s
        if now - (self._beat_at or self._started_at) > hang_limit_s:
            return f"gave no sign of life for {hang_limit_s:g} s"
        return self._complaint or self._examine_memory(process, now)

    def _examine_memory(self, process: SpawnProcess, now: float) -> str:
        if not self.alive or now - self._memory_at < _MEMORY_EVERY_S:
            return ""
        self._memory_at = now
        rss_mib = _rss_mib(process)
        return "" if rss_mib is None else self._memory.complaint(rss_mib, self._kind, now)


def is_stopped(process: SpawnProcess) -> bool:
    """Return whether somebody has stopped the process, as by SIGSTOP."""
    try:
        return psutil.Process(process.pid).status() == psutil.STATUS_STOPPED
    except psutil.Error:
        return False


def _rss_mib(process: SpawnProcess) -> float | None:
    try:
        return float(psutil.Process(process.pid).memory_info().rss) / _MIB
    except psutil.Error:
        return None
