"""Classes by folder: recall at k, and what a guess would reach."""

from pathlib import Path

import numpy as np
import pytest
import torch

from s2s.retrieval.classes import nearest_classes, recall_by_class
from s2s.retrieval.index import Index

SEARCHED = [Path(f"pictures/{name}/{number}.png") for name in ("rain", "sea") for number in range(2)]
RAIN, SEA = SEARCHED[:2], SEARCHED[2:]


def test_a_query_is_right_where_its_class_is_among_the_first_k() -> None:
    queries, found = [Path("sounds/rain/a.wav"), Path("sounds/sea/b.wav")], [[SEA[0], RAIN[0]], [SEA[1], SEA[0]]]
    first, second = (recall_by_class(queries, found, SEARCHED, k) for k in (1, 2))
    assert first is not None and second is not None
    assert (first.share, first.queries) == (0.5, 2) and first.chance == pytest.approx(0.5)
    assert second.share == 1.0 and second.chance == pytest.approx(1 - 1 / 6)  # both of the wrong class: 1 of 6 pairs


def test_queries_of_no_known_class_are_not_counted() -> None:
    queries, found = [Path("sounds/rain/a.wav"), Path("sounds/bell/b.wav")], [[RAIN[0]], [RAIN[0]]]
    recall = recall_by_class(queries, found, SEARCHED, 1)
    assert recall is not None and (recall.share, recall.queries) == (1.0, 1)
    assert recall_by_class(queries[1:], found[1:], SEARCHED, 1) is None


def test_one_class_alone_tells_nothing() -> None:
    assert recall_by_class([Path("sounds/rain/a.wav")], [[RAIN[0]]], RAIN, 1) is None


def test_chance_leaves_out_a_query_that_is_searched_itself() -> None:
    recall = recall_by_class([RAIN[0]], [[RAIN[1]]], SEARCHED, 1)
    assert recall is not None and recall.chance == pytest.approx(1 / 3)


def test_the_nearest_class_is_the_one_whose_mean_direction_is() -> None:
    embeddings = torch.nn.functional.normalize(torch.tensor([[1.0, 0.1], [1.0, -0.1], [0.1, 1.0], [-0.1, 1.0]]), dim=1)
    index = Index(tuple(SEARCHED), embeddings.numpy().astype(np.float32))
    (name, cosine), (other, _) = nearest_classes(torch.tensor([0.6, 0.8]), index, 5)
    assert (name, other) == ("sea", "rain") and cosine == pytest.approx(0.8, abs=1e-6)
