"""What a microphone in a room does to a clean sound, drawn at random: level, company, room, noise, colour.

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
from s2s.training.augment.dynamics import compressed
from s2s.training.augment.masking import masked
from s2s.training.augment.response import hum, response_db, tilt_of
from s2s.training.augment.reverberation import reverberated
from s2s.training.engine.step_context import SampleRng

_LOWEST_BIN: Final = 40  # noise falls from here on upwards: 1250 Hz of the published 257 bins


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
    room_share: float = 0.5
    decay_s: tuple[float, float] = (0.3, 6.0)
    direct_db: tuple[float, float] = (-6.0, 12.0)  # the direct sound against what the room adds
    compression_share: float = 0.25
    compression_threshold_db: tuple[float, float] = (-20.0, -3.0)  # below the loudest moment
    compression_ratio: tuple[float, float] = (1.5, 20.0)
    hum_share: float = 0.15
    hum_db: tuple[float, float] = (-90.0, -50.0)  # its fundamental
    equaliser_db: float = 2.5  # deviation of each octave
    tilt_db: float = 8.0  # either way, over the whole band
    steady_tilt: float = 0.5  # of that, for sounds without events
    mask_share: float = 0.3
    longest_mask_s: float = 0.8
    widest_mask_bins: int = 24
    lowpass_share: float = 0.25
    lowpass_hz: tuple[float, float] = (2500.0, 7500.0)


NO_AUGMENTATION: Final = SpectrogramAugmentation(
    gain_db=(0.0, 0.0),
    calibrated_gain_db=(0.0, 0.0),
    hiss_db=(-200.0, -200.0),
    background_share=0.0,
    short_share=0.0,
    room_share=0.0,
    compression_share=0.0,
    hum_share=0.0,
    equaliser_db=0.0,
    tilt_db=0.0,
    steady_tilt=1.0,
    mask_share=0.0,
    lowpass_share=0.0,
)
"""A perfect microphone in an empty room: only the random time roll is left."""


@dataclass(frozen=True, slots=True)
class SpectrogramBatch:
    """Clean spectrograms: log power above the floor [b, bins, frames], and as much of the background of each.

    `calibrated` is bool [b]: its level is true.
    """

    log_power: Tensor
    background: Tensor
    calibrated: Tensor

    def __post_init__(self) -> None:
        assert self.log_power.shape == self.background.shape, f"{self.log_power.shape}, {self.background.shape}"
        assert self.calibrated.shape == self.log_power.shape[:1], f"{self.calibrated.shape}"


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
    beside = torch.expm1(batch.background)
    ratio = power.mean((1, 2)) / beside.mean((1, 2)).clamp_min(1e-6)
    share = sample_rng.chance(augmentation.background_share).float() * _ratio(
        sample_rng.uniform(*augmentation.background_db)
    )
    power = power + beside * (ratio * share.to(device))[:, None, None]
    power = power * _ratio(gain_db).to(device)[:, None, None]
    power = _in_place(power, augmentation, spec, sample_rng)
    return _masked(torch.log1p(_cut_short(power, augmentation, spec, sample_rng)), augmentation, spec, sample_rng)


def _in_place(
    power: Tensor, augmentation: SpectrogramAugmentation, spec: SpectrogramSpec, sample_rng: SampleRng
) -> Tensor:
    """Return power as it arrives through a room, a microphone and a recorder, with their noises."""
    a, device = augmentation, power.device
    tilt_db = tilt_of(power, a.tilt_db, a.steady_tilt, sample_rng)
    power = reverberated(power, a.room_share, a.decay_s, a.direct_db, spec.hop_s, sample_rng)
    power = power + _hiss(power, a, spec, sample_rng)
    response = response_db(tilt_db, a.equaliser_db, a.lowpass_share, a.lowpass_hz, spec, sample_rng)
    power = power * _ratio(response).to(device)[:, :, None]
    power = power + hum(a.hum_share, a.hum_db, spec, sample_rng).to(device)[:, :, None]
    return compressed(power, a.compression_share, a.compression_threshold_db, a.compression_ratio, sample_rng)


def _masked(
    log_power: Tensor, augmentation: SpectrogramAugmentation, spec: SpectrogramSpec, sample_rng: SampleRng
) -> Tensor:
    columns = round(augmentation.longest_mask_s / spec.hop_s)
    return masked(log_power, augmentation.mask_share, columns, augmentation.widest_mask_bins, sample_rng)


def random_time_roll(power: Tensor, sample_rng: SampleRng) -> Tensor:
    """Return each spectrogram [bins, frames] of the batch begun at a random frame, its beginning after its end."""
    offsets = sample_rng.integers(power.shape[-1]).tolist()
    return torch.stack([one.roll(offset, dims=-1) for one, offset in zip(power, offsets, strict=True)])


def falling_noise(steepness: Tensor, level_db: Tensor, spec: SpectrogramSpec) -> Tensor:
    """Return the mean density [b, bins], in units of the floor, of noises of RMS `level_db` [b] that fall by 6 dB an
    octave times their `steepness` [b].
    """
    falling = torch.arange(spec.num_bins).clamp_min(_LOWEST_BIN * (spec.num_bins - 1) / 256).float()
    spectrum = falling[None, :] ** -(2.0 * steepness)[:, None]
    spectrum = spectrum / spectrum.mean(1, keepdim=True)
    density = _ratio(level_db) / (spec.sample_rate_hz / 2) / spec.floor
    return spectrum * density[:, None]


def _hiss(power: Tensor, augmentation: SpectrogramAugmentation, spec: SpectrogramSpec, sample_rng: SampleRng) -> Tensor:
    """Return noise of the shape of `power`, in units of the floor, that falls by 0 to 6 dB an octave."""
    _, bins, frames = power.shape
    steepness, level_db = sample_rng.uniform(), sample_rng.uniform(*augmentation.hiss_db)
    levels = falling_noise(steepness, level_db, spec).to(power.device)[:, :, None]
    # One pattern of fading for the whole batch, begun elsewhere in each: noise is no two times alike to an encoder
    # that hears another pattern at every step.
    fading = torch.empty(bins, frames).exponential_(generator=sample_rng.torch_rng).to(power.device)
    offsets = sample_rng.integers(frames).tolist()
    return torch.stack([fading.roll(offset, dims=-1) * level for offset, level in zip(offsets, levels, strict=True)])


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
