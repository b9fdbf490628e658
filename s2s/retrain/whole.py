"""How much of the whole sound is in what is painted of a thing that sounds by itself. Pure.

Two answers to one question, which err differently. The heads say what the thing that they name looks like: they forget
little of what they knew, and learn little from few films, since a wrong name is asked for another look. z_A knows no
names, learns the place soonest, and forgets more. Recordings left out decide how much of it is taken; never all.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from s2s.models.source_heads import between
from s2s.retrain.interpolate import Taught, allowed, mixed, score_answers
from s2s.retrain.layer import Lessons, answers

WHOLES: Final = (0.0, 0.25, 0.5, 0.75)
"""Of z_A; the rest is what the heads see."""

LeftOut = Sequence[tuple[NDArray[np.int64], Tensor]]
"""Fold by fold, rows and the unit answers [k, e] to them of a layer that was taught without them."""


def answers_left_out(lessons: Lessons, old: Tensor, taught: Taught, share: float) -> LeftOut:
    """Return the answers to what was left out, by layers `share` of the way from `old` to what was `taught`."""
    return [(rows, answers(lessons.inputs[rows], mixed(old, matrix, share))) for rows, matrix in taught]


def best_whole(
    lessons: Lessons, labels: NDArray[np.int64], seen: LeftOut, heard: LeftOut, kept: Callable[[float], float]
) -> tuple[float, Mapping[float, float]]:
    """Return how much of z_A to take, and how each of `WHOLES` does on recordings left out.

    `seen` are the heads' answers and `heard` those of f_A, of the same folds; `labels` and `kept` are as for
    `best_share`. Of those that do equally well the least is taken.
    """
    assert all((rows == same).all() for (rows, _), (same, _) in zip(seen, heard, strict=True)), "other folds"
    scores = {whole: score_answers(lessons, labels, _between(seen, heard, whole)) for whole in WHOLES}
    return max(allowed(WHOLES, kept), key=scores.__getitem__), scores


def _between(seen: LeftOut, heard: LeftOut, whole: float) -> LeftOut:
    return [(rows, between(one, other, whole)) for (rows, one), (_, other) in zip(seen, heard, strict=True)]
