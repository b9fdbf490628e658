"""What a microphone in a room does to a sound of one thing or of two, in mel bands: a sixteenth of the numbers.

As `spectrogram_augment` has it for f_A, with the same rooms, colours, noises and recorders; what those know by bins is
brought to bands.
"""

import math
from dataclasses import dataclass, field
from typing import Final

import torch
from torch import Tensor

from s2s.mel_bands import COLUMNS_A_BAND, band_shares, mel_filters
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.augment.dynamics import compressed
from s2s.training.augment.masking import masked
from s2s.training.augment.response import hum, response_db, tilt_of
from s2s.training.augment.reverberation import reverberated
from s2s.training.augment.sound_mixing import MixingSettings
from s2s.training.augment.spectrogram_augment import SpectrogramAugmentation, falling_noise
from s2s.training.engine.step_context import SampleRng

_WIDEST_MASK_BANDS: Final = 8
_LONGEST_MASK_COLUMNS: Final = 40
_HISS_FOLLOWS: Final = 0.5  # of what a sound is turned down: a recorder's own hiss is turned down with it, in part


@dataclass(frozen=True, slots=True)
class BandRooms:
    """Ranges of what may happen: `mixing` of levels and ratios, `microphone` of everything after the air."""

    mixing: MixingSettings = field(default_factory=MixingSettings)
    microphone: SpectrogramAugmentation = field(
        default_factory=lambda: SpectrogramAugmentation(room_share=0.45, short_share=0.2, longest_short_s=4.5)
    )


def two_at_once(
    first: Tensor, second: Tensor, is_two: Tensor, rooms: BandRooms, spec: SpectrogramSpec, sample_rng: SampleRng
) -> Tensor:
    """Return power over the floor [b, 64, columns] of `first`, with `second` in it where `is_two` [b] says so.

    Both are mel bands [b, 64, columns]; the second is brought to the level that the mixing's ratio says.
    """
    one, two = torch.expm1(first), torch.expm1(second)
    shares = band_shares(spec).to(first.device)
    level_db = [10.0 * (power * shares[:, None]).sum(dim=1).mean(dim=1).clamp_min(1e-9).log10() for power in (one, two)]
    raised_db = level_db[0] - level_db[1] - sample_rng.uniform(*rooms.mixing.ratio_db).to(first.device)
    return one + two * (_ratio(raised_db) * is_two)[:, None, None]


def bands_in_rooms(power: Tensor, rooms: BandRooms, spec: SpectrogramSpec, sample_rng: SampleRng) -> Tensor:
    """Return mel bands [b, 64, columns] of power over the floor [b, 64, columns] as a random microphone has them."""
    mixing, a, device = rooms.mixing, rooms.microphone, power.device
    filters = mel_filters(spec, torch.device("cpu"))

    # How loud it is, and the room.
    wide, small = sample_rng.uniform(*mixing.gain_db), sample_rng.uniform(*mixing.small_gain_db)
    gain_db = torch.where(sample_rng.chance(mixing.level_share), wide, small)
    power = power * _ratio(gain_db).to(device)[:, None, None]
    tilt_db = tilt_of(power, a.tilt_db, a.steady_tilt, sample_rng)
    hop_s = COLUMNS_A_BAND * spec.hop_s
    power = reverberated(power, a.room_share, a.decay_s, a.direct_db, hop_s, sample_rng)

    # The microphone and what it is plugged into.
    hiss_db = sample_rng.uniform(*a.hiss_db) + _HISS_FOLLOWS * gain_db.clamp_max(0.0)
    hiss = falling_noise(sample_rng.uniform(), hiss_db, spec) @ filters.T
    fading = torch.empty(power.shape[1:]).exponential_(generator=sample_rng.torch_rng)
    power = power + (hiss[:, :, None] * fading).to(device)
    # Of a band the gain in its middle.
    response = response_db(tilt_db, a.equaliser_db, a.lowpass_share, a.lowpass_hz, spec, sample_rng)
    power = power * _ratio(response[:, filters.argmax(dim=1)]).to(device)[:, :, None]
    power = power + (hum(a.hum_share, a.hum_db, spec, sample_rng) @ filters.T).to(device)[:, :, None]
    power = compressed(power, a.compression_share, a.compression_threshold_db, a.compression_ratio, sample_rng)

    # What is heard of it.
    bands = torch.log1p(_cut_short(power, a, hop_s, sample_rng))
    return masked(bands, a.mask_share, _LONGEST_MASK_COLUMNS, _WIDEST_MASK_BANDS, sample_rng)


def _cut_short(power: Tensor, a: SpectrogramAugmentation, hop_s: float, sample_rng: SampleRng) -> Tensor:
    """Repeat the beginning of some, as the show does while its history is short."""
    columns = power.shape[-1]
    is_short = sample_rng.chance(a.short_share).tolist()
    kept_s = sample_rng.uniform(a.shortest_s, a.longest_short_s).tolist()
    rows = []
    for row, (short, seconds) in enumerate(zip(is_short, kept_s, strict=True)):
        kept = min(max(1, int(seconds / hop_s)), columns) if short else columns
        rows.append(power[row, :, :kept].repeat(1, math.ceil(columns / kept))[:, :columns])
    return torch.stack(rows)


def _ratio(level_db: Tensor) -> Tensor:
    return 10.0 ** (level_db / 10.0)
