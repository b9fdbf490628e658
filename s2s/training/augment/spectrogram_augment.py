"""What a microphone in a room does to a clean sound, drawn at random: level, place in time, noise, company, colour.

An encoder trained on clean synthesis alone mistakes every room and every microphone for a new scene. All of it happens
to power spectra, on the device of the batch: sounds that have nothing to do with each other add up in power, and a
spectrogram that was computed once serves for ever.
"""

import math
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.engine.step_context import SampleRng

_LOWEST_BIN: Final = 40  # noise falls from here on upwards: 1250 Hz of the published 257 bins
_STEEP_DB_OCTAVE: Final = 24.0


@dataclass(frozen=True, slots=True)
class SpectrogramAugmentation:
    """Ranges of what may happen to a sound; levels in dB, of full scale unless said otherwise."""

    gain_db: tuple[float, float] = (-12.0, 10.0)
    calibrated_gain_db: tuple[float, float] = (-2.0, 2.0)  # where the level tells how near a thing is: to be heard
    hiss_db: tuple[float, float] = (-95.0, -45.0)  # RMS
    background_share: float = 0.35
    background_db: tuple[float, float] = (-30.0, -12.0)  # relative to the sound itself
    short_share: float = 0.25
    shortest_s: float = 0.6
    longest_short_s: float = 6.0
    tilt_db: float = 8.0  # either way, over the whole band
    lowpass_share: float = 0.25
    lowpass_hz: tuple[float, float] = (2500.0, 7500.0)
    fade_share: float = 0.8  # of the pairs that may fade
    fade_db: tuple[float, float] = (-80.0, -10.0)


NO_AUGMENTATION: Final = SpectrogramAugmentation(
    gain_db=(0.0, 0.0),
    calibrated_gain_db=(0.0, 0.0),
    hiss_db=(-200.0, -200.0),
    background_share=0.0,
    short_share=0.0,
    tilt_db=0.0,
    lowpass_share=0.0,
    fade_share=0.0,
)
"""A perfect microphone in an empty room: only the random time roll is left."""


@dataclass(frozen=True, slots=True)
class SpectrogramBatch:
    """Clean spectrograms: log power above the floor [b, bins, frames], and as much of the background of each.

    `may_fade` and `calibrated` are bool [b]: it also stands for what is too quiet to tell; its level is true.
    """

    log_power: Tensor
    background: Tensor
    may_fade: Tensor
    calibrated: Tensor

    def __post_init__(self) -> None:
        assert self.log_power.shape == self.background.shape, f"{self.log_power.shape}, {self.background.shape}"
        assert self.may_fade.shape == self.calibrated.shape == self.log_power.shape[:1], f"{self.may_fade.shape}"


def augment_spectrograms(
    batch: SpectrogramBatch, augmentation: SpectrogramAugmentation, spec: SpectrogramSpec, sample_rng: SampleRng
) -> Tensor:
    """Return log power above the floor [b, bins, frames] as a random microphone might have it."""
    device = batch.log_power.device
    power = random_time_roll(torch.expm1(batch.log_power), sample_rng)  # in units of the floor
    unknown_db, true_db = (
        sample_rng.uniform(*augmentation.gain_db),
        sample_rng.uniform(*augmentation.calibrated_gain_db),
    )
    gain_db = torch.where(batch.calibrated.cpu(), true_db, unknown_db)
    faded = sample_rng.chance(augmentation.fade_share) & batch.may_fade.cpu()
    gain_db = gain_db + torch.where(faded, sample_rng.uniform(*augmentation.fade_db), torch.zeros(()))
    beside = torch.expm1(batch.background)
    ratio = power.mean((1, 2)) / beside.mean((1, 2)).clamp_min(1e-6)
    share = sample_rng.chance(augmentation.background_share).float() * _ratio(
        sample_rng.uniform(*augmentation.background_db)
    )
    power = power + beside * (ratio * share.to(device))[:, None, None]
    power = power * _ratio(gain_db).to(device)[:, None, None]
    power = power + _hiss(power, augmentation, spec, sample_rng)
    power = power * _response(augmentation, spec, sample_rng).to(device)[:, :, None]
    return torch.log1p(_cut_short(power, augmentation, spec, sample_rng))


