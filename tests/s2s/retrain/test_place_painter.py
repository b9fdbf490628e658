"""A memory with a place in it: its pictures are whole, and recalled by its own sounds and not by the world's."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from s2s.bundle import Bundle
from s2s.card import MemorySizes
from s2s.models.memory_generator import MemoryGenerator, packed
from s2s.models.source_heads import SourceHeads
from s2s.retrain.place_painter import MOST_OF_WORLD, best_threshold, place_margins, with_place
from s2s.retrain.place_pictures import carried_on
from s2s.training.stages.key_marks import draw_marks
from s2s.training.stages.place_moments import PlaceMoments

H_DIM, SCENES, OF_PLACE = 24, 6, 30


def sizes(levels: int = 1) -> MemorySizes:
    decoder = {"code_dim": 4, "channels": (16, 12, 8, 4), "blocks": (1, 1, 1)}
    counts = {"width": 64, "height": 32, "entries": 96, "z_dim": 4, "h_dim": H_DIM, "nearness_width": 0.05}
    others = {"h_power": 24.0, "z_width": 0.15, "warmth": True, "levels": levels}
    return MemorySizes.model_validate({**counts, **decoder, **others})


def near(directions: Tensor, each: int, seed: int) -> Tensor:
    """Unit features [n * each, H_DIM] around unit directions [n, H_DIM]."""
    noise = torch.rand(len(directions) * each, H_DIM, generator=torch.Generator().manual_seed(seed))
    return F.normalize(directions.repeat_interleave(each, 0) + 0.1 * noise, dim=1)


SCENE, PLACE = torch.eye(H_DIM)[:SCENES], torch.eye(H_DIM)[SCENES : SCENES + 3]


@pytest.fixture(scope="module", params=[1, 2], ids=["one-level", "two-levels"])
def taught(request: pytest.FixtureRequest) -> MemoryGenerator:
    """Six scenes of sixteen moments, and a place of three things, ten pictures each."""
    return with_own(near(PLACE, 8, 7), request.param)


def with_own(own: Tensor, levels: int = 1, heads: SourceHeads | None = None) -> MemoryGenerator:
    torch.manual_seed(0)
    known = MemoryGenerator(**sizes(levels).model_dump(exclude={"architecture"}))
    known.keys.copy_(near(SCENE, 16, 1))
    known.addresses.copy_((32 * torch.randn(96, 4)).clamp(-127, 127).to(torch.int8))
    known.codes.copy_(packed(torch.rand(96 * levels, 4, 2, 4) * 2 - 1))
    moments = PlaceMoments(torch.rand(OF_PLACE, 4, 2, 4) * 2 - 1, known.decoder)
    model = cast(
        Bundle, SimpleNamespace(generator=known, source_heads=heads, card=SimpleNamespace(generator=sizes(levels)))
    )
    generator, larger = with_place(model, near(PLACE, 10, 2), moments, near(SCENE, 20, 3), own)
    assert (larger.entries, larger.of_place) == (96 + OF_PLACE, OF_PLACE)
    return generator


def test_a_sound_of_the_place_recalls_pictures_of_what_sounds_there(taught: MemoryGenerator) -> None:
    sounds = near(PLACE, 8, 4)
    weights, found = taught.recall(torch.randn(24, 4, generator=torch.Generator().manual_seed(5)), sounds)
    of = torch.arange(24) // 8
    world = 96 * taught.levels
    right = (found >= world) & ((found - world) // 10 == of[:, None])
    assert float((weights * right).sum(dim=1).mean()) > 0.9


def test_a_place_is_recalled_as_soon_under_any_name_that_its_sounds_are_given() -> None:
    names = [f"scene {number}" for number in range(SCENES)]
    heads = SourceHeads(names, 8, H_DIM, 16, marked=True)
    heads.marks.copy_(draw_marks(torch.cat([near(SCENE, 16, 1), near(PLACE, 10, 2)]), SCENES))
    taught, sounds = with_own(near(PLACE, 8, 7), heads=heads), near(PLACE, 8, 4)
    margins = [place_margins(taught, h) for h in (sounds, *(F.normalize(sounds + mark, dim=1) for mark in heads.marks))]
    assert all(float((each > 0).float().mean()) > 0.9 for each in margins)
    assert float((torch.stack(margins[1:]) - margins[0]).abs().mean()) < 0.35 * float(margins[0].mean())


def test_a_second_place_lies_behind_the_first_and_both_are_a_place(taught: MemoryGenerator) -> None:
    sizes_now = sizes(taught.levels).model_copy(update={"entries": 96 + OF_PLACE, "of_place": OF_PLACE})
    model = cast(
        Bundle, SimpleNamespace(generator=taught, source_heads=None, card=SimpleNamespace(generator=sizes_now))
    )
    moments = PlaceMoments(torch.zeros(10, 4, 2, 4), taught.decoder)
    generator, larger = with_place(model, near(PLACE[:1], 10, 9), moments, near(SCENE, 20, 3), near(PLACE, 8, 7))
    assert (larger.entries, larger.of_place) == (106 + OF_PLACE, 10 + OF_PLACE)
    assert torch.equal(generator.keys[: 96 + OF_PLACE], taught.keys)
    assert torch.equal(generator.codes[: len(taught.codes)], taught.codes)


def test_hardly_any_of_the_worlds_sounds_recall_a_place_of_other_things(taught: MemoryGenerator) -> None:
    assert float((place_margins(taught, near(SCENE, 20, 6)) > 0).float().mean()) < 0.02


def test_where_the_place_sounds_like_the_world_the_world_keeps_most_of_what_is_its_own() -> None:
    alike = F.normalize(0.9 * near(SCENE[:3], 8, 8) + 0.1 * near(PLACE, 8, 8), dim=1)
    recalled = (place_margins(with_own(alike), near(SCENE, 20, 3)) > 0).float().mean()
    assert float(recalled) <= MOST_OF_WORLD


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ([3.0, 4.0], [0.0, 1.0], 2.0),
        ([3.0, 4.0, 0.5], [0.0, 1.0], 2.0),  # one of its own is given up, for one of the others
        ([1.0, 1.0], [2.0, 2.0], 2.0),  # nothing of its own is worth so many of the others
    ],
)
def test_a_threshold_lies_where_both_are_told_apart_best(own: list[float], other: list[float], expected: float) -> None:
    assert best_threshold(torch.tensor(own), torch.tensor(other), 0.15) == expected


def test_the_world_is_painted_by_the_taught_painter_from_the_codes_that_it_had(taught: MemoryGenerator) -> None:
    assert len(taught.codes) == 96 * taught.levels + OF_PLACE
    assert torch.equal(taught.keys[:96], near(SCENE, 16, 1))


@pytest.mark.parametrize("size", [(48, 64), (64, 48)])
def test_a_picture_of_another_shape_is_whole_and_its_edges_go_on(size: tuple[int, int]) -> None:
    width, height = size
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, : width // 2], picture[:, width // 2 :] = (200, 0, 0), (0, 0, 200)
    wide = carried_on(picture, (256, 144)).astype(int)
    scale = min(256 / width, 144 / height)
    middle, quarter = 128, round(width * scale / 4)
    assert wide.shape == (144, 256, 3)
    assert wide[72, middle - quarter].tolist() == pytest.approx([200, 0, 0], abs=2)
    assert wide[72, middle + quarter].tolist() == pytest.approx([0, 0, 200], abs=2)
    left, right = wide[72, middle - 2 * quarter - 6], wide[72, middle + 2 * quarter + 6]
    assert left[0] > 2 * left[2] and right[2] > 2 * right[0], "its edges go on"


def test_a_picture_as_wide_as_the_memory_is_only_made_as_large() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (144, 256, 3)).astype(np.uint8)
    assert (carried_on(picture, (256, 144)) == picture).all()
