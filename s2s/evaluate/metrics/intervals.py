"""Numbers with their 95 % intervals, where clips of one recording are no independent witnesses. Pure.

Recordings are drawn anew, each with all of its clips (cluster bootstrap, Efron and Tibshirani 1993), or left out in
groups where drawing anew would change what is measured: repeats make a covariance smaller, and a Fréchet distance
larger. Shares have Wilson's interval, which also bounds those of 0 and 1.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from s2s.evaluate.hearing.intervals import share_by_recording
from s2s.evaluate.report.model import Value

DRAWS: Final = 1000
_FEW_DRAWS: Final = 200  # of what takes long to compute
_AT_ONCE: Final = 50  # draws: 30 000 recordings of them are 12 MB
_BOUNDS: Final = (2.5, 97.5)
_SEED: Final = 15
GROUPS: Final = 10

Rows = NDArray[np.int64]


def share(right: NDArray[np.bool_], recordings: Sequence[str], clips: int) -> Value:
    """Return the share of `right` [n]; no bounds where all is of one recording."""
    found = share_by_recording(right, recordings)
    low, high = (found.low, found.high) if found.recordings > 1 else (None, None)
    return Value(found.value, low, high, clips)


def mean(values: NDArray[np.float64], recordings: Sequence[str], clips: int) -> Value:
    """Return the mean of `values` [n] with the interval of draws of their recordings."""
    sums, counts = _by_recording(values, recordings)
    if len(sums) < 2:
        return Value(float(values.mean()), count=clips)
    rng, drawn = np.random.default_rng(_SEED), []
    for _ in range(0, DRAWS, _AT_ONCE):
        weights = rng.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=_AT_ONCE)
        drawn.append(weights @ sums / (weights @ counts))
    low, high = np.percentile(np.concatenate(drawn), _BOUNDS)
    return Value(float(values.mean()), float(low), float(high), clips)


def drawn_anew(statistic: Callable[[Rows], float], recordings: Sequence[str], clips: int) -> Value:
    """Return `statistic` of all rows, with the interval of what it is of rows of recordings drawn anew."""
    members = _members(recordings)
    whole = statistic(np.arange(len(recordings)))
    if len(members) < 2:
        return Value(whole, count=clips)
    rng = np.random.default_rng(_SEED)
    draws = [
        statistic(np.concatenate([members[one] for one in rng.integers(len(members), size=len(members))]))
        for _ in range(_FEW_DRAWS)
    ]
    low, high = np.percentile(draws, _BOUNDS)
    return Value(whole, float(low), float(high), clips)


def left_out(statistic: Callable[[Rows], float], recordings: Sequence[str], clips: int) -> Value:
    """Return `statistic` of all rows with the interval of a jackknife: recordings are left out in ten groups.

    Quenouille's and Tukey's, with Student's t for the number of groups. No bounds for fewer than three recordings.
    """
    whole = statistic(np.arange(len(recordings)))
    members = _members(recordings)
    groups = min(GROUPS, len(members))
    if groups < 3:
        return Value(whole, count=clips)
    order = np.random.default_rng(_SEED).permutation(len(members))
    groups_of = np.empty(len(members), dtype=np.int64)
    groups_of[order] = np.arange(len(members)) % groups
    kept = [[members[one] for one in np.flatnonzero(groups_of != group)] for group in range(groups)]
    each = np.array([statistic(np.sort(np.concatenate(few))) for few in kept])
    deviation = float(np.sqrt((groups - 1) / groups * np.square(each - each.mean()).sum()))
    reach = float(stats.t.ppf(_BOUNDS[1] / 100, groups - 1)) * deviation
    return Value(whole, whole - reach, whole + reach, clips)


def _by_recording(values: NDArray[np.float64], recordings: Sequence[str]) -> tuple[NDArray[np.float64], ...]:
    code = np.unique(np.asarray(recordings), return_inverse=True)[1]
    return np.bincount(code, values).astype(np.float64), np.bincount(code).astype(np.float64)


def _members(recordings: Sequence[str]) -> list[Rows]:
    names, code = np.unique(np.asarray(recordings), return_inverse=True)
    order = np.argsort(code, kind="stable").astype(np.int64)
    return np.split(order, np.cumsum(np.bincount(code, minlength=len(names)))[:-1])
