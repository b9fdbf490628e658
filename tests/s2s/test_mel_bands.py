"""Mel bands of a clip: where a tone lies, how loud noise is, and what becomes of silence."""

import math

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from s2s.mel_bands import BANDS, band_shares, mel_bands, mel_bands_of_inputs, mel_filters
from s2s.spectrogram import fit_clip, log_power, spectrogram
from s2s.spectrogram_spec import SpectrogramSpec

SPEC = SpectrogramSpec(floor=1e-12, normalisation="fixed", mean=-21.0, deviation=4.0)


def bands_of_sound(sound: np.ndarray) -> torch.Tensor:
    return mel_bands(log_power(fit_clip(sound.astype(np.float32), SPEC), SPEC), SPEC)


@pytest.mark.parametrize("hz", [100.0, 440.0, 1000.0, 5000.0])
def test_a_tone_is_in_the_band_whose_pitch_it_has(hz: float) -> None:
    tone = 0.1 * np.sin(2 * np.pi * hz * np.arange(160_000) / 16_000)
    # The mel scale after O'Shaughnessy: the bands' middles are evenly apart on it, from 50 Hz to 8 kHz.
    low, high, own = (2595.0 * math.log10(1.0 + f / 700.0) for f in (50.0, 8000.0, hz))
    expected = (own - low) / (high - low) * (BANDS + 1) - 1
    assert int(bands_of_sound(tone).mean(dim=1).argmax()) == pytest.approx(expected, abs=1.0)


def test_white_noise_is_as_loud_in_every_band_and_its_level_is_its_own() -> None:
    noise = np.random.default_rng(0).normal(0.0, 0.05, 160_000)
    density = torch.expm1(bands_of_sound(noise)).mean(dim=1) * SPEC.floor
    assert_close(density, torch.full((BANDS,), 0.05**2 / 8000.0), rtol=0.15, atol=0.0)
    level_db = 10.0 * math.log10(float((density * band_shares(SPEC)).sum()) * 8000.0)
    assert level_db == pytest.approx(20.0 * math.log10(0.05), abs=0.1)


def test_silence_is_zero_and_a_column_is_two_of_the_spectrogram() -> None:
    silent = bands_of_sound(np.zeros(160_000))
    assert silent.shape == (BANDS, (SPEC.num_frames + 1) // 2) and float(silent.abs().max()) < 1e-6


def test_of_an_odd_number_of_columns_the_last_stands_for_itself() -> None:
    heard = log_power(fit_clip(np.random.default_rng(0).normal(0.0, 0.05, 160_000).astype(np.float32), SPEC), SPEC)
    five, six = mel_bands(heard[:, :5], SPEC), mel_bands(heard[:, [0, 1, 2, 3, 4, 4]], SPEC)
    assert_close(five, six)


def test_what_f_a_is_given_says_the_same() -> None:
    clips = torch.from_numpy(np.random.default_rng(0).normal(0.0, 0.05, (2, 160_000)).astype(np.float32))
    assert_close(
        mel_bands_of_inputs(spectrogram(clips, SPEC), SPEC), mel_bands(log_power(clips, SPEC), SPEC), atol=2e-3, rtol=0
    )


def test_bands_that_lie_between_two_bins_are_refused() -> None:
    coarse = SpectrogramSpec(window_samples=64, hop_samples=32)
    with pytest.raises(ValueError, match="64 mel bands need finer bins than 33 up to 8000 Hz"):
        mel_filters(coarse, torch.device("cpu"))
