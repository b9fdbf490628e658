"""How large the thing in a picture is, and where, against the world's truth: as a judge of things finds it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from s2s.evaluate.metrics import intervals
from s2s.evaluate.metrics.clips import PairClips
from s2s.evaluate.metrics.evidence import CannotMeasureError, Evidence, Measured
from s2s.evaluate.metrics.judges import THING_LOGITS, THING_MASKS, THING_SIZES
from s2s.evaluate.metrics.readings import Readings
from s2s.metrics.scores import mean_rank_correlation
from s2s.training.stages.thing_judge import intersection_over_union
from s2s.world.takes import MASK_SCALE, WorldTakes

_AT_ONCE: Final = 256
_FULL: Final = 255.0
_FEWEST: Final = 3  # of a class: fewer are left out of the correlation


@dataclass(frozen=True, slots=True)
class TruthOptions:
    """Nothing to choose."""


def size_against_truth(evidence: Evidence, of: str, _: TruthOptions) -> Measured:
    """Return Spearman's ρ of the told and the true size, class by class, averaged.

    The judge is told of which class the thing is.
    """
    readings, truth = _with_truth(evidence, of, THING_SIZES)
    numbers = evidence.targets(readings, THING_LOGITS)
    told = np.exp(readings.of(THING_SIZES)[np.arange(len(numbers)), numbers])
    clips = np.unique(readings.clips)
    each = np.array([told[readings.clips == clip].mean() for clip in clips])
    true = truth[clips].reshape(len(clips), -1).mean(axis=1) / _FULL
    names = np.array([str(evidence.clips.labels[clip]) for clip in clips])
    classes = np.unique(names, return_inverse=True)[1]
    if np.bincount(classes).max() < _FEWEST:
        raise CannotMeasureError("no class has three clips, whose sizes would have an order")

    def correlation(rows: intervals.Rows) -> float:
        return mean_rank_correlation(each[rows], true[rows], classes[rows])

    return Measured(intervals.drawn_anew(correlation, evidence.recordings(clips), len(clips)))


def overlap(evidence: Evidence, of: str, _: TruthOptions) -> Measured:
    """Return the mean intersection over union of the found and the true place, on the judge's own grid."""
    readings, truth = _with_truth(evidence, of, THING_MASKS)
    rows, parts = readings.rows, []
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        found = torch.from_numpy(np.asarray(readings.arrays[THING_MASKS][some]))[:, None].float() / _FULL
        true = torch.from_numpy(truth[some // readings.each])[:, None].float() / _FULL
        parts.append(intersection_over_union(found, F.interpolate(true, found.shape[2:], mode="area")).numpy())
    values = np.concatenate(parts).astype(np.float64)
    count = len(np.unique(readings.clips))
    return Measured(intervals.mean(values, evidence.recordings(readings.clips), count))


def _with_truth(evidence: Evidence, of: str, array: str) -> tuple[Readings, NDArray[np.uint8]]:
    clips = evidence.clips
    if not isinstance(clips, PairClips) or not isinstance(clips.source, WorldTakes):
        raise CannotMeasureError("only the synthetic world knows how large its things are, and where")
    readings = evidence.of(of, array)
    return readings, true_masks(clips, *evidence.shapes[of])


def true_masks(clips: PairClips, height: int, width: int) -> NDArray[np.uint8]:
    """Return how much of each place the things of takes cover, 0..255 [n, height / 4, width / 4]. Needs OpenGL."""
    from s2s.world.painter import Painter

    with Painter(height // MASK_SCALE, width_px=width // MASK_SCALE) as painter:
        return painter.masks(clips.states())
