"""Time and tempo out of pulses that come late by more or less: a delay-locked loop. Pure; time is an argument.

After Adriaensen, "Using a DLL to filter time" (Linux Audio Conference 2005): the loop predicts each pulse, and takes
a part of the error into the prediction and a smaller one into the period.
"""

import math
from typing import Final

_FIRST_BANDWIDTH: Final = 0.5
_LAST_BANDWIDTH: Final = 0.05
"""Radians a pulse: the first pulses are believed, later ones averaged over twenty or so."""
_GAP_PULSES: Final = 6.0
_GAP_S: Final = 0.2
"""So long without a pulse, pulses were lost and are counted by the period; a shorter wait is a late pulse."""
_LEAP_PULSES: Final = 2.0
_LEAP_S: Final = 0.03
"""A pulse that is so far from where it was expected tells of another tempo: what follows is believed again at once."""


class PulseFilter:
    """Follows pulses. `pulses` counts them from 0, those included that were lost in a gap; -1 before the first."""

    def __init__(self) -> None:
        self.pulses = -1
        self.period_s: float | None = None
        self._at = self._expected_at = 0.0
        self._followed = 0

    def pulse(self, at: float) -> None:
        """Take in a pulse that came at `at`."""
        self.pulses += 1
        if self.pulses == 0 or at <= self._at:
            self._at = max(at, self._at)
        elif self.period_s is None:
            self._begin(at)
        else:
            self._follow(at, self.period_s)

    def position(self, now: float) -> float:
        """Return how many pulses there are at `now`, parts of one included, as the period says."""
        assert self.period_s is not None, "asked for a position before the second pulse"
        return self.pulses + (now - self._at) / self.period_s

    def _begin(self, at: float) -> None:
        self.period_s = at - self._at
        self._at, self._expected_at = at, at + self.period_s

    def _follow(self, at: float, period_s: float) -> None:
        late_s = at - self._expected_at
        if late_s > max(_GAP_PULSES * period_s, _GAP_S):
            lost = round(late_s / period_s)
            self.pulses += lost
            self._expected_at += lost * period_s
            late_s = at - self._expected_at
        if abs(late_s) > max(_LEAP_PULSES * period_s, _LEAP_S):
            self._followed, self._expected_at, late_s = 0, at, 0.0
        self._followed += 1
        bandwidth = max(_FIRST_BANDWIDTH / math.sqrt(self._followed), _LAST_BANDWIDTH)
        self._at = self._expected_at
        self._expected_at += period_s + math.sqrt(2.0) * bandwidth * late_s
        self.period_s = max(period_s + bandwidth * bandwidth * late_s, 1e-4)
