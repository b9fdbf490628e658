"""Which scenes can be painted together, and which of two is the place."""

import pytest

from s2s.world.composition import composable_pairs, composes, in_order
from s2s.world.scene_clip import Envelope, SceneClip, ScenePart


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [
        ("sea", "helicopter", ("sea", "helicopter")),
        ("helicopter", "sea", ("sea", "helicopter")),
        ("rain", "dog", ("rain", "dog")),
        ("sea", "train", None),
        ("clock", "rain", None),
        ("rain", "rain", None),
        ("rain", "other", None),
        ("other", "rain", None),
    ],
)
def test_the_place_is_the_scene_that_can_hold_the_other(first: str, second: str, order: tuple[str, str] | None) -> None:
    assert in_order(first, second) == order


def test_every_pair_is_one_that_a_clip_takes() -> None:
    level = Envelope.level(1.0)
    for pair in composable_pairs():
        assert composes(*pair)
        SceneClip(0, 12.0, tuple(ScenePart(scene, 0, level, level) for scene in pair))
    assert len(composable_pairs()) == len(set(composable_pairs())) > 300
