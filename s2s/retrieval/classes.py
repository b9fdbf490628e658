"""Files by class: the folder that a file lies in is its class. Nearest classes of a sound, and recall at k."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path

import torch
from torch import Tensor

from s2s.metrics.scores import class_centroids
from s2s.retrieval.index import Index


def class_of(file: Path) -> str:
    """Return the name of the folder that `file` lies in."""
    return file.absolute().parent.name


def nearest_classes(h: Tensor, index: Index, count: int) -> list[tuple[str, float]]:
    """Return the `count` classes of `index` whose mean direction lies nearest to unit `h` [h_dim], best first.

    Each comes with its cosine.
    """
    names = sorted({class_of(path) for path in index.paths})
    labels = torch.tensor([names.index(class_of(path)) for path in index.paths])
    cosines = class_centroids(torch.from_numpy(index.embeddings), labels) @ h.float().cpu()
    best, numbers = cosines.topk(min(count, len(names)))
    return [(names[int(number)], float(cosine)) for number, cosine in zip(numbers, best, strict=True)]


@dataclass(frozen=True, slots=True)
class Recall:
    """How often one of a query's class was among the first `k` found, of so many `queries`; `chance` is a guess's."""

    k: int
    share: float
    chance: float
    queries: int


def recall_by_class(
    queries: Sequence[Path], found: Sequence[Sequence[Path]], searched: Sequence[Path], k: int
) -> Recall | None:
    """Return recall at `k` over those of `queries` whose class is one of those `searched`.

    `found` are the best files of each query, `k` at least. A query that is among `searched` itself is no find, and
    chance does not count it. None where fewer than two classes are searched, or no query is of one.
    """
    sizes = Counter(class_of(path) for path in searched)
    known = [(query, files) for query, files in zip(queries, found, strict=True) if class_of(query) in sizes]
    if len(sizes) < 2 or not known:
        return None
    itself = {path.resolve() for path in searched}
    hits = [class_of(query) in map(class_of, files[:k]) for query, files in known]
    own = [int(query.resolve() in itself) for query, _ in known]
    chances = [
        _chance(sizes[class_of(query)] - one, len(searched) - one, k)
        for (query, _), one in zip(known, own, strict=True)
    ]
    return Recall(k, sum(hits) / len(known), sum(chances) / len(known), len(known))


def _chance(right: int, of: int, k: int) -> float:
    """Return how likely one of `right` is among `k` drawn from `of`."""
    return 1.0 - comb(of - right, k) / comb(of, k) if k <= of else float(right > 0)
