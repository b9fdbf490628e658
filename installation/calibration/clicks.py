"""The clicks of a calibration: short, bright, and at intervals that no other sound keeps. Pure."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from installation.values import Samples

CLICK_S: Final = 0.012
_LEVEL: Final = 0.8
_FROM_HZ: Final = 700.0
_TO_HZ: Final = 5_000.0
"""Small loudspeakers play nothing lower, and the show hears nothing above 8 kHz."""
_LEAD_IN_S: Final = 1.0
_SHORTEST_S: Final = 0.5
_LONGEST_S: Final = 0.9
"""At most two flashes a second; harmful ones come more than three times a second (WCAG 2.3.1)."""
_SEED: Final = 17


def click(rate_hz: int) -> Samples:
    """Return one click `[n]`: a falling tone in 12 ms, whose likeness to itself is one narrow peak."""
    t_s = np.arange(round(CLICK_S * rate_hz)) / rate_hz
    fall_hz_s = (_TO_HZ - _FROM_HZ) / CLICK_S
    tone = np.sin(2 * np.pi * (_TO_HZ * t_s - 0.5 * fall_hz_s * t_s**2))
    return (_LEVEL * tone * np.exp(-t_s / (0.4 * CLICK_S))).astype(np.float32)


def click_times_s(count: int) -> tuple[float, ...]:
    """Return when the clicks begin, in seconds from the track's beginning; always the same for one `count`."""
    intervals = np.random.default_rng(_SEED).uniform(_SHORTEST_S, _LONGEST_S, count)
    return tuple((_LEAD_IN_S + np.cumsum(intervals) - intervals[0]).round(4).tolist())


def click_track(times_s: Sequence[float], rate_hz: int) -> Samples:
    """Return the whole sound, silence between the clicks and for half a second after the last."""
    one = click(rate_hz)
    track = np.zeros(round((times_s[-1] + CLICK_S + 0.5) * rate_hz), np.float32)
    for at_s in times_s:
        start = round(at_s * rate_hz)
        track[start : start + len(one)] = one
    return track
