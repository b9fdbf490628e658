"""The slope of a figure over time, and how sure it is. Pure.

Theil-Sen (Sen 1968, J. Am. Stat. Assoc. 63): the median of the slopes of all pairs, which a single jump does not move;
pairs only within a stretch, weighted by their distance, so that a process that began anew is not taken for a leak. The
confidence by a moving-block bootstrap of the residuals (Künsch 1989, Ann. Stat. 17): neighbours resemble each other,
and a bootstrap that forgot that would be far too sure.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.soak.series import Floats, Series

_FEWEST_POINTS: Final = 8
_DRAWS: Final = 200
_CONFIDENCE: Final = 0.95
_MOST_PAIRS: Final = 4_000


@dataclass(frozen=True, slots=True)
class Trend:
    """`slope` an hour, with 95 % between `low` and `high`; `hours` of which it is, `mean` of the figure."""

    slope: float
    low: float
    high: float
    hours: float
    mean: float


def trend(series: Series, seed: int = 0) -> Trend | None:
    """Return the trend of a series that is warm already, None where there is too little of it."""
    hours, values, stretches = series.medians()
    if len(hours) < _FEWEST_POINTS:
        return None
    pairs = _pairs(hours, stretches)
    if not len(pairs[0]):
        return None
    span = sum(np.ptp(hours[stretches == one]) for one in np.unique(stretches))
    slope = _slope(hours, values, pairs)
    fitted = _fitted(hours, values, stretches, slope)
    low, high = _confidence(hours, fitted, values - fitted, pairs, np.random.default_rng(seed))
    return Trend(slope, min(low, slope), max(high, slope), float(span), float(np.mean(values)))


def _pairs(hours: Floats, stretches: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the indices of all pairs within a stretch, drawn from them where there are very many."""
    first, second = np.triu_indices(len(hours), 1)
    same = (stretches[first] == stretches[second]) & (hours[first] != hours[second])
    first, second = first[same], second[same]
    if len(first) > _MOST_PAIRS:
        drawn = np.random.default_rng(0).choice(len(first), _MOST_PAIRS, replace=False)
        first, second = first[drawn], second[drawn]
    return first, second


def _slope(hours: Floats, values: Floats, pairs: tuple[NDArray[np.int64], NDArray[np.int64]]) -> float:
    first, second = pairs
    apart = hours[second] - hours[first]
    slopes = (values[second] - values[first]) / apart
    order = np.argsort(slopes, kind="stable")
    weights = np.cumsum(np.abs(apart)[order])
    return float(slopes[order[np.searchsorted(weights, weights[-1] / 2)]])


def _fitted(hours: Floats, values: Floats, stretches: NDArray[np.int64], slope: float) -> Floats:
    """Return lines of one slope, each through the middle of its stretch."""
    fitted = slope * hours
    for one in np.unique(stretches):
        here = stretches == one
        fitted[here] += np.median(values[here] - fitted[here])
    return fitted


def _confidence(
    hours: Floats,
    fitted: Floats,
    residuals: Floats,
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    draw: np.random.Generator,
) -> tuple[float, float]:
    """Return between what slopes 95 % of those lie that the residuals could have made."""
    count = len(residuals)
    block = min(max(round(2.0 * count ** (1 / 3)), 2), count)
    slopes = []
    for _ in range(_DRAWS):
        starts = draw.integers(0, count - block + 1, -(-count // block))
        drawn = (starts[:, None] + np.arange(block)).ravel()[:count]
        slopes.append(_slope(hours, fitted + residuals[drawn], pairs))
    tail = (1.0 - _CONFIDENCE) / 2
    low, high = np.quantile(slopes, [tail, 1.0 - tail])
    return float(low), float(high)
