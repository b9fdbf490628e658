"""The distance of two sets of features against its closed form."""

import numpy as np
import pytest
import scipy.linalg
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.metrics.frechet import frechet_distance


def gaussian(count: int, d: int, seed: int, rank: int | None = None) -> Tensor:
    """Return rows of a random Gaussian; of lower rank than d where one is given."""
    rng = np.random.default_rng(seed)
    mix = rng.normal(size=(rank or d, d)) / np.sqrt(d)
    return torch.from_numpy(rng.normal(size=(count, rank or d)) @ mix + rng.normal(size=d))


def by_the_book(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    apart = a.mean(axis=0) - b.mean(axis=0)
    spread_a, spread_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = scipy.linalg.sqrtm(spread_a @ spread_b)
    return float(apart @ apart + np.trace(spread_a + spread_b - 2 * root.real))


@pytest.mark.parametrize("d", [2, 16, 64])
def test_it_is_the_closed_form_for_random_gaussians(d: int) -> None:
    a, b = gaussian(300, d, seed=0), gaussian(200, d, seed=1)
    assert frechet_distance(a, b) == pytest.approx(by_the_book(a.numpy(), b.numpy()), rel=1e-8)


def test_it_is_known_for_a_shift_and_for_a_scale() -> None:
    a = gaussian(500, 8, seed=0)
    assert frechet_distance(a, a + 2.0) == pytest.approx(8 * 4.0)
    centred = a - a.mean(dim=0)
    spread = float(torch.cov(a.T).trace())
    assert frechet_distance(centred, 3 * centred) == pytest.approx((3 - 1) ** 2 * spread)


def test_equal_sets_are_nothing_apart_and_the_distance_has_no_direction() -> None:
    a, b = gaussian(100, 16, seed=0), gaussian(80, 16, seed=1)
    assert frechet_distance(a, a.flip(0)) == pytest.approx(0.0, abs=1e-8)
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a))


def test_features_that_span_little_have_a_distance_too() -> None:
    a, b = gaussian(5, 32, seed=0), gaussian(300, 32, seed=1, rank=3)
    assert 0 < frechet_distance(a, b) < float("inf")
    assert frechet_distance(b, b) == pytest.approx(0.0, abs=1e-6)
    assert frechet_distance(torch.zeros(4, 3), torch.ones(4, 3)) == pytest.approx(3.0)


def test_single_precision_is_enough_to_give_it() -> None:
    a, b = gaussian(300, 16, seed=0), gaussian(200, 16, seed=1)
    assert frechet_distance(a.float(), b.float()) == pytest.approx(frechet_distance(a, b), rel=1e-4)


def test_features_of_other_sizes_are_no_pair() -> None:
    with pytest.raises(AssertionError, match="against"):
        frechet_distance(torch.zeros(4, 3), torch.zeros(4, 2))
