"""Chance in training: the same for a step whenever and wherever it is taken, shared by the ranks."""

import numpy as np
import pytest
import torch

from s2s.data.ranks import Rank
from s2s.training.engine.step_context import SampleRng, StepContext, shard_of

NUM_RANKS = 3
TOTAL = 12


def turns(step: int = 5, seed: int = 1) -> list[StepContext]:
    return [StepContext(step, 0.5, seed, Rank(index, NUM_RANKS)) for index in range(NUM_RANKS)]


def test_a_step_draws_the_same_whenever_it_is_taken() -> None:
    first, again = (StepContext(5, 0.5, 1) for _ in range(2))
    assert np.array_equal(first.rng.random(4), again.rng.random(4))
    assert torch.equal(first.sample_rng(4).normal(2), again.sample_rng(4).normal(2))


@pytest.mark.parametrize("other", [StepContext(6, 0.5, 1), StepContext(5, 0.5, 2)], ids=["step", "seed"])
def test_another_step_or_seed_draws_other_numbers(other: StepContext) -> None:
    one = StepContext(5, 0.5, 1)
    assert not np.array_equal(one.rng.random(4), other.rng.random(4))
    assert not torch.equal(one.sample_rng(4).normal(2), other.sample_rng(4).normal(2))


def test_ranks_draw_alike_and_each_keeps_its_own_part() -> None:
    whole = StepContext(5, 0.5, 1)
    batch = whole.rng.permutation(100)[:TOTAL]
    parts = [ctx.local_shard(ctx.rng.permutation(100)[:TOTAL]) for ctx in turns()]
    assert np.array_equal(np.concatenate(parts), batch)


def all_kinds(sample_rng: SampleRng) -> list[torch.Tensor]:
    return [
        sample_rng.uniform(2.0, 3.0),
        sample_rng.normal(4),
        sample_rng.chance(0.5),
        sample_rng.integers(7, 2),
        sample_rng.uniform(-1, 1, 3, 1, 1),
    ]


def test_lots_of_all_ranks_together_are_those_of_one() -> None:
    alone = all_kinds(StepContext(5, 0.5, 1).sample_rng(TOTAL))
    shared = [all_kinds(ctx.sample_rng(TOTAL)) for ctx in turns()]
    for whole, *parts in zip(alone, *shared, strict=True):
        assert torch.equal(torch.cat(parts), whole)
    assert [ctx.sample_rng(TOTAL).count for ctx in turns()] == [4, 4, 4]


def test_lots_alone_are_those_of_a_whole_batch() -> None:
    one, other = (torch.Generator().manual_seed(3) for _ in range(2))
    assert torch.equal(SampleRng.whole_batch(one, 5).normal(2), torch.randn(5, 2, generator=other))


def test_lots_lie_where_they_should() -> None:
    sample_rng = SampleRng.whole_batch(torch.Generator().manual_seed(0), 4000)
    spread = sample_rng.uniform(2.0, 3.0)
    assert (spread.dtype, float(spread.min()) >= 2.0, float(spread.max()) <= 3.0) == (torch.float32, True, True)
    assert float(sample_rng.chance(0.3).float().mean()) == pytest.approx(0.3, abs=0.03)
    assert sorted(sample_rng.integers(5).unique().tolist()) == [0, 1, 2, 3, 4]
    assert sample_rng.integers(5, 2, 3).shape == (4000, 2, 3)


def test_a_batch_that_cannot_be_shared_evenly_is_refused() -> None:
    assert shard_of(Rank(1, 3), 12) == slice(4, 8)
    for total in (10, 0, 2):
        with pytest.raises(ValueError, match=f"a batch of {total} cannot be shared by 3 ranks: take a multiple"):
            shard_of(Rank(1, 3), total)


def test_dropout_is_the_same_for_a_step_again_and_another_on_each_rank() -> None:
    def dropped(ctx: StepContext) -> torch.Tensor:
        ctx.seed_torch()
        return torch.nn.functional.dropout(torch.ones(64))

    first, second, third = (dropped(ctx) for ctx in turns())
    assert torch.equal(first, dropped(turns()[0]))
    assert not torch.equal(first, second)
    assert not torch.equal(second, third)
    assert not torch.equal(first, dropped(turns(step=6)[0]))
