"""Shares of right answers with 95 % intervals, where sounds of one recording are no independent witnesses. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

_UPPER: Final = 0.975


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `of` sounds, which come from so many `recordings`; `low` and `high` bound the share, 95 %."""

    right: int
    of: int
    recordings: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share, 0..1."""
        return self.right / self.of

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        numbers = {"share": self.value, "low": self.low, "high": self.high}
        counts = {"right": self.right, "of": self.of, "recordings": self.recordings}
        return {**{name: round(value, 4) for name, value in numbers.items()}, **counts}


def share_by_recording(right: NDArray[np.bool_], *recordings: Sequence[str]) -> Share:
    """Return the share of `right` [n] with Wilson's interval at the number of sounds that the recordings are worth.

    That number is p(1 - p) / V with the cluster-robust variance V of the share, at most n, made smaller by Student's t
    for few recordings (Korn and Graubard 1998, with Wilson's interval for theirs). Where all answers are alike, it is
    the number of recordings. Sounds of two recordings each (mixes) bring two sequences: V is then that of two-way
    clusters (Cameron, Gelbach and Miller 2011). One recording alone bounds nothing: 0..1.

    Raises ValueError without sounds.
    """
    if not len(right):
        raise ValueError("a share needs at least one sound")
    codes = [np.unique(np.asarray(names), return_inverse=True)[1] for names in recordings]
    counts = [int(code.max()) + 1 for code in codes]
    fewest = min(counts)
    whole = int(np.unique(np.concatenate([np.asarray(names) for names in recordings])).size)
    hits = int(right.sum())
    if fewest < 2:
        return Share(hits, len(right), whole, 0.0, 1.0)
    worth = _worth(right.astype(float), codes, fewest)
    low, high = wilson(hits / len(right), max(worth, 1e-9))
    return Share(hits, len(right), whole, low, high)


def wilson(share: float, count: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval (1927) of `share` among `count` independent answers, which may be a fraction."""
    z = float(stats.norm.ppf(_UPPER))
    middle = share + z * z / (2 * count)
    reach = z * float(np.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2))
    scale = 1 + z * z / count
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def _worth(right: NDArray[np.float64], codes: Sequence[NDArray[np.intp]], fewest: int) -> float:
    share = right.mean()
    variance = _two_way(right - share, codes)
    worth = min(share * (1 - share) / variance, len(right)) if variance > 0 else fewest
    few = float(stats.norm.ppf(_UPPER) / stats.t.ppf(_UPPER, fewest - 1))
    return float(worth * few**2)


def _two_way(residuals: NDArray[np.float64], codes: Sequence[NDArray[np.intp]]) -> float:
    """Return the variance of a mean with `residuals` [n] whose clusters have `codes`; of two ways at least each's."""
    each = [_one_way(residuals, code) for code in codes]
    if len(each) == 1:
        return each[0]
    together = np.unique(np.stack(codes), axis=1, return_inverse=True)[1]
    return max(sum(each) - _one_way(residuals, together.ravel()), *each)


def _one_way(residuals: NDArray[np.float64], code: NDArray[np.intp]) -> float:
    sums = np.bincount(code, residuals)
    clusters = np.unique(code).size
    return float((sums**2).sum() / len(residuals) ** 2 * clusters / max(1, clusters - 1))


def recording_weights(recordings: Sequence[str], draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return how often each sound [draws, n] is in samples of its recordings, drawn anew with all of their sounds."""
    names, code = np.unique(np.asarray(recordings), return_inverse=True)
    counts = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    weights: NDArray[np.float64] = counts[:, code].astype(float)
    return weights
