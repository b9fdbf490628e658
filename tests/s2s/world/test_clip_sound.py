"""The sound of clips: presence and nearness are heard, events fall where their thing is, parts add up."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr

from s2s.world.scene_clip import Envelope, SceneClip, ScenePart, draw_clip
from s2s.world.sounds import synthesize_clip
from s2s.world.sounds.space import FAR_DBFS, NEAR_DBFS
from s2s.world.state import SCENES
from s2s.world.truth import loudness_db

pytestmark = pytest.mark.heavy

ALWAYS = Envelope.level(1.0)
RATE_HZ = 16_000


def visit(begin_s: float, end_s: float, ramp_s: float = 0.2) -> tuple[tuple[float, float], ...]:
    return ((begin_s - ramp_s, 0.0), (begin_s, 1.0), (end_s, 1.0), (end_s + ramp_s, 0.0))


def one(
    scene: str, seed: int, presence: Envelope = ALWAYS, nearness: Envelope | float = 0.7, duration_s: float = 6.0
) -> SceneClip:
    near = Envelope.level(nearness) if isinstance(nearness, float) else nearness
    return SceneClip(seed, 12.0, (ScenePart(scene, seed, presence, near),), duration_s)


def level_db(sound: NDArray[np.float32], begin_s: float, end_s: float) -> float:
    return float(loudness_db(sound[int(begin_s * RATE_HZ) : int(end_s * RATE_HZ)], 1)[0])


@pytest.mark.parametrize("scene", SCENES)
def test_a_thing_is_silent_until_it_comes_and_sounds_at_every_visit(scene: str) -> None:
    """Also where its events are seconds apart: a bark, a stroke of the bell."""
    clip = one(scene, 21, Envelope(visit(1.0, 2.6) + visit(4.0, 5.6)))
    levels = loudness_db(synthesize_clip(clip).parts[0], 60)
    expected = FAR_DBFS + 0.7 * (NEAR_DBFS - FAR_DBFS)
    assert levels[:7].max() < -100.0
    for first, last in ((10, 26), (40, 56)):
        assert abs(levels[first:last].max() - expected) < 16.0
    # What is left between the visits is the place's, dying away.
    assert levels[35:38].max() < levels[10:26].max() - 12.0


@pytest.mark.parametrize("scene", ["rain", "traffic", "strings", "waterfall", "crowd"])
def test_a_thing_that_draws_near_grows_louder_by_the_law_and_brighter(scene: str) -> None:
    coming = Envelope(((0.0, 0.0), (6.0, 1.0)))
    rises, tilts = [], []
    for seed in range(4):
        part = synthesize_clip(one(scene, seed, nearness=coming)).parts[0]
        levels = loudness_db(part, 12)
        assert spearmanr(np.arange(12), levels).statistic > 0.85
        rises.append(levels[-2:].mean() - levels[:2].mean())
        tilts.append(brightness_hz(part[-2 * RATE_HZ :]) / brightness_hz(part[: 2 * RATE_HZ]))
    # From a twelfth to eleven twelfths of the way.
    assert np.mean(rises) == pytest.approx(10 / 12 * (NEAR_DBFS - FAR_DBFS), abs=5.0)
    assert np.mean(tilts) > 1.0


def brightness_hz(sound: NDArray[np.float32]) -> float:
    power = np.square(np.abs(np.fft.rfft(sound)))
    return float((np.arange(power.size) * power).sum() / power.sum() / sound.size * RATE_HZ)


def test_reverberation_outlives_the_thing_that_leaves() -> None:
    tails = []
    for seed in range(6):
        levels = loudness_db(synthesize_clip(one("choir", seed, Envelope(visit(0.5, 3.0, 0.05)))).parts[0], 60)
        assert (np.diff(levels[32:50]) < 3.0).all(), "it only dies away"
        tails.append(levels[32])
    assert np.median(tails) > -60.0


def test_the_parts_and_the_surroundings_are_the_sound() -> None:
    rain = ScenePart("rain", 3, ALWAYS, Envelope.level(0.5))
    clip = SceneClip(3, 12.0, (ScenePart("train", 3, Envelope(visit(1.0, 3.0)), Envelope.level(0.5)), rain), 5.0)
    heard = synthesize_clip(clip)
    assert heard.sound.shape == (5 * RATE_HZ,)
    assert heard.parts.shape == (2, 5 * RATE_HZ)
    assert heard.sound.dtype == heard.parts.dtype == np.float32
    assert np.abs(heard.sound).max() <= 1.0
    left = heard.sound - heard.parts.sum(axis=0)
    assert level_db(left, 0.0, 5.0) < level_db(heard.parts[1], 0.0, 5.0) - 12.0
    alone = synthesize_clip(SceneClip(3, 12.0, clip.parts[:1], 5.0))
    np.testing.assert_array_equal(alone.parts[0], heard.parts[0])


@pytest.mark.parametrize("scene", ["dog", "clock", "rain"])
def test_the_surroundings_stay_when_nobody_is_there(scene: str) -> None:
    heard = synthesize_clip(one(scene, 2, Envelope(visit(0.5, 2.0))))
    bare = loudness_db(heard.sound[4 * RATE_HZ :], 20)
    assert bare.min() > -110.0
    assert np.ptp(bare) < 20.0


def test_a_part_that_never_comes_is_silence_and_not_noise_blown_up() -> None:
    heard = synthesize_clip(one("bell", 4, Envelope.level(0.0)))
    assert not heard.parts.any()
    assert np.abs(heard.sound).max() < 0.1


def test_a_clip_sounds_the_same_twice_and_another_seed_otherwise() -> None:
    first, again, other = (synthesize_clip(draw_clip(seed, parts=2)).sound for seed in (5, 5, 5 + len(SCENES)))
    np.testing.assert_array_equal(first, again)
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.5


@pytest.mark.parametrize("rate_hz", [8_000, 48_000])
def test_a_clip_may_be_short_and_at_another_rate(rate_hz: int) -> None:
    heard = synthesize_clip(one("drums", 1, duration_s=0.3), sample_rate_hz=rate_hz)
    assert heard.sound.shape == (round(0.3 * rate_hz),)
    assert np.isfinite(heard.sound).all()
    assert heard.sound.any()


def test_a_rate_that_no_sound_has_is_refused() -> None:
    with pytest.raises(ValueError, match="got 100"):
        synthesize_clip(one("rain", 1), sample_rate_hz=100)
