"""Logistic regression: finds what the truth was drawn by, and holds to nothing what a ridge holds."""

import torch
from torch.testing import assert_close

from s2s.training.stages.logistic import logistic_weights


def drawn(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    rows = torch.cat([torch.ones(count, 1), torch.randn(count, 2, generator=generator)], dim=1)
    chance = torch.sigmoid(rows @ torch.tensor([-0.5, 2.0, 0.0]))
    return rows, torch.rand(count, generator=generator) < chance


def test_the_weights_are_found_again() -> None:
    weights = logistic_weights(*drawn(20_000), torch.zeros(3))
    assert_close(weights.float(), torch.tensor([-0.5, 2.0, 0.0]), atol=0.1, rtol=0.0)


def test_at_the_end_the_slope_of_what_is_maximised_is_nothing() -> None:
    rows, truth = drawn(500)
    ridge = torch.tensor([0.0, 3.0, 3.0])
    weights = logistic_weights(rows, truth, ridge)
    slope = rows.double().T @ (truth.double() - torch.sigmoid(rows.double() @ weights)) - ridge.double() * weights
    assert float(slope.abs().max()) < 1e-6


def test_a_ridge_holds_what_it_is_put_on() -> None:
    rows, truth = drawn(500)
    free, held = (float(logistic_weights(rows, truth, torch.tensor([0.0, on, 0.0]))[1]) for on in (0.0, 1e6))
    assert free > 1.5 and abs(held) < 0.01


def test_what_parts_without_a_fault_and_a_column_of_zeros_leave_finite_weights() -> None:
    rows = torch.tensor([[1.0, -1.0, 0.0], [1.0, 1.0, 0.0]]).repeat(10, 1)
    weights = logistic_weights(rows, rows[:, 1] > 0, torch.full((3,), 0.1))
    assert bool(torch.isfinite(weights).all()) and float(weights[1]) > 1.0
