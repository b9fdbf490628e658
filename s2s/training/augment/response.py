"""What a microphone, a loudspeaker and a house do to a sound's colour: a tilt, bumps, a steep end, hum of the mains.

After FilterAugment (Nam et al. 2022): a smooth random gain over frequency, in the power domain.
"""

from typing import Final

import torch
from torch import Tensor

from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.engine.step_context import SampleRng

_STEEP_DB_OCTAVE: Final = 24.0
_MAINS_HZ: Final = (50.0, 60.0)
_HARMONICS: Final = 12
_STEADY_DB: Final = 2.5  # a sound whose level moves less than this from half second to half second is steady
_HALF_SECOND: Final = 50  # columns


def tilt_of(power: Tensor, tilt_db: float, steady: float, sample_rng: SampleRng) -> Tensor:
    """Return how much each of power [b, bins, frames] is tilted, dB either way over the whole band, [b].

    Steady sounds get `steady` times as much: their slope is nearly all that tells rain from wind.
    """
    level_db = 10.0 * power.mean(dim=1).clamp_min(1e-9).log10()[:, None]
    columns = min(_HALF_SECOND, level_db.shape[-1])
    moves_db = torch.nn.functional.avg_pool1d(level_db, columns).std(dim=-1, correction=0).squeeze(1).cpu()
    drawn = sample_rng.uniform(-tilt_db, tilt_db)
    return torch.where(moves_db < _STEADY_DB, steady * drawn, drawn)


def response_db(
    tilt_db: Tensor,
    equaliser_db: float,
    lowpass_share: float,
    lowpass_hz: tuple[float, float],
    spec: SpectrogramSpec,
    sample_rng: SampleRng,
) -> Tensor:
    """Return a gain in dB per bin [b, bins]: the tilt [b], smooth bumps of `equaliser_db` deviation, and sometimes a
    steep end as of a small loudspeaker.
    """
    position = torch.linspace(-1.0, 1.0, spec.num_bins)
    frequency_hz = torch.linspace(0.0, spec.sample_rate_hz / 2, spec.num_bins).clamp_min(1.0)
    octaves = torch.log2(frequency_hz / sample_rng.uniform(*lowpass_hz)[:, None]).clamp_min(0.0)
    steep = sample_rng.chance(lowpass_share).float()[:, None] * _STEEP_DB_OCTAVE
    knots = equaliser_db * sample_rng.normal(10)  # one an octave
    log_hz = (frequency_hz.log2() - 4.0).clamp(0.0, 9.0)
    lower = log_hz.floor().long().clamp_max(8)
    bumps = torch.lerp(knots[:, lower], knots[:, lower + 1], (log_hz - lower)[None])
    return position * tilt_db[:, None] + bumps - steep * octaves


def hum(share: float, level_db: tuple[float, float], spec: SpectrogramSpec, sample_rng: SampleRng) -> Tensor:
    """Return the mains' hum of some, power per bin [b, bins] in units of the floor: harmonics that fall off."""
    there, level = sample_rng.chance(share), sample_rng.uniform(*level_db)
    second = sample_rng.chance(0.5)
    fall_db = sample_rng.uniform(1.0, 8.0)
    bin_hz = spec.sample_rate_hz / spec.window_samples
    power = torch.zeros(len(there), spec.num_bins)
    for harmonic in range(1, _HARMONICS + 1):
        mains_hz = torch.where(second, _MAINS_HZ[1], _MAINS_HZ[0])
        bins = (harmonic * mains_hz / bin_hz).round().long().clamp_max(spec.num_bins - 1)
        amount = 10.0 ** ((level - fall_db * (harmonic - 1)) / 10.0) / bin_hz / spec.floor
        power.scatter_add_(1, bins[:, None], (amount * there)[:, None])
    return power
