"""What a run measures of itself: cadence, latency, memory, start-up. Constant memory; the show's thread alone."""

from collections.abc import Mapping
from typing import Any, Final

import psutil

from installation.control_latency import ControlLatency
from installation.histogram import Histogram
from installation.values import Features, Frame

_MEMORY_EVERY_S: Final = 2.0
_WARM_UP_S: Final = 10.0
"""Memory at the start is taken after this long: before it, workers are still importing."""
_MIB: Final = 1024 * 1024


class Meter:
    """Counts presented pictures and what they carried. `started_at` is when the program began."""

    def __init__(self, started_at: float) -> None:
        self.started_at = started_at
        self.interval_ms, self.fast_ms = Histogram(), Histogram()
        self.control = ControlLatency()
        self.frames = 0
        self.skipped = 0
        self.loudest_db = -120.0
        self.first_picture_s: float | None = None
        self.living_picture_s: float | None = None
        self._first_at: float | None = None
        self._presented_at: float | None = None
        self.last_interval_ms: float | None = None
        self._heard_at = 0.0
        self._serial = 0

    def presented(self, now: float, features: Features) -> None:
        """Count one presented picture whose fast path had heard `features`."""
        self.frames += 1
        if self._presented_at is None:
            self._first_at, self.first_picture_s = now, now - self.started_at
        else:
            self.last_interval_ms = (now - self._presented_at) * 1e3
            self.interval_ms.add(self.last_interval_ms)
        self._presented_at = now
        self.control.presented(now)
        if features.heard_at > self._heard_at:
            # Only sound that is new in this picture counts, or a stalled source would look slow instead of silent.
            self._heard_at = features.heard_at
            self.fast_ms.add((now - features.heard_at) * 1e3)
            self.loudest_db = max(self.loudest_db, features.level_db)

    def received(self, frame: Frame, now: float) -> None:
        """Count a new generated picture, and those that came and went unseen since the last."""
        self.skipped += max(frame.serial - self._serial - 1, 0) if self._serial else 0
        self._serial = frame.serial
        if self.living_picture_s is None:
            self.living_picture_s = now - self.started_at

    def living_s(self, now: float) -> float | None:
        """Return for how long generated pictures have been there, None before the first."""
        return None if self.living_picture_s is None else now - self.started_at - self.living_picture_s

    @property
    def fps(self) -> float:
        """Pictures presented a second, over the whole run."""
        if self._first_at is None or self._presented_at is None or self._presented_at <= self._first_at:
            return 0.0
        return (self.frames - 1) / (self._presented_at - self._first_at)


class MemoryMeter:
    """Follows the resident memory of the show's processes, in MiB."""

    def __init__(self) -> None:
        self._next_at: float | None = None
        self._began_at: float | None = None
        self._start: dict[str, float] = {}
        self._now: dict[str, float] = {}
        self._max: dict[str, float] = {}

    def sample(self, now: float, pids: Mapping[str, int | None], *, force: bool = False) -> None:
        """Look at each process, at most every two seconds unless forced; one that just died is left out."""
        self._began_at = now if self._began_at is None else self._began_at
        if not force and self._next_at is not None and now < self._next_at:
            return
        self._next_at = now + _MEMORY_EVERY_S
        for name, pid in pids.items():
            rss_mib = _rss_mib(pid)
            if rss_mib is None:
                continue
            self._now[name] = rss_mib
            self._max[name] = max(self._max.get(name, 0.0), rss_mib)
            if name not in self._start or now - self._began_at <= _WARM_UP_S:
                self._start[name] = rss_mib

    @property
    def rss_mib(self) -> Mapping[str, float]:
        """The memory of each process when it was last looked at."""
        return self._now

    def summary(self) -> dict[str, Any]:
        """Return `{start, end, max}` of all processes together, and of each."""
        parts = {"start": self._start, "end": self._now, "max": self._max}
        whole: dict[str, Any] = {name: round(sum(values.values()), 1) for name, values in parts.items()}
        each = {process: {name: round(parts[name][process], 1) for name in parts} for process in self._now}
        return {"rss_mib": whole, "processes": each}


def _rss_mib(pid: int | None) -> float | None:
    if pid is None:
        return None
    try:
        return float(psutil.Process(pid).memory_info().rss) / _MIB
    except psutil.Error:
        return None
