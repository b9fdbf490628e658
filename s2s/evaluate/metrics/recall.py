"""R@k: how often a picture's class is among the k likeliest that a judge names (Sound2Scene, section 4.1)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from s2s.evaluate.metrics import intervals
from s2s.evaluate.metrics.evidence import UNKNOWN, CannotMeasureError, Evidence, Measured
from s2s.evaluate.metrics.judges import CLASS_LOGITS, THING_LOGITS
from s2s.evaluate.report.model import Value
from s2s.models.thing_judge import NONE


@dataclass(frozen=True, slots=True)
class RecallOptions:
    """Among how many; `by` is the array of logits, `prompt` what CLIP was given for each class."""

    at: int = 1
    by: str = CLASS_LOGITS
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class NoneOptions:
    """Nothing to choose."""


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Whether each picture's class was among the k likeliest, and the clip of each, [m]."""

    right: NDArray[np.bool_]
    clips: NDArray[np.int64]
    targets: NDArray[np.int64]


def hits_of(evidence: Evidence, of: str, by: str, at: int, among: NDArray[np.int64] | None = None) -> Hits:
    """Return the hits among pictures whose class the judge knows; `among` some of its classes alone, by number.

    Raises CannotMeasureError.
    """
    readings = evidence.of(of, by)
    targets = evidence.targets(readings, by)
    logits = readings.of(by)
    known = targets != UNKNOWN if among is None else np.isin(targets, among)
    if among is not None:
        others = np.setdiff1d(np.arange(logits.shape[1]), among)
        logits[:, others] = -np.inf
    best = np.argsort(-logits[known], axis=1, kind="stable")[:, :at]
    right = (best == targets[known, None]).any(axis=1)
    return Hits(right, readings.clips[known], targets[known])


def recall(evidence: Evidence, of: str, options: RecallOptions) -> Measured:
    """Return R@k with the interval by recording."""
    hits = hits_of(evidence, of, options.by, options.at)
    if len(np.unique(hits.targets)) < 2:
        raise CannotMeasureError("the judge knows one class alone of those that there are: nothing can be told apart")
    names = evidence.names[options.by]
    chance = min(1.0, options.at / len(names))
    notes = [f"{len(names)} candidates, chance {chance:.3f}"]
    if left_out := len(evidence.of(of).clips) - len(hits.clips):
        notes.append(f"{left_out} pictures are of classes that the judge does not know")
    return Measured(_share(evidence, hits), "; ".join(notes))


def nothing_found(evidence: Evidence, of: str, _: NoneOptions) -> Measured:
    """Return the share of pictures in which the judge of things finds none."""
    readings = evidence.of(of, THING_LOGITS)
    right = readings.of(THING_LOGITS).argmax(axis=1) == list(evidence.names[THING_LOGITS]).index(NONE)
    return Measured(_share(evidence, Hits(right, readings.clips, np.zeros(len(right), np.int64))))


def _share(evidence: Evidence, hits: Hits) -> Value:
    return intervals.share(hits.right, evidence.recordings(hits.clips), len(np.unique(hits.clips)))
