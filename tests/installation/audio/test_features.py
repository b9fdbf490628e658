import math
from dataclasses import astuple
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from installation.audio.features import LISTEN_SAMPLES, FastPath
from installation.audio.following import AutoRange, Follower, Onset
from installation.values import FAST_FEATURE_NAMES, FEATURE_NAMES, SAMPLE_RATE_HZ, AudioBlock, Features, Samples

RNG_SEED = 7


def seconds(duration_s: float) -> NDArray[np.float64]:
    return np.arange(round(SAMPLE_RATE_HZ * duration_s)) / SAMPLE_RATE_HZ


def sine(frequency_hz: float, level: float, duration_s: float = 3.0) -> Samples:
    return (level * np.sin(2 * np.pi * frequency_hz * seconds(duration_s))).astype(np.float32)


def noise(level: float, duration_s: float = 3.0) -> Samples:
    rng = np.random.default_rng(RNG_SEED)
    return (level * rng.standard_normal(round(SAMPLE_RATE_HZ * duration_s))).astype(np.float32)


def listen(sound: Samples, fps: int = 60) -> list[tuple[float, Features]]:
    """What a show of `fps` pictures a second hears of `sound`, each with its time."""
    ears, heard = FastPath(), []
    for picture in range(1, int(len(sound) / SAMPLE_RATE_HZ * fps) + 1):
        now = picture / fps
        end = round(now * SAMPLE_RATE_HZ)
        heard.append((now, ears.listen(AudioBlock(sound[max(end - LISTEN_SAMPLES, 0) : end], now), now)))
    return heard


def at_end(sound: Samples) -> Features:
    return listen(sound)[-1][1]


def test_silence_is_zero_in_everything() -> None:
    for _, features in listen(np.zeros(SAMPLE_RATE_HZ, np.float32)):
        assert [getattr(features, name) for name in FAST_FEATURE_NAMES] == [0.0] * 6
        assert features.level_db == -120.0


@pytest.mark.parametrize(
    ("frequency_hz", "band"), [(60, "bass"), (100, "bass"), (700, "mid"), (1200, "mid"), (4000, "treble")]
)
def test_a_tone_moves_its_band_alone(frequency_hz: float, band: str) -> None:
    features = at_end(sine(frequency_hz, 0.5))
    bands = {name: getattr(features, name) for name in ("bass", "mid", "treble")}
    assert bands.pop(band) == pytest.approx(0.8, abs=0.02)  # steady sound leaves room for what stands out
    assert max(bands.values()) < 0.02


def test_the_level_in_decibels_is_absolute_and_leaves_an_offset_out() -> None:
    assert at_end(sine(1000, 1.0)).level_db == pytest.approx(-3.01, abs=0.1)
    assert at_end(sine(1000, 0.01) + 0.3).level_db == pytest.approx(-43.01, abs=0.1)
    offset = at_end(np.full(SAMPLE_RATE_HZ, 0.5, np.float32))
    assert max(offset.level, offset.bass, offset.mid) < 1e-3


@pytest.mark.parametrize("level", [0.02, 0.1, 0.5])
def test_soft_and_loud_rooms_use_the_same_range(level: float) -> None:
    """A beat of 12 dB shows as large in a soft room as in a loud one, a few seconds after it began."""
    beat = np.where(seconds(6.0) % 0.5 < 0.25, 1.0, 0.25).astype(np.float32)
    levels = [features.level for now, features in listen(noise(level, 6.0) * beat) if now > 4]
    assert 0.75 < max(levels) < 1.0
    assert 0.35 < min(levels) < 0.5


def test_the_hiss_of_a_quiet_room_hardly_shows() -> None:
    features = at_end(noise(0.0007))  # -63 dB
    assert max(features.level, features.bass, features.mid, features.treble) < 0.2


def test_the_centroid_follows_pitch_on_a_scale_of_octaves() -> None:
    centroids = [at_end(sine(frequency_hz, 0.3)).centroid for frequency_hz in (120, 480, 1920, 7680)]
    assert all(0.2 < after - before < 0.35 for before, after in pairwise(centroids))
    assert at_end(sine(4 * 120, 0.03)).centroid == pytest.approx(centroids[1], abs=0.02)  # loudness plays no part


def hits(times_s: list[float], duration_s: float, floor: float) -> Samples:
    sound = noise(floor, duration_s)
    for at_s in times_s:
        start = round(at_s * SAMPLE_RATE_HZ)
        sound[start : start + 1600] += noise(0.3, 0.1) * np.exp(-np.arange(1600) / 400).astype(np.float32)
    return sound


