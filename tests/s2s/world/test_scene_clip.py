"""What a clip of the world says about itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2s.world.scene_clip import Envelope, SceneClip, ScenePart, draw_clip
from s2s.world.state import LAID_OVER, SCENES, SHELTERED

THERE = Envelope.level(1.0)


def presence_of(clip: SceneClip, rate_hz: float = 100.0) -> np.ndarray:
    return np.array([moment[0].presence for moment in clip.moments(rate_hz)])


def test_a_curve_is_straight_between_its_knots_and_level_beyond_them() -> None:
    curve = Envelope(((1.0, 0.0), (3.0, 1.0)))
    assert [curve.at(t) for t in (0.0, 1.0, 2.0, 3.0, 9.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]
    times_s = np.linspace(0, 5, 31)
    np.testing.assert_allclose(curve.sampled(times_s), [curve.at(t) for t in times_s])


@pytest.mark.parametrize("knots", [(), ((2.0, 0.0), (1.0, 1.0)), ((0.0, 1.5),)])
def test_a_curve_that_goes_back_in_time_or_out_of_range_is_refused(knots: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="curve"):
        Envelope(knots)


@given(st.integers(0, 100_000))
def test_one_seed_draws_one_clip(seed: int) -> None:
    assert draw_clip(seed) == draw_clip(seed)
    assert draw_clip(seed) != draw_clip(seed + len(SCENES))


@given(st.integers(0, 100_000), st.floats(0.1, 0.4))
def test_a_thing_is_there_for_the_part_of_the_time_that_was_asked_for(seed: int, low: float) -> None:
    presence = presence_of(draw_clip(seed, visible=(low, low + 0.3)))
    assert low - 0.02 <= float(np.mean(presence >= 0.5)) <= low + 0.3 + 0.02


def test_seeds_that_follow_each_other_take_the_scenes_in_turn() -> None:
    assert [draw_clip(seed).parts[0].scene for seed in range(len(SCENES))] == list(SCENES)
    assert [draw_clip(seed, scenes=("sea", "bell")).parts[0].scene for seed in range(4)] == ["sea", "bell"] * 2


def test_a_second_scene_is_one_that_can_be_laid_over() -> None:
    outdoors = [scene for scene in SCENES if scene not in SHELTERED]
    clips = [draw_clip(seed, scenes=outdoors, parts=2) for seed in range(60)]
    assert all(clip.parts[1].scene in LAID_OVER for clip in clips)
    assert all(len({part.scene for part in clip.parts}) == 2 for clip in clips)


def test_no_rain_falls_indoors() -> None:
    clips = [draw_clip(seed, parts=2) for seed in range(60)]
    assert any(clip.parts[0].scene in SHELTERED for clip in clips)
    assert all(len(clip.parts) == 1 for clip in clips if clip.parts[0].scene in SHELTERED)


def test_about_a_fifth_of_the_clips_have_two_scenes() -> None:
    outdoors = [scene for scene in SCENES if scene not in SHELTERED]
    assert 0.14 < np.mean([len(draw_clip(seed, scenes=outdoors).parts) == 2 for seed in range(600)]) < 0.26


def test_the_moments_lie_in_the_middle_of_their_frames() -> None:
    clip = SceneClip(1, 12.0, (ScenePart("sea", 1, THERE, Envelope(((0.0, 0.0), (10.0, 1.0)))),))
    moments = clip.moments(10.0)
    assert len(moments) == 100
    assert moments[0][0].seconds == pytest.approx(0.05) and moments[-1][0].nearness == pytest.approx(0.995)


def test_a_clip_that_cannot_be_is_refused() -> None:
    sea, bell = ScenePart("sea", 1, THERE, THERE), ScenePart("bell", 1, THERE, THERE)
    with pytest.raises(ValueError, match="one part or two"):
        SceneClip(1, 12.0, ())
    with pytest.raises(ValueError, match="cannot be laid over"):
        SceneClip(1, 12.0, (bell, sea))
    with pytest.raises(ValueError, match="duration_s"):
        SceneClip(1, 12.0, (sea,), duration_s=0.0)
