"""Fréchet Inception Distance (Heusel et al. 2017) and Inception Score (Salimans et al. 2016), by torchmetrics.

Features come from the extractor that read the pictures: the corpus's own, as the paper has its Inception-V3
(appendix A). torchmetrics is given those, block by block, and needs no network of its own.
"""

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from s2s.evaluate.metrics import intervals
from s2s.evaluate.metrics.evidence import CannotMeasureError, Evidence, Measured
from s2s.evaluate.metrics.judges import CLASS_LOGITS, SEEN
from s2s.evaluate.metrics.picture_sets import REAL
from s2s.evaluate.report.model import Value

_BLOCK: Final = 1024
_WIDEST: Final = 512
"""Features beyond which a distance takes too long to be computed eleven times: it has no interval then."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FidOptions:
    """The Fréchet distance has none."""


@dataclass(frozen=True, slots=True)
class InceptionScoreOptions:
    """In how many parts pictures are scored, as published; `seed` shuffles them first."""

    splits: int = 10
    seed: int = 0


class Extracted(nn.Module):
    """Hands features on as they are: stands where torchmetrics has its own Inception."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.num_features = num_features

    def forward(self, features: Tensor) -> Tensor:
        """Return `features` [n, d]."""
        return features


def fid(real: NDArray[np.float32], painted: NDArray[np.float32]) -> float:
    """Return the distance between features [n, d] and [m, d], of two rows at least each."""
    # Imported here, as below: it takes seconds, and brings torchvision's models and matplotlib along.
    from torchmetrics.image.fid import FrechetInceptionDistance

    metric = FrechetInceptionDistance(feature=Extracted(real.shape[1]))
    for features, is_real in ((real, True), (painted, False)):
        for start in range(0, len(features), _BLOCK):
            metric.update(torch.from_numpy(features[start : start + _BLOCK]).double(), real=is_real)
    return max(0.0, float(metric.compute()))


def inception_score(logits: NDArray[np.float32], splits: int, seed: int) -> float:
    """Return the mean score over `splits` parts of logits [n, classes]."""
    from torchmetrics.image.inception import InceptionScore

    with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
        warnings.simplefilter("ignore")  # that it keeps all logits; that one part alone has no deviation
        torch.manual_seed(seed)
        metric = InceptionScore(feature=Extracted(logits.shape[1]), splits=splits)
        metric.update(torch.from_numpy(logits).double())
        return float(metric.compute()[0])


def frechet(evidence: Evidence, of: str, _: FidOptions) -> Measured:
    """Return the distance between a set of pictures and the real ones, clips left out by recording for its bounds."""
    features = evidence.features
    pictures, reals = evidence.of(of, features), evidence.of(REAL, features)
    painted, real = pictures.of(features), reals.of(features)
    fewest, dim = min(len(painted), len(real)), real.shape[1]
    if fewest < 2:
        raise CannotMeasureError(f"a covariance needs two pictures, got {fewest}")
    notes = [_judged_by(features, dim), *_too_few(f"FID, {of}", fewest, dim)]
    clips = np.intersect1d(pictures.clips, reals.clips)
    if dim > _WIDEST:
        notes.append("no interval: too many features to compute it again and again")
        return Measured(Value(fid(real, painted), count=len(clips)), "; ".join(notes))

    def of_some(rows: intervals.Rows) -> float:
        return fid(real[np.isin(reals.clips, clips[rows])], painted[np.isin(pictures.clips, clips[rows])])

    return Measured(intervals.left_out(of_some, evidence.recordings(clips), len(clips)), "; ".join(notes))


def scored(evidence: Evidence, of: str, options: InceptionScoreOptions) -> Measured:
    """Return the Inception Score of a set of pictures by the corpus's classifier."""
    readings = evidence.of(of, CLASS_LOGITS)
    logits = readings.of(CLASS_LOGITS)
    if logits.shape[1] < 2:
        raise CannotMeasureError("a judge of one class tells nothing apart")
    clips = np.unique(readings.clips)

    def of_some(rows: intervals.Rows) -> float:
        kept = logits[np.isin(readings.clips, clips[rows])]
        return inception_score(kept, options.splits, options.seed)

    notes = _too_few_a_part(f"Inception Score, {of}", len(logits) // options.splits, logits.shape[1])
    value = intervals.left_out(of_some, evidence.recordings(clips), len(clips))
    return Measured(value, "; ".join([f"at most {logits.shape[1]}, the number of classes", *notes]))


def _judged_by(features: str, dim: int) -> str:
    if features == SEEN:
        return f"in {dim} features of the model's own f_V, for want of a classifier: it flatters the model"
    return f"in {dim} features of the corpus's own classifier"


def _too_few(what: str, count: int, dim: int) -> Sequence[str]:
    if count > dim:
        return []
    return [_warned(what, f"{count} pictures for {dim} features: covariances are singular, and the distance too large")]


def _too_few_a_part(what: str, count: int, num_classes: int) -> Sequence[str]:
    if count >= num_classes:
        return []
    return [_warned(what, f"{count} pictures in a part for {num_classes} classes: the score is too low")]


def _warned(what: str, why: str) -> str:
    _log.warning("%s: %s", what, why)
    return f"warning: {why}"
