"""DiffAugment: what it may change, that slopes come through it, and that ranks change a batch as one process does."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from s2s.data.ranks import Rank
from s2s.training.augment.diff_augment import augmented, parsed
from s2s.training.engine.step_context import SampleRng, StepContext

ALL = "colour,translation,cutout"


def sample_rng(count: int, seed: int = 0) -> SampleRng:
    return SampleRng.whole_batch(torch.Generator().manual_seed(seed), count)


def changed(pictures: Tensor, policy: str, seed: int = 0) -> Tensor:
    return augmented(pictures, parsed(policy), sample_rng(len(pictures), seed))


def test_no_policy_changes_nothing() -> None:
    pictures = torch.rand(2, 3, 16, 16)
    assert torch.equal(changed(pictures, ""), pictures)


def test_a_policy_is_read_in_its_order_and_unknown_names_are_refused() -> None:
    assert parsed(" cutout, colour ") == ("cutout", "colour")
    with pytest.raises(ValueError, match=r"no augmentation 'color'; known: colour, translation, cutout"):
        parsed("color")
    with pytest.raises(ValueError, match="no augmentation ''"):
        parsed("colour,")


@pytest.mark.parametrize("policy", ["colour", "translation", "cutout", ALL])
def test_slopes_are_those_of_the_change(policy: str) -> None:
    pictures = (torch.rand(2, 3, 8, 8, dtype=torch.float64) - 0.5).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: changed(x, policy), (pictures,))


@pytest.mark.parametrize("policy", ["colour", "translation", "cutout", ALL])
def test_ranks_change_their_share_as_one_process_changes_the_whole(policy: str) -> None:
    pictures = torch.rand(6, 3, 16, 16)
    parts = []
    for index in range(3):
        own = StepContext(5, 0.0, 0, Rank(index, 3)).sample_rng(6)
        parts.append(augmented(pictures[own.share], parsed(policy), own))
    whole = augmented(pictures, parsed(policy), StepContext(5, 0.0, 0).sample_rng(6))
    assert_close(torch.cat(parts), whole)


@pytest.mark.parametrize("policy", ["colour", "translation", "cutout"])
def test_every_picture_is_changed_in_its_own_way_and_otherwise_at_another_step(policy: str) -> None:
    same = torch.rand(1, 3, 32, 32).expand(4, -1, -1, -1)
    seen = changed(same, policy)
    assert len({one.sum().item() for one in seen}) > 1
    assert not torch.equal(seen, changed(same, policy, seed=1))


def test_translation_moves_by_an_eighth_at_most_and_lets_grey_in() -> None:
    size, most = 16, 2
    pictures = torch.rand(64, 3, size, size) + 1
    seen = changed(pictures, "translation")
    moves = set()
    for one, moved in zip(pictures, seen, strict=True):
        framed = torch.nn.functional.pad(one, (most,) * 4)
        down, right = next(
            (down, right)
            for down in range(2 * most + 1)
            for right in range(2 * most + 1)
            if torch.equal(framed[:, down : down + size, right : right + size], moved)
        )
        moves.add((down - most, right - most))
    assert {0, most, -most} <= {down for down, _ in moves}
    assert len(moves) > 15  # of 25


def test_cutout_greys_a_square_of_half_the_side_that_may_hang_over_the_edge() -> None:
    hidden = changed(torch.ones(200, 3, 16, 16), "cutout") == 0
    assert torch.equal(hidden[:, 0], hidden[:, 1])
    rows, columns = (hidden[:, 0].any(dim).sum(1) for dim in (2, 1))
    assert torch.equal(rows * columns, hidden[:, 0].sum((1, 2)))  # a rectangle
    assert int(rows.max()) == int(columns.max()) == 8
    assert int(rows.min()) < 8
    assert int(rows.min()) >= 4


def test_colour_shifts_by_a_half_at_most_and_keeps_what_is_grey_grey() -> None:
    seen = changed(torch.zeros(500, 3, 4, 4), "colour")
    assert_close(seen, seen[:, :1, :1, :1].expand_as(seen))
    assert -0.5 <= float(seen.min()) < -0.45
    assert 0.45 < float(seen.max()) <= 0.5


def test_colour_can_take_all_colour_away_or_double_it() -> None:
    red = torch.zeros(500, 3, 4, 4)
    red[:, 0] = 0.3
    seen = changed(red, "colour")
    apart = (seen[:, 0] - seen[:, 1]).mean(dim=(1, 2))
    assert float(apart.min()) >= 0
    assert float(apart.min()) < 0.05
    assert 0.6 < float(apart.max()) <= 0.9 + 1e-6  # doubled, and half as much again by contrast
