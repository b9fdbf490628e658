"""What a model can show before it has heard anything: scenes that it keeps, never a place where nothing lies."""

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from s2s import bundle
from s2s.card import DEFAULT_BUNDLE, STILL
from s2s.media.images import read_image
from s2s.models.generator import Generator
from s2s.models.memory_generator import MemoryGenerator
from s2s.models.thing_judge import NONE
from s2s.sampling.own_places import own_places, still_of
from s2s.training.stages.thing_judge import load_thing_judge
from tests.fakes import write_memory_bundle, write_tiny_bundle


@pytest.fixture(scope="module")
def shipped() -> Generator:
    return bundle.load_generator(DEFAULT_BUNDLE)


def test_no_two_of_a_models_own_places_are_alike(shipped: Generator) -> None:
    places = np.array(own_places(shipped, 0))
    alike = places @ places.T - 2.0 * np.eye(len(places))
    assert len(places) > 16 and alike.max() < 0.7
    np.testing.assert_allclose(np.linalg.norm(places, axis=1), 1.0, rtol=1e-5)


def test_the_seed_decides_which_they_are(shipped: Generator) -> None:
    first, again, other = (own_places(shipped, seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert float(first @ other) < 0.999


def test_each_lies_among_moments_that_it_keeps(shipped: Generator) -> None:
    assert isinstance(shipped, MemoryGenerator)
    keys = F.normalize(shipped.keys.float(), dim=1).numpy()
    assert all(float((keys @ place).max()) > 0.97 for place in own_places(shipped, 0))


def test_the_still_that_ships_is_the_first_of_them(shipped: Generator) -> None:
    painted = still_of(shipped)
    assert painted is not None
    kept = read_image(DEFAULT_BUNDLE / STILL)
    assert np.abs(painted.astype(int) - kept).mean() < 1.0


def test_a_generator_that_keeps_no_moments_has_none(tmp_path: Path) -> None:
    generator = bundle.load(write_tiny_bundle(tmp_path / "tiny")).generator
    assert len(own_places(generator, 0)) == 0 and still_of(generator) is None


def test_a_generator_whose_moments_have_nothing_in_common_has_none(tmp_path: Path) -> None:
    assert len(own_places(bundle.load(write_memory_bundle(tmp_path / "memory")).generator, 0)) == 0


def test_the_judge_that_ships_finds_a_thing_at_most_of_them_and_many_different_ones(shipped: Generator) -> None:
    judge = load_thing_judge(DEFAULT_BUNDLE / "thing_judge")
    places = torch.from_numpy(np.array(own_places(shipped, 0)))
    with torch.inference_mode():
        logits = judge(shipped(torch.zeros(len(places), 16), places)).logits
    named = [judge.classes[place] for place in logits.argmax(dim=1).tolist()]
    assert named.count(NONE) < len(named) / 4 and len(set(named)) > 12