def random_time_roll(power: Tensor, sample_rng: SampleRng) -> Tensor:
    """Return each spectrogram [bins, frames] of the batch begun at a random frame, its beginning after its end."""
    offsets = sample_rng.integers(power.shape[-1]).tolist()
    return torch.stack([one.roll(offset, dims=-1) for one, offset in zip(power, offsets, strict=True)])


def _hiss(power: Tensor, augmentation: SpectrogramAugmentation, spec: SpectrogramSpec, sample_rng: SampleRng) -> Tensor:
    """Return noise of the shape of `power`, in units of the floor, that falls by 0 to 6 dB an octave."""
    _, bins, frames = power.shape
    falling = torch.arange(bins).clamp_min(_LOWEST_BIN * (bins - 1) / 256).float()
    spectrum = falling[None, :] ** -(2.0 * sample_rng.uniform())[:, None]
    spectrum = spectrum / spectrum.mean(1, keepdim=True)
    density = _ratio(sample_rng.uniform(*augmentation.hiss_db)) / (spec.sample_rate_hz / 2) / spec.floor
    # One pattern of fading for the whole batch, begun elsewhere in each: noise is no two times alike to an encoder
    # that hears another pattern at every step.
    fading = torch.empty(bins, frames).exponential_(generator=sample_rng.torch_rng).to(power.device)
    offsets = sample_rng.integers(frames).tolist()
    levels = (spectrum * density[:, None]).to(power.device)[:, :, None]
    return torch.stack([fading.roll(offset, dims=-1) * level for offset, level in zip(offsets, levels, strict=True)])


def _response(augmentation: SpectrogramAugmentation, spec: SpectrogramSpec, sample_rng: SampleRng) -> Tensor:
    """Return a gain of power per bin [b, bins]: a tilt, and sometimes a steep end as of a small loudspeaker."""
    position = torch.linspace(-1.0, 1.0, spec.num_bins)
    response_db = position * sample_rng.uniform(-augmentation.tilt_db, augmentation.tilt_db)[:, None]
    frequency_hz = torch.linspace(0.0, spec.sample_rate_hz / 2, spec.num_bins).clamp_min(1.0)
    octaves = torch.log2(frequency_hz / sample_rng.uniform(*augmentation.lowpass_hz)[:, None]).clamp_min(0.0)
    steep = sample_rng.chance(augmentation.lowpass_share).float()[:, None] * _STEEP_DB_OCTAVE
    return _ratio(response_db - steep * octaves)


def _cut_short(
    power: Tensor, augmentation: SpectrogramAugmentation, spec: SpectrogramSpec, sample_rng: SampleRng
) -> Tensor:
    """Repeat the beginning of some: the show repeats a short history, and its first seconds must be understood too."""
    frames = power.shape[-1]
    is_short = sample_rng.chance(augmentation.short_share).tolist()
    longest_s = min(augmentation.longest_short_s, spec.clip_samples / spec.sample_rate_hz)
    seconds = sample_rng.uniform(min(augmentation.shortest_s, longest_s), longest_s).tolist()
    for row, (short, kept_s) in enumerate(zip(is_short, seconds, strict=True)):
        kept = max(1, round(kept_s / spec.hop_s))
        if short and kept < frames:
            repeats = math.ceil(frames / kept)
            power[row] = power[row, :, :kept].repeat(1, repeats)[:, :frames]
    return power


def _ratio(level_db: Tensor) -> Tensor:
    """Return the ratio of powers."""
    return 10.0 ** (level_db / 10.0)
