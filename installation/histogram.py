"""Percentiles of a stream of durations in constant memory, for runs that last a year. Pure."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from installation.status import Percentiles

_LOWEST_MS: Final = 0.01
_RATIO: Final = 1.02  # neighbouring bins differ by 2 %, so a percentile is right within 1 %
_BINS: Final = 900  # reaches beyond nine minutes
_MIDDLES_MS: Final = [_LOWEST_MS * math.pow(_RATIO, index + 0.5) for index in range(_BINS)]


class Histogram:
    """Counts durations in ms in logarithmic bins; exact for the largest, within 1 % for percentiles."""

    def __init__(self) -> None:
        self._counts = [0] * _BINS
        self.count = 0
        self.max_ms = self.sum_ms = 0.0

    def add(self, duration_ms: float) -> None:
        """Count one duration; negative ones count as zero."""
        index = 0
        if duration_ms > _LOWEST_MS:
            index = min(int(math.log(duration_ms / _LOWEST_MS) / math.log(_RATIO)), _BINS - 1)
        self._counts[index] += 1
        self.count += 1
        self.sum_ms += max(duration_ms, 0.0)
        self.max_ms = max(self.max_ms, duration_ms)

    def percentile_ms(self, percent: float) -> float | None:
        """Return the duration that `percent` % of all stay at or below, None before the first."""
        if self.count == 0:
            return None
        rank, cumulated = self.count * percent / 100.0, 0
        for index, count in enumerate(self._counts):
            cumulated += count
            if cumulated >= rank and count:
                return min(_LOWEST_MS * math.pow(_RATIO, index + 0.5), self.max_ms)
        return self.max_ms

    def cumulated(self, bounds_ms: Sequence[float]) -> list[int]:
        """Return how many were at or below each of the ascending `bounds_ms`, right within 1 % of them, and last how
        many there were. Any thread.
        """
        sums = list(accumulate(list(self._counts)))
        below = [bisect_right(_MIDDLES_MS, bound_ms) for bound_ms in bounds_ms]
        return [sums[bins - 1] if bins else 0 for bins in below] + [sums[-1]]

    def percentiles(self) -> Percentiles:
        """Return the median and the 95th percentile in ms, rounded to hundredths."""
        return Percentiles(**self.summary(50, 95))

    def summary(self, *percents: int) -> dict[str, float | None]:
        """Return `{"p50": …}` in ms for the report, rounded to hundredths."""
        values = {f"p{percent}": self.percentile_ms(percent) for percent in percents}
        return {name: None if value is None else round(value, 2) for name, value in values.items()}
