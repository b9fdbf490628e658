"""Which sounds a namer hears at a step: how often none, one and two, of which scenes, and whether they are recorded."""

import numpy as np
import pytest

from s2s.training.inputs.band_sounds import Pools
from s2s.training.inputs.sound_sets import NOTHING, SetDraws, SetShares, SoundSets
from s2s.world.composition import in_order
from s2s.world.state import SCENES

RECORDED = [SCENES.index(scene) for scene in ("rain", "dog", "rooster")]
COUNT = 3_000


def pools() -> Pools:
    """Two takes of every scene, one recording of three of them, one sound of none of each kind."""
    keys = [(label, False) for label in range(len(SCENES))] + [(label, True) for label in RECORDED]
    keys += [(NOTHING, False), (NOTHING, True)]
    return {key: (np.array([2 * n, 2 * n + 1]), np.array([0.5, 0.5])) for n, key in enumerate(keys)}


@pytest.fixture(scope="module")
def drawn() -> SoundSets:
    return SetDraws(pools(), SetShares()).draw(np.random.default_rng(0), COUNT)


def test_none_one_and_two_are_drawn_as_often_as_asked(drawn: SoundSets) -> None:
    there = (drawn.labels != NOTHING).sum(axis=1)
    assert [float((there == count).mean()) for count in range(3)] == pytest.approx([0.08, 0.32, 0.6], abs=0.03)
    assert ((drawn.second == NOTHING) == (there < 2)).all()


def test_two_are_never_of_one_scene_and_mostly_such_as_the_world_paints_together(drawn: SoundSets) -> None:
    two = drawn.labels[(drawn.labels != NOTHING).all(axis=1)]
    assert (two[:, 0] != two[:, 1]).all()
    together = [in_order(SCENES[a], SCENES[b]) is not None for a, b in two.tolist()]
    assert np.mean(together) > 0.7


def test_every_scene_is_heard_alone_and_recorded_ones_more_often(drawn: SoundSets) -> None:
    alone = drawn.labels[(drawn.labels != NOTHING).sum(axis=1) == 1][:, 0]
    counts = np.bincount(alone, minlength=len(SCENES))
    assert (counts > 0).all() and counts[RECORDED].mean() > 3 * np.delete(counts, RECORDED).mean()


def test_a_sound_is_of_its_label_and_its_domain(drawn: SoundSets) -> None:
    own = pools()
    for row, label, recorded in zip(drawn.first, drawn.labels[:, 0], drawn.recorded, strict=True):
        assert row in own[int(label), bool(recorded)][0]


def test_without_recordings_and_unknown_sounds_there_are_takes_alone() -> None:
    takes = {key: few for key, few in pools().items() if key[0] in range(4) and not key[1]}
    sets = SetDraws(takes, SetShares()).draw(np.random.default_rng(0), 200)
    assert not sets.recorded.any() and set(np.unique(sets.labels)) <= {NOTHING, 0, 1, 2, 3}
    assert (sets.labels[:, 0] != NOTHING).all()


def test_takes_of_one_scene_alone_are_refused() -> None:
    with pytest.raises(ValueError, match="expected takes of two scenes at least, got those of 1"):
        SetDraws({(0, False): pools()[0, False]}, SetShares())
