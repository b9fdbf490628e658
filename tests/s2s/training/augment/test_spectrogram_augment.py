"""What a random microphone may and may not do to a sound, measured on spectrograms."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from s2s.spectrogram import fit_clip, log_power, power
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.augment.spectrogram_augment import (
    NO_AUGMENTATION,
    SpectrogramAugmentation,
    SpectrogramBatch,
    augment_spectrograms,
)
from s2s.training.engine.step_context import SampleRng
from tests.rounding import rounding

SPEC = SpectrogramSpec(clip_samples=32_000)
SECONDS = np.arange(SPEC.clip_samples) / SPEC.sample_rate_hz
NEVER_SILENT = 1e-9
"""Of the floor: hiss at -200 dB is never heard."""


def above_floor(sounds: np.ndarray) -> Tensor:
    """Return what `Pairs` holds of sounds [..., samples], in full precision."""
    return (log_power(torch.from_numpy(sounds), SPEC) - math.log(SPEC.floor)).float()


def tones(*frequencies_hz: float, level: float = 0.1) -> Tensor:
    """Return [b, bins, frames]."""
    waves = [level * np.sin(2 * np.pi * frequency * SECONDS) for frequency in frequencies_hz]
    return above_floor(np.stack(waves).astype(np.float32))


def noise(seed: int = 0, level: float = 0.1) -> np.ndarray:
    """Return one white noise [samples]; `level` is its RMS."""
    return (level * np.random.default_rng(seed).standard_normal(SPEC.clip_samples)).astype(np.float32)


def augmented(
    log_power: Tensor,
    augmentation: SpectrogramAugmentation,
    *,
    background: Tensor | None = None,
    calibrated: Tensor | None = None,
    seed: int = 0,
    sample_rng: SampleRng | None = None,
) -> Tensor:
    neither = torch.zeros(len(log_power), dtype=torch.bool)
    calibrated = neither if calibrated is None else calibrated
    sample_rng = sample_rng or SampleRng.whole_batch(torch.Generator().manual_seed(seed), len(log_power))
    background = torch.zeros_like(log_power) if background is None else background
    return augment_spectrograms(SpectrogramBatch(log_power, background, calibrated), augmentation, SPEC, sample_rng)


def powers(level: Tensor) -> Tensor:
    """Return power in units of the floor, float64."""
    return torch.expm1(level.double())


def decibels(ratio: Tensor) -> Tensor:
    return 10 * torch.log10(ratio)


def start_of(moved: Tensor, whole: Tensor) -> int:
    """Return which column of `whole` [bins, frames] became the first of `moved`."""
    return int((whole - moved[:, :1]).abs().sum(0).argmin())


def test_a_perfect_microphone_only_moves_the_start() -> None:
    log_power = above_floor(np.stack([noise(seed) for seed in range(4)]))
    before = log_power.clone()
    moved = augmented(log_power, NO_AUGMENTATION, background=log_power.roll(1, dims=0))
    starts = [start_of(one, whole) for one, whole in zip(moved, log_power, strict=True)]
    assert len(set(starts)) == 4
    for one, whole, start in zip(moved, log_power, starts, strict=True):
        assert_close(one, whole.roll(-start, dims=1), atol=1e-5, rtol=1e-5)
    assert torch.equal(log_power, before)


def test_silence_stays_silence_and_loud_stays_finite() -> None:
    silence = torch.zeros(2, SPEC.num_bins, SPEC.num_frames)
    assert float(augmented(silence, NO_AUGMENTATION).max()) < NEVER_SILENT
    loud = tones(440, 880, level=1.0)
    assert bool(torch.isfinite(augmented(loud, SpectrogramAugmentation(), background=silence)).all())
    assert bool(torch.isfinite(augmented(silence, SpectrogramAugmentation(), background=loud)).all())


@pytest.mark.parametrize("gain_db", [-12.0, 6.0])
def test_gain_moves_the_level_by_what_it_says(gain_db: float) -> None:
    log_power = above_floor(np.stack([noise(0), noise(1)]))
    louder = augmented(log_power, replace(NO_AUGMENTATION, gain_db=(gain_db, gain_db)))
    assert_close(decibels(powers(louder).mean() / powers(log_power).mean()).item(), gain_db, atol=1e-3, rtol=0)
    # The same as to hear the waveform that much louder.
    wave = above_floor((noise(0) * 10 ** (gain_db / 20)).astype(np.float32))
    assert_close(louder[0], wave.roll(-start_of(louder[0], wave), dims=1), atol=1e-4, rtol=1e-4)


def test_what_is_behind_a_sound_is_as_far_below_it_as_asked_however_loud_it_was() -> None:
    log_power, background = tones(1000, 1000, level=0.01), tones(4000, 4000, level=0.5)
    behind = replace(NO_AUGMENTATION, background_share=1.0, background_db=(-20.0, -20.0))
    out, alone = (
        powers(augmented(log_power, behind, background=background)),
        powers(augmented(log_power, NO_AUGMENTATION)),
    )
    low, high = slice(0, 64), slice(96, None)
    assert_close(out[:, low], alone[:, low], atol=1e-3, rtol=1e-3)
    assert_close(decibels(out[:, high].sum() / out[:, low].sum()).item(), -20.0, atol=0.1, rtol=0)


def test_only_some_sounds_have_something_behind_them() -> None:
    log_power, background = (tones(hz)[:, :, :20].expand(200, -1, -1) for hz in (1000, 4000))
    out = augmented(log_power, replace(NO_AUGMENTATION, background_share=0.35), background=background)
    share = (powers(out)[:, 128].mean(1) > 1.0).double().mean()
    assert float(share) == pytest.approx(0.35, abs=0.1)


@pytest.mark.parametrize("hiss_db", [-40.0, -20.0])
def test_hiss_is_as_loud_as_noise_of_that_rms(hiss_db: float) -> None:
    hiss = replace(NO_AUGMENTATION, hiss_db=(hiss_db, hiss_db))
    out = powers(augmented(torch.zeros(8, SPEC.num_bins, SPEC.num_frames), hiss)) * SPEC.floor
    wave = noise(level=10 ** (hiss_db / 20))
    real = power(torch.from_numpy(wave), SPEC)
    assert_close(decibels(out.mean((1, 2)) / real.mean()), torch.zeros(8).double(), atol=0.3, rtol=0)
    # In each bin it comes and goes as a real one does: its deviation is its mean.
    fading = out.std(2) / out.mean(2)
    assert float(fading.mean()) == pytest.approx(float((real.std(1) / real.mean(1))[1:-1].mean()), abs=0.05)


def test_hiss_falls_by_nothing_to_six_decibels_an_octave_and_no_two_are_alike() -> None:
    hiss = replace(NO_AUGMENTATION, hiss_db=(0.0, 0.0))
    out = powers(augmented(torch.zeros(40, SPEC.num_bins, SPEC.num_frames), hiss)).mean(2)
    octave_db = decibels(out[:, 60:70].mean(1) / out[:, 120:140].mean(1))
    assert float(octave_db.min()) > -0.5 and float(octave_db.max()) < 6.5
    assert float(octave_db.max() - octave_db.min()) > 4
    lowest = decibels(out[:, 1:20].mean(1) / out[:, 20:40].mean(1))
    assert float(lowest.abs().max()) < 1.0


def test_a_short_history_is_repeated_as_the_show_repeats_it() -> None:
    columns = 60
    kept_s = columns * SPEC.hop_s
    short = replace(NO_AUGMENTATION, short_share=1.0, shortest_s=kept_s, longest_short_s=kept_s)
    wave = noise()
    whole = above_floor(wave)
    out = augmented(whole[None], short, seed=1)[0]
    start = start_of(out, whole)
    assert start + columns < SPEC.num_frames, "take a seed that does not pass the end"
    history = wave[start * SPEC.hop_samples :][: columns * SPEC.hop_samples]
    shown = above_floor(fit_clip(history, SPEC).numpy())
    # Where a window lies across a seam, the show hears both sides of it at once.
    across = SPEC.window_samples // SPEC.hop_samples
    away = torch.arange(SPEC.num_frames) % columns < columns - across
    assert_close(out[:, away], shown[:, away], atol=1e-4, rtol=1e-4)
    assert not torch.allclose(out[:, ~away], shown[:, ~away], atol=0.1)


def test_a_history_is_short_within_its_range_and_never_longer_than_the_clip() -> None:
    whole = above_floor(noise())[None].expand(30, -1, -1)
    short = replace(NO_AUGMENTATION, short_share=0.5, shortest_s=0.6, longest_short_s=6.0)  # the clip has two seconds
    out = augmented(whole, short)
    repeats = [next(k for k in range(1, SPEC.num_frames + 1) if torch.equal(one[:, k:], one[:, :-k])) for one in out]
    cut = [k for k in repeats if k < SPEC.num_frames]
    assert 5 < len(cut) < 25
    assert min(cut) >= round(0.6 / SPEC.hop_s)


def response_of(augmentation: SpectrogramAugmentation, count: int) -> Tensor:
    """Return by how many dB each bin [count, bins] changes of a sound that is the same at all times."""
    flat = torch.full((count, SPEC.num_bins, 4), 10.0)
    return decibels(powers(augmented(flat, augmentation)) / powers(flat)).mean(2)


def test_a_room_tilts_the_spectrum_about_its_middle() -> None:
    response = response_of(replace(NO_AUGMENTATION, tilt_db=8.0), 30)
    ends, middle = response[:, -1], response[:, SPEC.num_bins // 2]
    assert float(ends.abs().max()) <= 8.01 and float(ends.max()) > 4 and float(ends.min()) < -4
    assert_close(response[:, 0], -ends, atol=0.02, rtol=0)
    assert_close(middle, torch.zeros_like(middle), atol=0.02, rtol=0)


def test_a_small_loudspeaker_ends_steeply() -> None:
    response = response_of(replace(NO_AUGMENTATION, lowpass_share=1.0, lowpass_hz=(2000.0, 2000.0)), 1)[0]
    bin_hz = SPEC.sample_rate_hz / SPEC.window_samples
    assert_close(response[: round(2000 / bin_hz)].abs().max().item(), 0.0, atol=1e-3, rtol=0)
    assert_close(response[round(4000 / bin_hz)].item(), -24.0, atol=0.01, rtol=0)
    assert_close(response[round(8000 / bin_hz)].item(), -48.0, atol=0.01, rtol=0)


def test_a_level_that_is_true_is_left_nearly_so() -> None:
    log_power = above_floor(np.stack([noise(seed) for seed in range(8)]))
    calibrated = torch.tensor([True, False] * 4)
    augmentation = replace(NO_AUGMENTATION, gain_db=(6.0, 10.0), calibrated_gain_db=(-1.0, 1.0))
    out = augmented(log_power, augmentation, calibrated=calibrated)
    gain_db = decibels(powers(out).mean((1, 2)) / powers(log_power).mean((1, 2)))
    assert (gain_db[calibrated].abs() < 1.01).all() and gain_db[calibrated].std() > 0.1
    assert ((gain_db[~calibrated] > 5.99) & (gain_db[~calibrated] < 10.01)).all()


def test_two_ranks_hear_what_one_would_have_heard() -> None:
    log_power = above_floor(np.stack([noise(seed) for seed in range(6)]))
    background = log_power.roll(-1, dims=0)
    augmentation = SpectrogramAugmentation(
        short_share=0.5, lowpass_share=0.5, background_share=0.5, hiss_db=(-40.0, -10.0)
    )
    together = augmented(log_power, augmentation, background=background)
    for share in (slice(0, 3), slice(3, 6)):
        sample_rng = SampleRng(torch.Generator().manual_seed(0), 6, share)
        part = augmented(
            log_power[share],
            augmentation,
            background=background[share],
            sample_rng=sample_rng,
        )
        assert_close(part, together[share], **rounding())


def test_the_same_lots_give_the_same_and_others_another() -> None:
    log_power = above_floor(np.stack([noise(0), noise(1)]))
    first, again, other = (augmented(log_power, SpectrogramAugmentation(), seed=seed) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.allclose(first, other, atol=0.1)
