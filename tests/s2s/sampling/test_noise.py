"""The generator's noise: both truncations against SciPy's truncated normal, and seeds that keep their word."""

import math
from typing import Any

import pytest
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from s2s.sampling.noise import CONVENTIONS, Convention, draw_noise

PUBLISHED_Z_DIM = 120
truncations = st.floats(0.02, 3.0)
seeds = st.integers(0, 2**63 - 1)


def law(truncation: float, convention: Convention) -> Any:
    """What each convention says in its own words."""
    if convention == "icgan":
        return scipy.stats.truncnorm(-2 * truncation, 2 * truncation)
    return scipy.stats.truncnorm(-2, 2, scale=truncation)


def test_without_truncation_noise_is_the_normal_distribution() -> None:
    z = draw_noise(500, PUBLISHED_Z_DIM, seed=0)
    assert (z.shape, z.dtype, z.device.type) == ((500, PUBLISHED_Z_DIM), torch.float32, "cpu")
    assert scipy.stats.kstest(z.flatten().numpy(), "norm").pvalue > 0.01
    assert float(z.abs().max()) > 3.5  # nothing is cut: 60 000 draws reach beyond


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("truncation", [0.1, 0.5, 0.7, 1.0, 1.5])
def test_truncated_noise_follows_its_convention(truncation: float, convention: Convention) -> None:
    z = draw_noise(500, PUBLISHED_Z_DIM, seed=1, truncation=truncation, convention=convention)
    expected = law(truncation, convention)
    assert scipy.stats.kstest(z.flatten().numpy(), expected.cdf).pvalue > 0.01
    assert float(z.var()) == pytest.approx(expected.var(), rel=0.02)


@settings(max_examples=50, deadline=None)
@given(truncation=truncations, seed=seeds, convention=st.sampled_from(CONVENTIONS))
def test_both_conventions_stay_within_twice_the_truncation(
    truncation: float, seed: int, convention: Convention
) -> None:
    z = draw_noise(3, 40, seed=seed, truncation=truncation, convention=convention)
    assert bool(torch.isfinite(z).all())
    assert float(z.abs().max()) <= 2 * truncation * (1 + 1e-6)


@settings(max_examples=30, deadline=None)
@given(seed=seeds)
def test_at_one_the_two_conventions_are_the_same(seed: int) -> None:
    one, other = (draw_noise(3, 40, seed=seed, truncation=1.0, convention=name) for name in CONVENTIONS)
    assert torch.equal(one, other)


@settings(max_examples=30, deadline=None)
@given(truncation=st.floats(0.05, 0.95), seed=seeds)
def test_below_one_the_published_convention_is_the_wider(truncation: float, seed: int) -> None:
    wide, narrow = (draw_noise(3, 40, seed=seed, truncation=truncation, convention=name) for name in CONVENTIONS)
    assert bool((wide.abs() >= narrow.abs()).all())
    assert float(wide.std()) > float(narrow.std())


@settings(max_examples=30, deadline=None)
@given(
    few=st.integers(1, 5),
    more=st.integers(0, 20),
    z_dim=st.integers(1, 130),
    seed=seeds,
    truncation=st.none() | truncations,
    convention=st.sampled_from(CONVENTIONS),
)
def test_a_longer_draw_begins_with_the_shorter(
    few: int, more: int, z_dim: int, seed: int, truncation: float | None, convention: Convention
) -> None:
    short, long = (
        draw_noise(count, z_dim, seed=seed, truncation=truncation, convention=convention) for count in (few, few + more)
    )
    assert torch.equal(long[:few], short)


def test_a_seed_is_a_draw_and_leaves_the_worlds_randomness_alone() -> None:
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    one, again, other = (draw_noise(2, 8, seed=seed) for seed in (3, 3, 4))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("truncation", [0.0, -0.5, math.nan, math.inf])
def test_a_truncation_that_is_none_is_refused(truncation: float) -> None:
    with pytest.raises(ValueError, match="truncation must be above 0"):
        draw_noise(1, 8, seed=0, truncation=truncation)


def test_an_unknown_convention_or_an_empty_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="icgan, biggan; got 'clip'"):
        draw_noise(1, 8, seed=0, truncation=0.5, convention="clip")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least one vector"):
        draw_noise(0, 8, seed=0)


def test_any_seed_of_64_bits_draws_and_a_longer_one_is_refused() -> None:
    for seed in (-(2**63), -1, 2**64 - 1):
        assert bool(torch.isfinite(draw_noise(1, 8, seed=seed)).all())
    with pytest.raises(ValueError, match="64 bits"):
        draw_noise(1, 8, seed=2**64)
