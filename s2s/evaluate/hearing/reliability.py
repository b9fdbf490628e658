"""How far a certainty can be believed: how often it is right, by how certain it is (Guo et al. 2017). Pure."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BINS: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """For each of ten bins of certainty: its mean, how often it was right, and how many sounds; NaN where none."""

    certainty: NDArray[np.float64]
    right: NDArray[np.float64]
    counts: NDArray[np.int64]

    @property
    def expected_error(self) -> float:
        """The expected calibration error: |certainty - right|, averaged over sounds."""
        there = self.counts > 0
        apart = np.abs(self.certainty[there] - self.right[there])
        return float((apart * self.counts[there]).sum() / self.counts.sum())

    def as_dict(self) -> dict[str, Any]:
        """Return plain data; None for a bin that is empty."""
        columns = {"certainty": self.certainty, "right": self.right}
        told = {name: [None if np.isnan(one) else round(float(one), 4) for one in row] for name, row in columns.items()}
        return {"expected calibration error": round(self.expected_error, 4), **told, "sounds": self.counts.tolist()}


def reliability(certainty: NDArray[np.float64], right: NDArray[np.bool_]) -> Reliability:
    """Return how often `right` [n] was so at each `certainty` [n] in 0..1. Raises ValueError without sounds."""
    if not len(certainty):
        raise ValueError("reliability needs at least one sound")
    bins = np.minimum((certainty * BINS).astype(int), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    sums = (np.bincount(bins, row, minlength=BINS) for row in (certainty, right.astype(float)))
    with np.errstate(invalid="ignore"):
        means = [row / counts for row in sums]
    return Reliability(means[0], means[1], counts)
