"""What is painted after two named things: both where the model and the world can, else what the whole sound is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from s2s import bundle
from s2s.bundle import Bundle
from s2s.card import MemorySizes
from s2s.evaluate.hearing.ears import Answers, NamedSources, Ranking
from s2s.evaluate.hearing.two import paint_heard
from s2s.models.memory_generator import MemoryGenerator
from s2s.world.state import SCENES
from tests.fakes import write_memory_bundle


@pytest.fixture
def model(tmp_path: Path) -> Bundle:
    """A bundle that remembers moments of two things, too."""
    one = bundle.load(write_memory_bundle(tmp_path / "model"))
    sizes, alone = one.card.generator, one.generator
    assert isinstance(sizes, MemorySizes) and isinstance(alone, MemoryGenerator)
    with_pairs = sizes.model_copy(update={"pairs": 32})
    torch.manual_seed(1)
    memory = MemoryGenerator(**with_pairs.model_dump(exclude={"architecture"}))
    memory.load_state_dict(alone.state_dict(), strict=False)
    memory.pair_keys.copy_(unit(2, 32))
    memory.pair_codes.copy_(torch.randint(0, 256, memory.pair_codes.shape, dtype=torch.uint8))
    return replace(one, generator=memory.eval(), card=one.card.model_copy(update={"generator": with_pairs}))


def unit(*shape: int) -> Tensor:
    return nn.functional.normalize(torch.rand(*shape, 32), dim=-1)


def answers(first: str, second: str, second_presence: float) -> Answers:
    presence = np.full((1, len(SCENES)), 0.1, dtype=np.float32)
    presence[0, [SCENES.index(first), SCENES.index(second)]] = 0.9, second_presence
    torch.manual_seed(2)
    h, seen, one = unit(1), unit(1, 2), np.zeros(1)
    ranking = Ranking(SCENES, presence)
    return Answers(h, ranking, NamedSources(ranking, one, seen, np.zeros((1, len(SCENES))), one, one))


def test_two_named_things_that_compose_are_painted_together(model: Bundle) -> None:
    heard = answers("sea", "helicopter", 0.8)
    assert not np.array_equal(paint_heard(model, heard), paint_heard(model, replace(heard, sources=None)))


def test_which_owns_the_place_follows_what_the_world_can_compose(model: Bundle) -> None:
    one = answers("helicopter", "sea", 0.8)
    assert one.sources is not None
    other = answers("sea", "helicopter", 0.8)
    turned = replace(one, sources=replace(one.sources, seen=one.sources.seen.flip(1)))
    assert np.array_equal(paint_heard(model, turned), paint_heard(model, other))


@pytest.mark.parametrize(("first", "second", "presence"), [("sea", "helicopter", 0.4), ("clock", "drums", 0.9)])
def test_one_thing_or_two_that_do_not_compose_are_painted_after_the_whole_sound(
    model: Bundle, first: str, second: str, presence: float
) -> None:
    heard = answers(first, second, presence)
    assert np.array_equal(paint_heard(model, heard), paint_heard(model, replace(heard, sources=None)))
