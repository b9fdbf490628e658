"""Mixes of two things: scenes that go together, equally loud, no two alike."""

import numpy as np
import pytest

from s2s.evaluate.hearing.mixes import composed, draw_mixes, mixed
from s2s.evaluate.hearing.sounds import LabelledSound
from s2s.world.composition import composes
from s2s.world.scene_clip import Envelope, SceneClip, ScenePart
from s2s.world.state import SCENES


def sounds(*scenes: str, each: int = 2) -> list[LabelledSound]:
    rng = np.random.default_rng(0)
    return [
        LabelledSound((rng.uniform(0.001, 0.2) * rng.standard_normal(1000)).astype(np.float32), scene, "test", f"{n}")
        for scene in scenes
        for n in range(each)
    ]


def test_scenes_that_compose_are_clips_of_the_world() -> None:
    steady = Envelope.level(1.0)
    pairs = [(first, second) for first in SCENES for second in SCENES if composes(first, second)]
    assert ("sea", "helicopter") in pairs and ("train", "rain") in pairs and len(pairs) > 200
    for pair in pairs:
        SceneClip(0, 12.0, tuple(ScenePart(scene, 0, steady, steady) for scene in pair))


@pytest.mark.parametrize("pair", [("clock", "rain"), ("rain", "sea"), ("dog", "dog")])
def test_a_sheltered_place_an_unlayable_thing_and_one_twice_do_not_compose(pair: tuple[str, str]) -> None:
    assert not composes(*pair)


def test_the_first_named_owns_the_place_unless_it_can_only_be_laid_over() -> None:
    assert composed(["rain", "dog"]) == (0, 1)
    assert composed(["dog", "sea"]) == (1, 0)
    assert composed(["clock", "drums"]) is None
    assert composed(["sea"]) is None


def test_both_parts_of_a_mix_are_equally_loud() -> None:
    quiet, loud = np.zeros(1000, dtype=np.float32), np.zeros(1000, dtype=np.float32)
    quiet[:500], loud[500:] = 0.001, 0.3
    whole = mixed(quiet, loud)
    assert np.sqrt((whole[:500] ** 2).mean()) == pytest.approx(np.sqrt((whole[500:] ** 2).mean()))


def test_a_mix_stays_within_full_scale() -> None:
    click = np.zeros(10_000, dtype=np.float32)
    click[0] = 0.5
    whole = mixed(click, click)
    assert np.abs(whole).max() == pytest.approx(1.0)


def test_mixes_are_drawn_evenly_and_no_two_are_alike() -> None:
    mixes = draw_mixes(sounds("rain", "sea", "dog", "clock"), 8)
    assert len({(id(mix.first), id(mix.second)) for mix in mixes}) == len(mixes) == 8
    counts = {pair: [mix.scenes for mix in mixes].count(pair) for pair in {mix.scenes for mix in mixes}}
    assert counts.keys() == {("rain", "dog"), ("dog", "rain"), ("sea", "rain"), ("sea", "dog")}
    assert set(counts.values()) == {2}


def test_where_nothing_composes_there_are_no_mixes() -> None:
    assert draw_mixes(sounds("clock", "drums"), 5) == []
    assert len(draw_mixes(sounds("sea", "dog", each=1), 5)) == 1
