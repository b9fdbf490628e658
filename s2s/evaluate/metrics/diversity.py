"""How much noise changes: two pictures of one sound, against two real pictures of one class."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from s2s.evaluate.metrics import intervals
from s2s.evaluate.metrics.evidence import CannotMeasureError, Evidence, Measured
from s2s.evaluate.metrics.judges import SEEN
from s2s.evaluate.metrics.picture_sets import REAL


@dataclass(frozen=True, slots=True)
class DiversityOptions:
    """Nothing to choose."""


def noise_diversity(evidence: Evidence, of: str, _: DiversityOptions) -> Measured:
    """Return how far two draws of z for a clip lie apart, against two real pictures of a class; 0: z does nothing."""
    features = evidence.features
    painted, real = evidence.of(of, features), evidence.of(REAL, features)
    if painted.each < 2:
        raise CannotMeasureError("it takes two pictures of each sound (--each 2)")
    clips = np.intersect1d(painted.clips, real.clips)
    labels = [evidence.clips.labels[clip] for clip in clips]
    others = next_of_class(labels)
    if not (others >= 0).any():
        raise CannotMeasureError("no class has two clips")
    first = clips * painted.each
    between_draws = _distance(painted.arrays[features][first], painted.arrays[features][first + 1])
    between_takes = _distance(real.arrays[features][clips], real.arrays[features][clips[others]])
    known = others >= 0

    def ratio(rows: intervals.Rows) -> float:
        takes = between_takes[rows][known[rows]]
        # A draw of recordings without any class of two has nothing to compare with; it counts as the whole does.
        scale = takes.mean() if len(takes) and takes.mean() > 0 else between_takes[known].mean()
        return float(between_draws[rows].mean() / scale)

    if not between_takes[known].mean() > 0:
        raise CannotMeasureError("real pictures of one class are all alike")
    note = "in features of the model's own f_V, for want of a classifier" if features == SEEN else ""
    return Measured(intervals.drawn_anew(ratio, evidence.recordings(clips), len(clips)), note)


def next_of_class(labels: list[str | None]) -> NDArray[np.int64]:
    """Return, for each clip, the next one of its class, around to the first; -1 where there is no other."""
    others = np.full(len(labels), -1, dtype=np.int64)
    for label in {label for label in labels if label is not None}:
        members = np.array([row for row, own in enumerate(labels) if own == label])
        if len(members) > 1:
            others[members] = np.roll(members, -1)
    return others


def _distance(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    distances: NDArray[np.float64] = np.linalg.norm(one.astype(np.float64) - other, axis=1)
    return distances
