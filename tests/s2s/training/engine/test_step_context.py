"""Chance in training: the same for a step whenever and wherever it is taken, shared by the ranks."""

import numpy as np
import pytest
import torch

from s2s.data.ranks import Rank
from s2s.training.engine.step_context import Lots, Turn, share_of

NUM_RANKS = 3
TOTAL = 12


def turns(step: int = 5, seed: int = 1) -> list[Turn]:
    return [Turn(step, 0.5, seed, Rank(index, NUM_RANKS)) for index in range(NUM_RANKS)]


def test_a_step_draws_the_same_whenever_it_is_taken() -> None:
    first, again = (Turn(5, 0.5, 1) for _ in range(2))
    assert np.array_equal(first.rng.random(4), again.rng.random(4))
    assert torch.equal(first.lots(4).normal(2), again.lots(4).normal(2))


@pytest.mark.parametrize("other", [Turn(6, 0.5, 1), Turn(5, 0.5, 2)], ids=["step", "seed"])
def test_another_step_or_seed_draws_other_numbers(other: Turn) -> None:
    one = Turn(5, 0.5, 1)
    assert not np.array_equal(one.rng.random(4), other.rng.random(4))
    assert not torch.equal(one.lots(4).normal(2), other.lots(4).normal(2))


def test_ranks_draw_alike_and_each_keeps_its_own_part() -> None:
    whole = Turn(5, 0.5, 1)
    batch = whole.rng.permutation(100)[:TOTAL]
    parts = [turn.mine(turn.rng.permutation(100)[:TOTAL]) for turn in turns()]
    assert np.array_equal(np.concatenate(parts), batch)


def all_kinds(lots: Lots) -> list[torch.Tensor]:
    return [lots.uniform(2.0, 3.0), lots.normal(4), lots.chance(0.5), lots.integers(7, 2), lots.uniform(-1, 1, 3, 1, 1)]


def test_lots_of_all_ranks_together_are_those_of_one() -> None:
    alone = all_kinds(Turn(5, 0.5, 1).lots(TOTAL))
    shared = [all_kinds(turn.lots(TOTAL)) for turn in turns()]
    for whole, *parts in zip(alone, *shared, strict=True):
        assert torch.equal(torch.cat(parts), whole)
    assert [turn.lots(TOTAL).count for turn in turns()] == [4, 4, 4]


def test_lots_alone_are_those_of_a_whole_batch() -> None:
    one, other = (torch.Generator().manual_seed(3) for _ in range(2))
    assert torch.equal(Lots.alone(one, 5).normal(2), torch.randn(5, 2, generator=other))


def test_lots_lie_where_they_should() -> None:
    lots = Lots.alone(torch.Generator().manual_seed(0), 4000)
    spread = lots.uniform(2.0, 3.0)
    assert (spread.dtype, float(spread.min()) >= 2.0, float(spread.max()) <= 3.0) == (torch.float32, True, True)
    assert float(lots.chance(0.3).float().mean()) == pytest.approx(0.3, abs=0.03)
    assert sorted(lots.integers(5).unique().tolist()) == [0, 1, 2, 3, 4]
    assert lots.integers(5, 2, 3).shape == (4000, 2, 3)


def test_a_batch_that_cannot_be_shared_evenly_is_refused() -> None:
    assert share_of(Rank(1, 3), 12) == slice(4, 8)
    for total in (10, 0, 2):
        with pytest.raises(ValueError, match=f"a batch of {total} cannot be shared by 3 ranks: take a multiple"):
            share_of(Rank(1, 3), total)


def test_dropout_is_the_same_for_a_step_again_and_another_on_each_rank() -> None:
    def dropped(turn: Turn) -> torch.Tensor:
        turn.seed_torch()
        return torch.nn.functional.dropout(torch.ones(64))

    first, second, third = (dropped(turn) for turn in turns())
    assert torch.equal(first, dropped(turns()[0]))
    assert not torch.equal(first, second)
    assert not torch.equal(second, third)
    assert not torch.equal(first, dropped(turns(step=6)[0]))
