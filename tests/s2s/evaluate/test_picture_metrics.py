"""The numbers on a model's card, by hand on cases whose answer is known."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from s2s.evaluate import picture_metrics as measure
from s2s.metrics import scores


def test_recall_counts_the_right_class_among_the_best() -> None:
    logits = torch.tensor([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [1.0, 2.0, 3.0]])
    wanted = torch.tensor([0, 1, 2, 2])
    assert scores.recall_at(logits, wanted, 1) == pytest.approx(0.5)
    assert scores.recall_at(logits, wanted, 2) == pytest.approx(0.75)
    assert scores.recall_at(logits, wanted, 5) == 1.0  # more than there are classes


def test_centroids_name_the_class_they_lie_nearest_to() -> None:
    features = torch.nn.functional.normalize(torch.tensor([[1.0, 0.1], [1.0, -0.1], [0.1, 1.0], [-0.1, 1.0]]), dim=1)
    centroids = scores.class_centroids(features, torch.tensor([0, 0, 1, 1]))
    assert scores.nearest_class(features, centroids).tolist() == [0, 0, 1, 1]


def test_a_confusion_names_classes_both_ways() -> None:
    table = scores.confusion(torch.tensor([0, 1, 1]), torch.tensor([0, 0, 1]), ("rain", "sea"))
    assert table == {"rain": {"rain": 1, "sea": 1}, "sea": {"sea": 1}}


class Painter(nn.Module):
    """Paints one grey, its level told by h, its z by how far."""

    width, height, z_dim, h_dim = 8, 8, 2, 2

    def __init__(self, reach: float) -> None:
        super().__init__()
        self.reach = reach

    def forward(self, z: Tensor, h: Tensor) -> Tensor:
        level = (h[:, 0] - 0.5 + self.reach * z[:, 0]).clamp(-1, 1)
        return level[:, None, None, None].expand(-1, 3, 8, 8)


class Grey:
    """A judge whose feature is the mean grey."""

    classes = ("dark", "bright")

    def features(self, pictures: Tensor) -> Tensor:
        return pictures.mean((1, 2, 3))[:, None]


def test_noise_that_does_nothing_has_no_diversity_and_noise_that_does_has_some() -> None:
    h = torch.rand(6, 2)
    real = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 3)).astype(np.uint8)
    labels = torch.tensor([0, 0, 0, 1, 1, 1])
    found = [measure.noise_diversity(Painter(reach), Grey(), h, real, labels) for reach in (0.0, 0.2, 0.4)]  # type: ignore[arg-type]
    assert found[0] == 0.0
    assert 0.0 < found[1] < found[2]


def test_painting_is_the_same_for_the_same_seed() -> None:
    h = torch.rand(40, 2)
    assert np.array_equal(measure.paint(Painter(0.3), h, 1), measure.paint(Painter(0.3), h, 1))
    assert not np.array_equal(measure.paint(Painter(0.3), h, 1), measure.paint(Painter(0.3), h, 2))


def test_fine_detail_is_sharper_than_a_slope() -> None:
    slope = np.broadcast_to(np.arange(16, dtype=np.uint8)[None, :, None], (16, 16, 3))[None]
    checks = (np.indices((16, 16)).sum(0) % 2 * 255).astype(np.uint8)[None, :, :, None].repeat(3, axis=3)
    assert measure.sharpness(slope) == 0.0
    assert measure.sharpness(checks) > 100


def test_rank_correlation_looks_at_order_alone_and_says_nothing_of_what_does_not_vary() -> None:
    rising = np.array([1.0, 2.0, 3.0, 4.0])
    assert scores.rank_correlation(rising, rising**3) == pytest.approx(1.0)
    assert scores.rank_correlation(rising, -rising) == pytest.approx(-1.0)
    assert scores.rank_correlation(rising, np.zeros(4)) == 0.0
