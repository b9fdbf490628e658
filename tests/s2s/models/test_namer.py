"""A network that hears names: how likely every set of one or two is, and what follows for each name."""

from itertools import combinations

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from s2s.models.namer import Namer, Scores

NAMES = 4
CHANNELS = (4, 4, 6, 6, 8)


@pytest.fixture(scope="module")
def namer() -> Namer:
    torch.manual_seed(0)
    net = Namer(NAMES, CHANNELS, hidden=8)
    with torch.no_grad():
        net.together.copy_(torch.randn(NAMES, NAMES))
    return net.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def scores(namer: Namer) -> Scores:
    bands = 14.0 * torch.rand(5, 64, 40, generator=torch.Generator().manual_seed(1))
    answered: Scores = namer(bands)
    return Scores(*(3.0 * one for one in answered))


def chances(namer: Namer, scores: Scores) -> dict[tuple[int, ...], Tensor]:
    """How likely every set is, [b] each."""
    sets = [(), *((name,) for name in range(NAMES)), *combinations(range(NAMES), 2)]
    labels = [torch.tensor([[*one, -1, -1][:2]] * 5) for one in sets]
    return {one: namer.log_probability(scores, few).exp() for one, few in zip(sets, labels, strict=True)}


def test_one_of_all_sets_is_there(namer: Namer, scores: Scores) -> None:
    assert_close(torch.stack(list(chances(namer, scores).values())).sum(dim=0), torch.ones(5))


def test_the_order_of_two_names_is_nothing(namer: Namer, scores: Scores) -> None:
    one, other = (namer.log_probability(scores, torch.tensor([pair] * 5)) for pair in ([1, 3], [3, 1]))
    assert torch.equal(one, other)


def test_a_name_is_there_as_often_as_the_sets_that_have_it(namer: Namer, scores: Scores) -> None:
    every = chances(namer, scores)
    for name in range(NAMES):
        with_it = torch.stack([chance for one, chance in every.items() if name in one]).sum(dim=0)
        assert_close(torch.sigmoid(namer.there(scores)[:, name]), with_it, atol=1e-5, rtol=1e-4)


def test_what_is_beside_a_name_is_weighed_against_that_alone(namer: Namer, scores: Scores) -> None:
    every = chances(namer, scores)
    beside = namer.beside(scores, torch.full((5,), 2))
    for other in (0, 1, 3):
        odds = every[min(other, 2), max(other, 2)] / every[2,]
        assert_close(beside[:, other], odds.log(), atol=1e-4, rtol=1e-4)


def test_certain_names_have_finite_logits(namer: Namer) -> None:
    sure = Scores(torch.tensor([[300.0, 0.0, 0.0, -300.0]]), torch.tensor([-300.0]), torch.tensor([-300.0]))
    logits = namer.there(sure)
    assert bool(logits.isfinite().all()) and float(logits[0, 0]) > 10.0 and float(logits[0, 3]) < -10.0


@pytest.mark.parametrize("columns", [1, 2, 51, 502])
def test_sound_of_any_length_is_heard(namer: Namer, columns: int) -> None:
    answered: Scores = namer(torch.zeros(2, 64, columns))
    assert answered.each.shape == (2, NAMES) and answered.two.shape == answered.none.shape == (2,)


def test_channels_of_another_number_of_layers_are_refused() -> None:
    with pytest.raises(ValueError, match="expected channels of a stem and 4 blocks, got 3 numbers"):
        Namer(NAMES, (4, 8, 8))
