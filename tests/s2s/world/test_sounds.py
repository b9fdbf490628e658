"""The world's sounds: what every take keeps to, and whether scenes can be told apart by ear of the simplest kind."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import spectrogram
from scipy.stats import spearmanr

from s2s.world.sounds import synthesize
from s2s.world.sounds.synthesis import SCENES as SOUNDS
from s2s.world.state import SCENES, SceneState, draw_state

pytestmark = pytest.mark.heavy

RATE_HZ = 16_000


def test_every_scene_has_a_sound() -> None:
    assert tuple(SOUNDS) == SCENES


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize(("duration_s", "rate_hz"), [(1.0, 48_000), (1.3, 16_000), (0.0721, 22_050), (0.5, 8_000)])
def test_every_scene_has_the_length_asked_for_and_stays_within_bounds(
    scene: str, duration_s: float, rate_hz: int
) -> None:
    sound = synthesize(draw_state(scene, 11), duration_s=duration_s, sample_rate_hz=rate_hz)
    assert sound.shape == (round(duration_s * rate_hz),)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= 1.0
    assert sound.any()


@pytest.mark.parametrize("scene", SCENES)
def test_the_nearest_and_the_farthest_take_stay_within_bounds(scene: str) -> None:
    for nearness in (0.0, 1.0):
        sound = synthesize(SceneState(scene, 5, nearness, 23.9), duration_s=1.0)
        assert np.isfinite(sound).all()
        assert np.abs(sound).max() <= 1.0


@pytest.mark.parametrize("scene", SCENES)
def test_one_state_gives_one_sound_and_another_seed_another(scene: str) -> None:
    first, again = (synthesize(SceneState(scene, 7, 0.6, 12.0), duration_s=1.0) for _ in range(2))
    other = synthesize(SceneState(scene, 8, 0.6, 12.0), duration_s=1.0)
    np.testing.assert_array_equal(first, again)
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.5


@pytest.mark.parametrize("scene", SCENES)
def test_nearer_is_louder(scene: str) -> None:
    nearness = np.linspace(0.0, 1.0, 6)
    takes = [SceneState(scene, 700 + seed, float(near), 12.0) for seed, near in enumerate(nearness)]
    levels = [float(np.std(synthesize(take, duration_s=2.0))) for take in takes]
    assert spearmanr(nearness, levels).statistic > 0.8
    assert levels[-1] > 10 * levels[0]


@pytest.mark.parametrize(
    "scene",
    ["rain", "sea", "stream", "waterfall", "wind", "traffic", "crowd", "choir", "helicopter", "train", "strings"],
)
def test_a_clip_begins_and_ends_in_the_middle_of_the_sound_without_a_click(scene: str) -> None:
    edge = RATE_HZ // 200
    shares = []
    for seed in range(6):
        sound = synthesize(SceneState(scene, seed, 0.7, 12.0), duration_s=1.0)
        steps = np.abs(np.diff(sound))
        shares.append([steps[:edge].max() / steps.max(), steps[-edge:].max() / steps.max()])
        assert np.std(sound[: 10 * edge]) > 0.02 * np.std(sound), "the scene already sounds as the clip begins"
    assert (np.median(shares, axis=0) < 0.8).all()


def profile(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return mean and deviation over time of 20-odd log-frequency bands, the clip's level taken away."""
    power = spectrogram(sound, RATE_HZ, nperseg=512, noverlap=353)[2]
    edges = np.unique(np.geomspace(1, 257, 25).astype(int))
    bands = np.log(np.add.reduceat(power, edges[:-1], axis=0) + 1e-12)
    bands -= bands.mean()
    return np.concatenate([bands.mean(axis=1), bands.std(axis=1)])


def test_scenes_are_told_apart_by_the_nearest_mean_of_their_bands_leaving_each_take_out() -> None:
    takes = 6
    profiles = np.array(
        [[profile(synthesize(draw_state(scene, seed), duration_s=2.0)) for seed in range(takes)] for scene in SCENES]
    )  # [scene, take, feature]
    profiles /= profiles.std(axis=(0, 1))
    totals = profiles.sum(axis=1)
    hits = 0
    for truth in range(len(SCENES)):
        for take in range(takes):
            means = totals / takes
            means[truth] = (totals[truth] - profiles[truth, take]) / (takes - 1)
            hits += int(np.argmin(np.square(means - profiles[truth, take]).sum(axis=1)) == truth)
    assert hits / (takes * len(SCENES)) > 0.5  # chance is 1 in 28


@pytest.mark.parametrize(
    ("duration_s", "rate_hz", "complaint"), [(0.0, 16_000, "at least one sample, got 0.0"), (1.0, 100, "got 100")]
)
def test_what_cannot_be_synthesised_is_refused(duration_s: float, rate_hz: int, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        synthesize(draw_state("rain", 1), duration_s=duration_s, sample_rate_hz=rate_hz)


_DIGEST = """
import hashlib, sys
from s2s.world.sounds import synthesize
from s2s.world.state import SCENES, draw_state
for scene in SCENES:
    print(hashlib.sha256(synthesize(draw_state(scene, 3), duration_s=0.5).tobytes()).hexdigest())
"""


@pytest.mark.proc
def test_another_process_that_orders_sets_otherwise_makes_the_same_sounds() -> None:
    ours = [hashlib.sha256(synthesize(draw_state(scene, 3), duration_s=0.5).tobytes()).hexdigest() for scene in SCENES]
    environment = {**os.environ, "PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"}
    theirs = subprocess.run([sys.executable, "-c", _DIGEST], env=environment, capture_output=True, check=True).stdout
    assert len(ours) == len(SCENES) and theirs.decode().split() == ours
