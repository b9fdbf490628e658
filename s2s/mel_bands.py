"""A clip's power in mel bands, of the log power that f_A hears: what names are heard by, at a sixteenth of the size."""

import functools
import math
import warnings
from typing import Final

import torch
import torch.nn.functional as F
import torchaudio
from torch import Tensor

from s2s.spectrogram_spec import SpectrogramSpec

BANDS: Final = 64
COLUMNS_A_BAND: Final = 2
"""Of the log power, averaged: 20 ms at the published hop."""
_LOWEST_HZ: Final = 50.0


def mel_bands(log_power: Tensor, spec: SpectrogramSpec) -> Tensor:
    """Return ln(1 + power over the floor) in `BANDS` mel bands, float32 [..., 64, about frames / 2], of log power
    [..., bins, frames] as `s2s.spectrogram` gives it.

    A band is a weighted mean of its bins (triangles on the mel scale, O'Shaughnessy 1987, from 50 Hz up), a column the
    mean of two; of an odd number the last stands for itself.
    """
    over_floor = torch.expm1((log_power - math.log(spec.floor)).float())
    bands: Tensor = torch.log1p(bands_of(over_floor, spec).clamp_min(0.0))
    return bands


def mel_bands_of_inputs(inputs: Tensor, spec: SpectrogramSpec) -> Tensor:
    """Return the `mel_bands` [b, 64, columns] of f_A's inputs [b, 1, bins, frames], whose normalisation is fixed."""
    assert spec.mean is not None and spec.deviation is not None, "levels are lost where each clip is levelled anew"
    return mel_bands(inputs[:, 0] * spec.deviation + spec.mean, spec)


def bands_of(power: Tensor, spec: SpectrogramSpec) -> Tensor:
    """Return power [..., bins, frames] in mel bands and columns twice as long, [..., 64, about frames / 2]."""
    halved = F.avg_pool1d(power.flatten(0, -2)[:, None], COLUMNS_A_BAND, ceil_mode=True)[:, 0]
    bands: Tensor = mel_filters(spec, power.device) @ halved.unflatten(0, power.shape[:-1])
    return bands


def band_shares(spec: SpectrogramSpec) -> Tensor:
    """Return the share of the spectrum that each band stands for, [64], summing to 1: of a level they weigh so much."""
    widths = _triangles(spec).sum(dim=1)
    return widths / widths.sum()


@functools.lru_cache(maxsize=4)
def mel_filters(spec: SpectrogramSpec, device: torch.device) -> Tensor:
    """Return the weights [64, bins] of each band's bins, which sum to 1.

    Raises ValueError for a spectrogram of so few bins that a band lies between two.
    """
    triangles = _triangles(spec)
    return (triangles / triangles.sum(dim=1, keepdim=True)).to(device)


def _triangles(spec: SpectrogramSpec) -> Tensor:
    nyquist_hz = spec.sample_rate_hz / 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is said better below
        triangles: Tensor = torchaudio.functional.melscale_fbanks(
            spec.num_bins, _LOWEST_HZ, nyquist_hz, BANDS, spec.sample_rate_hz
        ).T
    if not bool(triangles.sum(dim=1).all()):
        raise ValueError(f"{BANDS} mel bands need finer bins than {spec.num_bins} up to {nyquist_hz:g} Hz")
    return triangles
