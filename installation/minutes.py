"""A run minute by minute: cadence, late pictures by cause, pictures generated, memory. Pure; the show's thread alone.

The percentiles of a whole run hide when it stuttered and whether memory grows; those of its last minutes do not. Only
the last are kept, so that a year takes no more memory than an evening.
"""

from collections import Counter, deque
from collections.abc import Mapping
from typing import Any, Final

from installation.histogram import Histogram

MINUTE_S: Final = 60.0
_KEPT: Final = 180


class Minutes:
    """Collects the running minute and keeps those that are over, the oldest first."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._over: deque[dict[str, Any]] = deque(maxlen=kept)
        self._began_at: float | None = None
        self._number = 0
        self._interval_ms = Histogram()
        self._missed: Counter[str] = Counter()
        self._scales: Counter[float] = Counter()
        self._painted_before = 0

    def presented(self, now: float, interval_ms: float, missed: str | None, scale: float = 1.0) -> None:
        """Count a picture that was shown at `now`, `interval_ms` after the one before; `missed` is why it was late,
        `scale` the passes' height as a part of the window's.
        """
        self._began_at = now if self._began_at is None else self._began_at
        self._interval_ms.add(interval_ms)
        self._scales[round(scale, 3)] += 1
        if missed is not None:
            self._missed[missed] += 1

    def is_over(self, now: float) -> bool:
        """Return whether the running minute is over, so that it is to be ended."""
        return self._began_at is not None and now - self._began_at >= MINUTE_S

    def end_minute(self, now: float, painted: int, rss_mib: Mapping[str, float]) -> None:
        """End the running minute at `now`, long or short: `painted` pictures were generated until now in the whole run,
        and the processes have `rss_mib` of memory.

        Nothing happens where nothing was shown.
        """
        if self._began_at is None or not self._interval_ms.count:
            return
        lasted_s = max(now - self._began_at, 1e-3)
        self._over.append(
            {
                "minute": self._number,
                "fps": round(self._interval_ms.count / lasted_s, 2),
                "interval_ms": {**self._interval_ms.summary(50, 95, 99), "max": round(self._interval_ms.max_ms, 2)},
                "missed": dict(self._missed.most_common()),
                "scale": round(sum(scale * n for scale, n in self._scales.items()) / self._scales.total(), 3),
                "generated_fps": round(max(painted - self._painted_before, 0) / lasted_s, 2),
                "rss_mib": {process: round(mib, 1) for process, mib in rss_mib.items()},
            }
        )
        self._began_at, self._painted_before = now, painted
        self._number += 1
        self._interval_ms, self._missed, self._scales = Histogram(), Counter(), Counter()

    def summary(self) -> list[dict[str, Any]]:
        """Return the minutes that are over, as the report lists them."""
        return list(self._over)
