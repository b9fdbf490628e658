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
from s2s.training.engine.step_context import Lots

_LOWEST_BIN: Final = 40  # noise falls from here on upwards: 1250 Hz of the published 257 bins
_STEEP_DB_OCTAVE: Final = 24.0


@dataclass(frozen=True, slots=True)
class Hearing:
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


STILL: Final = Hearing(
    gain_db=(0.0, 0.0),
    calibrated_gain_db=(0.0, 0.0),
    hiss_db=(-200.0, -200.0),
    background_share=0.0,
    short_share=0.0,
    tilt_db=0.0,
    lowpass_share=0.0,
    fade_share=0.0,
)
"""A perfect microphone in an empty room: it only moves the start."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Sounds as they are: log power above the floor [b, bins, frames], and as much of what is faintly behind each.

    `may_fade` and `calibrated` are bool [b]: it also stands for what is too quiet to tell; its level is true.
    """

    sounds: Tensor
    others: Tensor
    may_fade: Tensor
    calibrated: Tensor

    def __post_init__(self) -> None:
        assert self.sounds.shape == self.others.shape, f"{self.sounds.shape}, {self.others.shape}"
        assert self.may_fade.shape == self.calibrated.shape == self.sounds.shape[:1], f"{self.may_fade.shape}"


def through_a_microphone(heard: Heard, hearing: Hearing, spec: SpectrogramSpec, lots: Lots) -> Tensor:
    """Return log power above the floor [b, bins, frames] as a random microphone might have it."""
    device = heard.sounds.device
    power = _begun_elsewhere(torch.expm1(heard.sounds), lots)  # in units of the floor
    unknown_db, true_db = lots.uniform(*hearing.gain_db), lots.uniform(*hearing.calibrated_gain_db)
    gain_db = torch.where(heard.calibrated.cpu(), true_db, unknown_db)
    faded = lots.chance(hearing.fade_share) & heard.may_fade.cpu()
    gain_db = gain_db + torch.where(faded, lots.uniform(*hearing.fade_db), torch.zeros(()))
    beside = torch.expm1(heard.others)
    ratio = power.mean((1, 2)) / beside.mean((1, 2)).clamp_min(1e-6)
    share = lots.chance(hearing.background_share).float() * _ratio(lots.uniform(*hearing.background_db))
    power = power + beside * (ratio * share.to(device))[:, None, None]
    power = power * _ratio(gain_db).to(device)[:, None, None]
    power = power + _hiss(power, hearing, spec, lots)
    power = power * _response(hearing, spec, lots).to(device)[:, :, None]
    return torch.log1p(_cut_short(power, hearing, spec, lots))


def _begun_elsewhere(power: Tensor, lots: Lots) -> Tensor:
    turns = lots.integers(power.shape[-1]).tolist()
    return torch.stack([one.roll(turn, dims=-1) for one, turn in zip(power, turns, strict=True)])


def _hiss(power: Tensor, hearing: Hearing, spec: SpectrogramSpec, lots: Lots) -> Tensor:
    """Return noise of the shape of `power`, in units of the floor, that falls by 0 to 6 dB an octave."""
    _, bins, frames = power.shape
    falling = torch.arange(bins).clamp_min(_LOWEST_BIN * (bins - 1) / 256).float()
    spectrum = falling[None, :] ** -(2.0 * lots.uniform())[:, None]
    spectrum = spectrum / spectrum.mean(1, keepdim=True)
    density = _ratio(lots.uniform(*hearing.hiss_db)) / (spec.sample_rate_hz / 2) / spec.floor
    # One pattern of fading for the whole batch, begun elsewhere in each: noise is no two times alike to an encoder
    # that hears another pattern at every step.
    fading = torch.empty(bins, frames).exponential_(generator=lots.draws).to(power.device)
    turns = lots.integers(frames).tolist()
    levels = (spectrum * density[:, None]).to(power.device)[:, :, None]
    return torch.stack([fading.roll(turn, dims=-1) * level for turn, level in zip(turns, levels, strict=True)])


def _response(hearing: Hearing, spec: SpectrogramSpec, lots: Lots) -> Tensor:
    """Return a gain of power per bin [b, bins]: a tilt, and sometimes a steep end as of a small loudspeaker."""
    position = torch.linspace(-1.0, 1.0, spec.num_bins)
    response_db = position * lots.uniform(-hearing.tilt_db, hearing.tilt_db)[:, None]
    frequency_hz = torch.linspace(0.0, spec.sample_rate_hz / 2, spec.num_bins).clamp_min(1.0)
    octaves = torch.log2(frequency_hz / lots.uniform(*hearing.lowpass_hz)[:, None]).clamp_min(0.0)
    steep = lots.chance(hearing.lowpass_share).float()[:, None] * _STEEP_DB_OCTAVE
    return _ratio(response_db - steep * octaves)


def _cut_short(power: Tensor, hearing: Hearing, spec: SpectrogramSpec, lots: Lots) -> Tensor:
    """Repeat the beginning of some: the show repeats a short history, and its first seconds must be understood too."""
    frames = power.shape[-1]
    is_short = lots.chance(hearing.short_share).tolist()
    longest_s = min(hearing.longest_short_s, spec.clip_samples / spec.sample_rate_hz)
    seconds = lots.uniform(min(hearing.shortest_s, longest_s), longest_s).tolist()
    for row, (short, kept_s) in enumerate(zip(is_short, seconds, strict=True)):
        kept = max(1, round(kept_s / spec.hop_s))
        if short and kept < frames:
            repeats = math.ceil(frames / kept)
            power[row] = power[row, :, :kept].repeat(1, repeats)[:, :frames]
    return power


def _ratio(level_db: Tensor) -> Tensor:
    """Return the ratio of powers."""
    return 10.0 ** (level_db / 10.0)
