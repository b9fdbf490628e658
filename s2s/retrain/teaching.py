"""One layer taught from beginning to end: the closed form, then contrast for as long as recordings left out like it."""

import logging
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from s2s.retrain.closed_form import best_strength, closed_form
from s2s.retrain.contrast import MOST_STEPS, best_steps, courses, left_out_matrices, tune
from s2s.retrain.layer import Lessons

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class TaughtLayer:
    """A layer's `matrix` [d + 1, e], taught with everything; `left_out` holds, fold by fold, the rows that were left
    out and the matrix taught without them, by the same `strength` of the ridge and `steps` of contrast.
    """

    matrix: Tensor
    strength: float
    steps: int
    left_out: list[tuple[NDArray[np.int64], Tensor]]


def taught_layer(lessons: Lessons, old: Tensor, most_steps: int, seed: int) -> TaughtLayer:
    """Teach the layer `old` [d + 1, e], contrast for `most_steps` at most. The same arguments give the same layer."""
    strength = best_strength(lessons, old)
    taken = courses(lessons, old, strength, min(most_steps, MOST_STEPS), seed=seed)
    steps = best_steps(taken)
    matrix = tune(lessons, old, closed_form(lessons, old, strength), steps, seed=seed)
    _log.info("a ridge of %g, then %d steps of contrast", strength, steps)
    return TaughtLayer(matrix, strength, steps, left_out_matrices(taken, steps))
