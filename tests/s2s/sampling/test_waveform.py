"""Section 5.1 on arrays: volumes, mixes and opposing curves, at any length and level."""

import math
import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from s2s.sampling.manipulate import FADE_CURVES, FadeCurve, Sound, at_level, at_volume, fade_db, mix, opposing_gains_db
from s2s.spectrogram import fit_clip, spectrogram
from s2s.spectrogram_spec import SpectrogramSpec

SHORT = SpectrogramSpec(clip_samples=2_000)
FIXED = SpectrogramSpec(clip_samples=2_000, normalisation="fixed", mean=-12.0, deviation=3.0)
lengths = st.integers(1, 3_000)
levels_db = st.floats(-160, 60)
gains_db = st.floats(-120, 40)
seeds = st.integers(0, 2**31)


def noise(num_samples: int, level_db: float, seed: int) -> Sound:
    level = 10 ** (level_db / 20)
    return (level * np.random.default_rng(seed).standard_normal(num_samples)).astype(np.float32)


def level_db(sound: Sound) -> float:
    return 10 * math.log10(float(np.mean(np.square(sound, dtype=np.float64))))


@settings(max_examples=60, deadline=None)
@given(num_samples=lengths, level=levels_db, seed=seeds, spec=st.sampled_from([SHORT, FIXED]))
def test_a_spectrogram_of_any_length_and_level_is_finite_and_whole(
    num_samples: int, level: float, seed: int, spec: SpectrogramSpec
) -> None:
    heard = spectrogram(fit_clip(noise(num_samples, level, seed), spec)[None], spec)
    assert heard.shape == (1, 1, spec.num_bins, spec.num_frames)
    assert heard.dtype == torch.float32
    assert bool(torch.isfinite(heard).all())


@settings(max_examples=60, deadline=None)
@given(num_samples=lengths, first=gains_db, second=gains_db, seed=seeds)
def test_two_changes_of_volume_are_one(num_samples: int, first: float, second: float, seed: int) -> None:
    sound = noise(num_samples, -10, seed)
    twice = at_volume(at_volume(sound, first), second)
    np.testing.assert_allclose(twice, at_volume(sound, first + second), rtol=1e-6)


def test_volume_is_measured_in_decibels_and_nothing_is_clipped() -> None:
    sound = noise(4_000, -10, 0)
    np.testing.assert_array_equal(at_volume(sound, 0.0), sound)
    assert level_db(at_volume(sound, 20.0)) - level_db(sound) == pytest.approx(20.0, abs=1e-4)
    assert np.abs(at_volume(sound, 60.0)).max() > 100
    assert not at_volume(sound, -math.inf).any()
    assert at_volume(sound, 6.0).dtype == np.float32


@pytest.mark.parametrize("gain_db", [math.nan, math.inf, 201.0])
def test_a_gain_that_is_none_is_refused(gain_db: float) -> None:
    with pytest.raises(ValueError, match="at most 200 decibels"):
        at_volume(noise(10, 0, 0), gain_db)


@settings(max_examples=40, deadline=None)
@given(num_samples=lengths, level=levels_db, wanted=st.floats(-90, 0), seed=seeds)
def test_recordings_are_brought_to_one_level(num_samples: int, level: float, wanted: float, seed: int) -> None:
    assert level_db(at_level(noise(num_samples, level, seed), wanted)) == pytest.approx(wanted, abs=1e-3)


def test_silence_has_no_level_and_none_is_above_full_scale() -> None:
    with pytest.raises(ValueError, match="silence"):
        at_level(np.zeros(10, np.float32), -20)
    with pytest.raises(ValueError, match="at most 0, got 3"):
        at_level(noise(10, 0, 0), 3)


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(st.tuples(lengths, levels_db, gains_db | st.just(-math.inf)), min_size=1, max_size=5),
    seed=seeds,
    order=st.randoms(use_true_random=False),
)
def test_mixing_is_commutative_to_the_last_bit(
    parts: list[tuple[int, float, float]], seed: int, order: random.Random
) -> None:
    sounds = [(noise(num_samples, level, seed + i), gain) for i, (num_samples, level, gain) in enumerate(parts)]
    shuffled = list(sounds)
    order.shuffle(shuffled)
    one, other = (mix([sound for sound, _ in pile], [gain for _, gain in pile]) for pile in (sounds, shuffled))
    assert one.dtype == np.float32
    assert len(one) == max(num_samples for num_samples, _, _ in parts)
    assert one.tobytes() == other.tobytes()


def test_a_mix_is_the_sum_and_the_shorter_sound_repeats() -> None:
    long, short = noise(10, 0, 0), noise(4, 0, 1)
    expected = long + np.resize(short, 10) / 10
    np.testing.assert_allclose(mix([long, short], [0.0, -20.0]), expected, rtol=1e-5)
    np.testing.assert_array_equal(mix([long]), long)
    np.testing.assert_array_equal(mix([long, short], [0.0, -math.inf]), long)


def test_a_mix_without_sounds_of_stereo_or_with_other_gains_is_refused() -> None:
    sound = noise(10, 0, 0)
    for sounds in ([], [sound, np.empty(0, np.float32)], [np.zeros((2, 10), np.float32)]):
        with pytest.raises(ValueError, match="one or more mono sounds"):
            mix(sounds)
    with pytest.raises(ValueError, match="one gain a sound, 2; got 1"):
        mix([sound, sound], [0.0])


@pytest.mark.parametrize("curve", FADE_CURVES)
def test_opposing_volumes_are_exact_at_both_ends(curve: FadeCurve) -> None:
    assert opposing_gains_db(0.0, curve) == (0.0, -math.inf)
    assert opposing_gains_db(1.0, curve) == (-math.inf, 0.0)
    going, coming = noise(500, -10, 0), noise(300, -20, 1)
    np.testing.assert_array_equal(mix([going, coming], opposing_gains_db(0.0, curve)), going)
    np.testing.assert_array_equal(mix([going, coming], opposing_gains_db(1.0, curve)), np.resize(coming, 500))


@settings(max_examples=60, deadline=None)
@given(position=st.floats(0, 1), curve=st.sampled_from(FADE_CURVES))
def test_each_curve_keeps_what_it_promises_and_treats_both_sounds_alike(position: float, curve: FadeCurve) -> None:
    going, coming = (10 ** (gain / 20) for gain in opposing_gains_db(position, curve))
    kept = going**2 + coming**2 if curve == "equal-power" else going + coming
    assert kept == pytest.approx(1.0, abs=1e-9)
    assert opposing_gains_db(position, curve)[1] == fade_db(position, curve)
    assert fade_db(position, curve) <= fade_db(min(1.0, position + 0.01), curve) <= 0.0


def test_a_position_or_curve_that_is_none_is_refused() -> None:
    for position in (-0.01, 1.01, math.nan):
        with pytest.raises(ValueError, match=r"position must be 0\.\.1"):
            opposing_gains_db(position)
    with pytest.raises(ValueError, match="equal-power, linear; got 'cubic'"):
        fade_db(0.5, "cubic")  # type: ignore[arg-type]
