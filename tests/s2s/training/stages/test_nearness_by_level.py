"""How near a named thing is by how loud it is, as least squares find it."""

import pytest
import torch

from s2s.models.source_heads import SourceHeads
from s2s.training.stages.nearness import FARTHEST, NEAREST, fit_nearness

NAMES = ("rain", "clock", "dog")


def heads_by_level() -> SourceHeads:
    return SourceHeads(NAMES, 4, 8, hidden=6, by_level=True)


def takes(count: int, quieter_db: float) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Sounds of rain and of a clock that is so much quieter, thirty decibels from far to near, within a few decibels;
    what is loud of each lies six above the whole.
    """
    generator = torch.Generator().manual_seed(0)
    labels, nearness = torch.arange(count) % 2, torch.rand(count, generator=generator)
    level_db = -42.0 + 30.0 * nearness - quieter_db * labels + torch.randn(count, generator=generator)
    loud_db = level_db + 6.0 + torch.randn(count, generator=generator)
    return torch.stack([level_db, loud_db], dim=1), labels, nearness


def test_each_name_is_as_near_as_its_own_level_says() -> None:
    heads = heads_by_level()
    levels_db, labels, nearness = takes(2_000, quieter_db=12.0)
    fit_nearness(heads, levels_db, labels, nearness)
    found = heads.nearness(levels_db, labels[:, None])[:, 0]
    farthest, nearest = torch.tensor([FARTHEST, NEAREST]).logit()
    error = (found.logit() - torch.lerp(farthest, nearest, nearness)).abs().mean()
    assert error < 1.5 * float(nearest - farthest) / 30.0, "no worse than the decibel that levels scatter by"
    rain, clock = heads.nearness(torch.tensor([[-30.0, -24.0]]), torch.tensor([[0, 1]]))[0]
    assert clock.logit() - rain.logit() == pytest.approx(float(nearest - farthest) * 12.0 / 30.0, abs=0.05)
    louder, softer = heads.nearness(torch.tensor([[20.0, 26.0], [-90.0, -84.0]]), torch.tensor([[0], [0]]))[:, 0]
    assert softer < 0.01 and louder > 0.99, "beyond the world's levels it goes on"


def test_a_name_without_sounds_is_as_loud_as_the_others_in_the_mean() -> None:
    heads = heads_by_level()
    fit_nearness(heads, *takes(2_000, quieter_db=12.0))
    rain, clock, dog = heads.near_at_full_scale.tolist()
    assert rain < dog < clock
    assert dog == pytest.approx((rain + clock) / 2.0, abs=0.05)


def test_without_sounds_or_for_heads_of_another_kind_nothing_is_learnt() -> None:
    with pytest.raises(ValueError, match="learnt from sounds whose nearness is known, and there are none"):
        fit_nearness(heads_by_level(), torch.empty(0, 2), torch.empty(0, dtype=torch.int64), torch.empty(0))
    with pytest.raises(ValueError, match="expected heads that read nearness by level"):
        fit_nearness(SourceHeads(NAMES, 4, 8, hidden=6), *takes(4, quieter_db=0.0))
