"""Scores of predictions and embeddings: accuracy, R@k, confusion, nearest class, rank correlation. Pure."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy.stats import spearmanr
from torch import Tensor


def class_centroids(features: Tensor, labels: Tensor, num_classes: int | None = None) -> Tensor:
    """Return the mean direction [classes, d] of the features [n, d] of every class; zero for one that is not there.

    `labels` int64 [n] number the classes, -1 is none; without `num_classes` there are as many as labels say.
    """
    unit, known = F.normalize(features, dim=1), labels >= 0
    count = int(labels.max()) + 1 if num_classes is None else num_classes
    sums = torch.zeros(count, unit.shape[1], dtype=unit.dtype)
    sums.index_add_(0, labels[known], unit[known])
    return F.normalize(sums, dim=1)


def nearest_class(embeddings: Tensor, centroids: Tensor) -> Tensor:
    """Return the class [n] whose centroid lies nearest to each unit embedding."""
    return (embeddings @ centroids.T).argmax(dim=1)


def accuracy(predictions: Tensor, targets: Tensor) -> float:
    """Return the share that agrees."""
    return (predictions == targets).float().mean().item()


def recall_at(logits: Tensor, targets: Tensor, most: int) -> float:
    """Return R@k: how often `targets` [n] is among the `most` highest of `logits` [n, classes]."""
    best = logits.topk(min(most, logits.shape[1]), dim=1).indices
    return (best == targets[:, None]).any(dim=1).float().mean().item()


def confusion(predictions: Tensor, targets: Tensor, classes: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return, for every class that is a target, how often each class was predicted."""
    table: dict[str, dict[str, int]] = {}
    for prediction, target in zip(predictions.tolist(), targets.tolist(), strict=True):
        row = table.setdefault(classes[target], {})
        row[classes[prediction]] = row.get(classes[prediction], 0) + 1
    return table


def recall_of_own(audio: Tensor, image: Tensor) -> float:
    """Return how often a sound's nearest picture among all held-out pictures is of the same take."""
    return accuracy((audio @ image.T).argmax(dim=1), torch.arange(len(audio)))


def rank_correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return Spearman's ρ of two rows of numbers; 0 where one of them does not vary."""
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(spearmanr(a, b).statistic)


def mean_rank_correlation(a: NDArray[np.float64], b: NDArray[np.float64], classes: NDArray[np.int64]) -> float:
    """Return Spearman's ρ of `a` and `b`, class by class, averaged over the classes with three members or more."""
    each = [
        rank_correlation(a[classes == label], b[classes == label])
        for label in np.unique(classes)
        if (classes == label).sum() > 2
    ]
    return float(np.mean(each)) if each else 0.0
