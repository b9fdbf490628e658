"""What of two things that are heard is painted, and which of them owns the place."""

import pytest

from installation.render.layers import layers_of, unknown_names
from installation.status import HeardSource
from s2s.world.scene_clip import draw_clip
from s2s.world.state import LAID_OVER, SCENES, SHELTERED


def heard(*names: str) -> list[HeardSource]:
    return [HeardSource(name, 0.9 - 0.2 * number) for number, name in enumerate(names)]


def layers(*names: str, place: str | None = None) -> list[str]:
    return [source.name for source in layers_of(heard(*names), place)]


@pytest.mark.parametrize(
    ("sources", "painted"),
    [
        ([], []),
        (["sea"], ["sea"]),
        (["sea", "helicopter"], ["sea", "helicopter"]),
        (["helicopter", "sea"], ["sea", "helicopter"]),
        (["choir", "rain"], ["rain", "choir"]),
        (["clock", "rain"], ["clock"]),
        (["helicopter", "underwater"], ["helicopter"]),
        (["clock", "drums"], ["clock"]),
        (["sea", "fire"], ["sea"]),
        (["rain", "wind"], ["rain", "wind"]),
        (["sea", "sea"], ["sea"]),
    ],
    ids=lambda names: "+".join(names) or "nothing",
)
def test_the_first_owns_the_place_unless_only_the_other_way_round_can_be_painted(
    sources: list[str], painted: list[str]
) -> None:
    assert layers(*sources) == painted


def test_a_place_stays_the_place_when_two_change_their_ranks() -> None:
    assert layers("rain", "wind", place="wind") == ["wind", "rain"]
    assert layers("helicopter", "sea", place="helicopter") == ["sea", "helicopter"]


def test_a_name_that_the_world_does_not_have_is_left_out_and_told() -> None:
    assert layers("other", "rain") == ["rain"] and layers("people sneezing", "other") == []
    assert unknown_names(heard("other", "rain")) == ("other",)


@pytest.mark.parametrize("first", SCENES)
def test_whatever_is_heard_what_is_painted_can_be_composed(first: str) -> None:
    for second in SCENES:
        painted = layers(first, second)
        assert painted and set(painted) <= {first, second}
        if len(painted) == 2:
            assert painted[1] in LAID_OVER and painted[0] not in SHELTERED


def test_every_pair_of_the_worlds_own_clips_is_painted_as_the_clip_has_it() -> None:
    clips = [draw_clip(seed, parts=2) for seed in range(60)]
    pairs = [[part.scene for part in clip.parts] for clip in clips if len(clip.parts) == 2]
    assert len(pairs) > 30 and all(layers(*pair) == pair for pair in pairs)