@pytest.mark.parametrize("fps", [24, 30, 60, 144])
@pytest.mark.parametrize("floor", [0.0, 0.02])
def test_every_hit_is_an_onset_once_and_fades(fps: int, floor: float) -> None:
    times_s = [0.8 + 0.61 * number for number in range(8)]
    heard = listen(hits(times_s, 6.5, floor), fps)
    for at_s in times_s:
        assert max(features.onset for now, features in heard if at_s <= now < at_s + 0.09) > 0.6
        assert max(features.onset for now, features in heard if at_s + 0.45 <= now < at_s + 0.6) < 0.15


def test_steady_sound_has_no_onsets_but_its_first() -> None:
    for sound in (noise(0.1), sine(220, 0.3)):
        assert max(features.onset for now, features in listen(sound) if now > 1.5) < 0.1


def test_a_beginning_is_seen_within_thirty_milliseconds() -> None:
    sound = np.concatenate([np.zeros(SAMPLE_RATE_HZ, np.float32), noise(0.3, 0.2)])
    heard = {round(1000 * (now - 1)): features for now, features in listen(sound, fps=1000) if now >= 1}
    assert heard[30].onset > 0.9
    assert heard[30].level > 0.9
    assert min(heard[30].bass, heard[30].mid, heard[30].treble) > 0.6


def test_the_frame_rate_changes_nothing() -> None:
    """At the times that 30 and 144 pictures a second share, both have come to the same."""
    beat = (0.5 + 0.5 * np.sin(2 * np.pi * 1.5 * seconds(4.0))).astype(np.float32)
    sound = np.concatenate([np.zeros(8000, np.float32), sine(100, 0.2, 4.0) * beat + noise(0.05, 4.0) * beat[::-1]])
    slow = {round(now, 6): features for now, features in listen(sound, 30)}
    fast = {round(now, 6): features for now, features in listen(sound, 144)}
    shared = sorted(set(slow) & set(fast))
    assert len(shared) > 20
    for name, tolerance in (("level", 0.08), ("bass", 0.08), ("mid", 0.08), ("treble", 0.08), ("centroid", 0.08)):
        gaps = [abs(getattr(slow[now], name) - getattr(fast[now], name)) for now in shared]
        assert max(gaps) < tolerance, name


@pytest.mark.parametrize("fps", [30, 144])
def test_envelopes_take_the_seconds_they_were_given(fps: int) -> None:
    follower, reach, onset = Follower(attack_s=0.1, release_s=0.4), AutoRange(least_db=-40.0), Onset(fade_s=0.15)
    for _ in range(fps):
        risen = follower.follow(1.0, 1 / fps)
        reach.place(-10.0, 1 / fps)
    assert risen == pytest.approx(1 - math.exp(-1 / 0.1))
    assert reach.ceiling_db == pytest.approx(-4 - 36 * math.exp(-1 / 0.3))
    onset.follow(60.0, 1 / fps)
    for _ in range(fps):
        fallen = follower.follow(0.0, 1 / fps)
        reach.place(-90.0, 1 / fps)
        faded = onset.follow(0.0, 1 / fps)
    assert fallen == pytest.approx(risen * math.exp(-1 / 0.4))
    assert reach.ceiling_db == pytest.approx(-5 - 36 * math.exp(-1 / 0.3))
    assert faded == pytest.approx(math.exp(-1 / 0.15))


def test_sound_that_stands_still_moves_nothing_after_half_a_second() -> None:
    ears, block = FastPath(), AudioBlock(noise(0.3, 0.1), 10.0)
    assert ears.listen(block, 10.01).level > 0
    for picture in range(240):
        features = ears.listen(block, 10.6 + picture / 60)
    assert max(getattr(features, name) for name in FAST_FEATURE_NAMES) < 1e-3
    assert features.heard_at == 10.0


def test_too_little_sound_is_taken_as_after_silence() -> None:
    ears = FastPath()
    assert astuple(ears.listen(AudioBlock(np.zeros(0, np.float32), 0.0), 0.0))[:6] == (0.0,) * 6
    assert ears.listen(AudioBlock(noise(0.3, 0.01), 0.02), 0.02).level > 0


def test_nothing_leaves_its_range() -> None:
    rng = np.random.default_rng(RNG_SEED)
    ears, now = FastPath(), 0.0
    for _ in range(300):
        now += float(rng.uniform(0, 0.3))
        sound = rng.standard_normal(rng.integers(0, 1500)) * 10 ** rng.uniform(-7, 1.5)
        features = ears.listen(AudioBlock(sound.astype(np.float32), now), now)
        assert all(0.0 <= getattr(features, name) <= 1.0 for name in FEATURE_NAMES)
        assert math.isfinite(features.level_db)


def test_listening_costs_little(benchmark: object) -> None:
    ears, block = FastPath(), AudioBlock(noise(0.1, 0.1), 0.0)
    benchmark(ears.listen, block, 0.0)  # type: ignore[operator]
