"""Between the old layer and the one that an evening has taught: the mixture that recordings left out like best.

On the straight line between weights before and after, what was learnt and what was known often add up (Wortsman et
al. 2022, "Robust fine-tuning of zero-shot models"). How far to go is decided by what an installation is judged by,
whether a sound finds a picture of its own kind, and by how much of the old world is still where it was.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.metrics.scores import class_centroids, nearest_class
from s2s.retrain.layer import Lessons, answers

SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the way from the old weights to the new ones."""
MOST_FORGOTTEN: Final = 0.03
"""Of the world's scenes, beyond what is lost anyhow."""

Taught = Sequence[tuple[NDArray[np.int64], Tensor]]
"""Fold by fold, rows that were left out and the matrix that was taught without them."""


def best_share(
    lessons: Lessons, labels: NDArray[np.int64], old: Tensor, taught: Taught, kept: Callable[[float], float]
) -> tuple[float, Mapping[float, float]]:
    """Return the share of the new weights to take, and how each of `SHARES` does on recordings left out.

    `labels` int64 [n] are classes, -1 where none is known; `kept` says how many of the world's scenes a share keeps.
    Of shares that do equally well the least is taken.
    """
    scores = {share: score_left_out(lessons, labels, old, taught, share) for share in SHARES}
    return max(allowed(SHARES, kept), key=scores.__getitem__), scores


def allowed(shares: Sequence[float], kept: Callable[[float], float]) -> list[float]:
    """Return those of `shares`, from 0 upwards, that keep nearly all of the world's scenes that 0 keeps."""
    least = kept(0.0) - MOST_FORGOTTEN
    return [share for share in shares if share == 0.0 or kept(share) >= least]


def mixed(before: Tensor, after: Tensor, share: float) -> Tensor:
    """Return the weights `share` of the way from `before` to `after`."""
    return torch.lerp(before, after, share)


def score_left_out(lessons: Lessons, labels: NDArray[np.int64], old: Tensor, taught: Taught, share: float) -> float:
    """Return `score_answers` of the layers `share` of the way from `old` to those that were `taught`."""
    embedded = ((rows, answers(lessons.inputs[rows], mixed(old, matrix, share))) for rows, matrix in taught)
    return score_answers(lessons, labels, embedded)


def score_answers(
    lessons: Lessons, labels: NDArray[np.int64], embedded: Iterable[tuple[NDArray[np.int64], Tensor]]
) -> float:
    """Return how well sounds of recordings left out find pictures of their kind, 0..1, a recording counting once.

    `embedded` are rows and unit embeddings [k, e] of them, all rows together. Where classes are known it is how often
    the nearest picture of other recordings, and the nearest class, are a sound's own; where they are not, how near to
    the front its own picture comes among all.
    """
    scores = np.zeros(len(labels))
    for rows, embeddings in embedded:
        is_known = bool((labels[rows] >= 0).all()) and len(np.unique(labels)) > 1
        scores[rows] = _of_kind(lessons, labels, rows, embeddings) if is_known else _in_front(lessons, rows, embeddings)
    _, recording = np.unique(lessons.recordings, return_inverse=True)
    return float((np.bincount(recording, scores) / np.bincount(recording)).mean())


def _of_kind(
    lessons: Lessons, labels: NDArray[np.int64], rows: NDArray[np.int64], embeddings: Tensor
) -> NDArray[np.float64]:
    others = np.setdiff1d(np.arange(len(labels)), rows)
    count = lessons.images.shape[1]
    pictures, kinds = lessons.images[others].double().flatten(0, 1), torch.from_numpy(labels[others])
    own = torch.from_numpy(labels[rows])
    nearest = kinds.repeat_interleave(count)[(embeddings @ pictures.T).argmax(dim=1)] == own
    centroids = class_centroids(pictures, kinds.repeat_interleave(count), int(labels.max()) + 1)
    return ((nearest.double() + (nearest_class(embeddings, centroids) == own).double()) / 2).numpy()


def _in_front(lessons: Lessons, rows: NDArray[np.int64], embeddings: Tensor) -> NDArray[np.float64]:
    cosines = embeddings @ lessons.images[:, 0].double().T
    own = cosines[torch.arange(len(rows)), torch.from_numpy(rows)][:, None]
    return 1.0 - ((cosines > own).double().sum(dim=1) / max(len(lessons.images) - 1, 1)).numpy()
