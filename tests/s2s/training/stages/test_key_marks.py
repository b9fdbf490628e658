"""Marks of a memory's keys: what is named recalls its own, what is not named is where it was. On made-up keys."""

from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.testing import assert_close

from s2s.models.memory_generator import MemoryGenerator
from s2s.models.source_heads import SourceHeads
from s2s.training.stages.key_marks import APART, carry_marks, check_shown, draw_marks, marked, marked_as_all, numbers_of

H_DIM, ENTRIES = 24, 40
NAMES = ("aeroplane", "helicopter", "rain")
ALONE = [NAMES[moment % 3] for moment in range(ENTRIES)]


@pytest.fixture
def keys() -> Tensor:
    """Unit keys that leave eight directions free; the first two things are seen all but alike."""
    torch.manual_seed(0)
    kinds = torch.rand(3, H_DIM - 8)
    kinds[1] = kinds[0] + 0.02 * torch.rand(H_DIM - 8)
    seen = kinds[torch.arange(ENTRIES) % 3] + 0.01 * torch.rand(ENTRIES, H_DIM - 8)
    return F.normalize(F.pad(seen, (0, 8)), dim=1)


@pytest.fixture
def memory(keys: Tensor) -> MemoryGenerator:
    net = MemoryGenerator(32, 16, ENTRIES, H_DIM, 4, code_dim=4, channels=(4, 4, 4, 4), blocks=(1, 1, 1))
    net.keys.copy_(keys)
    return net.requires_grad_(False)


@pytest.fixture
def heads(keys: Tensor) -> SourceHeads:
    heads = SourceHeads(NAMES, 8, H_DIM, 16, marked=True)
    heads.marks.copy_(draw_marks(keys, 3))
    return heads.eval().requires_grad_(False)


def own_weight(memory: MemoryGenerator, h: Tensor, thing: int) -> float:
    """Return how much of what `h` recalls shows `thing`, in the mean over noises."""
    z = torch.randn(32, 4, generator=torch.Generator().manual_seed(1))
    weights, moments = memory.recall(z, h.expand(32, -1))
    return float((weights * (moments % 3 == thing)).sum(dim=1).mean())


def test_marks_lie_where_keys_do_not_and_across_each_other(keys: Tensor) -> None:
    marks = draw_marks(keys, 3)
    lengths = marks.norm(dim=1)
    assert_close(marks @ marks.T, torch.diag(lengths.square()), atol=1e-6, rtol=0.0)
    assert (keys @ marks.T).abs().max() < 1e-5


def test_a_moment_of_another_thing_lies_farther_away_and_one_of_the_same_where_it_did(keys: Tensor) -> None:
    marks, things = draw_marks(keys, 3), torch.arange(ENTRIES) % 3
    asked = F.normalize(keys + marks[things], dim=1)
    cosines = (asked * marked(keys, marks, things)).sum(dim=1)
    assert_close(cosines, torch.ones(ENTRIES))
    other = (asked * marked(keys, marks, (things + 1) % 3)).sum(dim=1)
    assert_close(other, torch.full((ENTRIES,), 1.0 - APART))


def test_what_has_no_name_lies_as_near_under_each(keys: Tensor) -> None:
    marks = draw_marks(keys, 3)
    open_to_all = marked_as_all(keys, marks)
    for mark in marks:
        cosines = (F.normalize(keys + mark, dim=1) * open_to_all).sum(dim=1)
        assert_close(cosines, torch.ones(ENTRIES))
    assert_close((keys * open_to_all).sum(dim=1), torch.ones(ENTRIES))


def test_a_named_thing_recalls_moments_of_its_own_though_it_is_seen_as_another(
    keys: Tensor, memory: MemoryGenerator, heads: SourceHeads
) -> None:
    between = F.normalize(keys[:1] + keys[1:2], dim=1)
    unnamed = own_weight(memory, between, 0)
    carry_marks(memory, heads, ALONE, ())
    assert 0.2 < unnamed < 0.8
    for thing in (0, 1):
        assert own_weight(memory, F.normalize(between + heads.marks[thing], dim=1), thing) > 0.95


def test_what_has_no_mark_recalls_what_it_did(keys: Tensor, memory: MemoryGenerator, heads: SourceHeads) -> None:
    z = torch.randn(8, 4, generator=torch.Generator().manual_seed(2))
    before = memory.recall(z, keys[:8])
    carry_marks(memory, heads, ALONE, ())
    after = memory.recall(z, keys[:8])
    assert_close(after[0], before[0], atol=1e-3, rtol=0.0)
    assert torch.equal(after[1][:, :3], before[1][:, :3])


def test_moments_of_two_things_carry_a_mark_under_either_key(keys: Tensor, heads: SourceHeads) -> None:
    shape = {"code_dim": 4, "channels": (4, 4, 4, 4), "blocks": (1, 1, 1)}
    memory = MemoryGenerator(32, 16, ENTRIES, H_DIM, 4, pairs=39, **shape)  # type: ignore[arg-type]
    memory.keys.copy_(keys)
    memory.pair_keys[0], memory.pair_keys[1] = keys[:39], keys[1:]
    carry_marks(memory, heads, (), list(pairwise(ALONE)))
    assert torch.equal(memory.keys, keys)  # theirs are carried by themselves
    for part in (0, 1):
        shown = numbers_of(ALONE[part : part + 39], NAMES)
        assert torch.equal(memory.pair_keys[part], marked(keys[part : part + 39], heads.marks, shown))


def test_the_heads_put_the_mark_of_what_they_are_asked_for_on_what_they_see(heads: SourceHeads) -> None:
    torch.manual_seed(3)
    summary = torch.rand(2, 16)
    seen, _ = heads.embed(summary, torch.tensor([[0, 2], [1, 0]]))
    heads.marked = False
    plain, _ = heads.embed(summary, torch.tensor([[0, 2], [1, 0]]))
    assert_close(seen, F.normalize(plain + heads.marks[torch.tensor([[0, 2], [1, 0]])], dim=-1))
    assert_close(seen.norm(dim=-1), torch.ones(2, 2))


def test_moments_that_show_other_things_than_they_are_said_to_are_refused(
    keys: Tensor, memory: MemoryGenerator, heads: SourceHeads
) -> None:
    apart = F.normalize(torch.eye(3, H_DIM)[torch.arange(ENTRIES) % 3] + 0.05 * keys, dim=1)
    check_shown(apart, torch.arange(ENTRIES) % 3)
    with pytest.raises(ValueError, match="expected the world's moments, its scenes in turn: of this memory's"):
        check_shown(apart, torch.arange(ENTRIES) // 14)
    with pytest.raises(ValueError, match="expected moments of things that the ears name, got some of owl, sea"):
        carry_marks(memory, heads, ["sea", "owl"] * 20, ())


def test_there_are_no_more_marks_than_directions(keys: Tensor) -> None:
    with pytest.raises(ValueError, match="a space of 24 directions has no marks for 25 things"):
        draw_marks(keys, 25)
    assert numbers_of(("rain", "aeroplane"), NAMES).tolist() == [2, 0]
