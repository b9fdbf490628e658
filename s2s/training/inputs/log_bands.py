"""Sound as the localizer hears it: log-mel bands, a column every 10 ms, ten columns to each frame of the picture.

Pure; called from any thread. Power comes from `s2s.spectrogram`, the one definition of it in the house.
"""

import functools
from typing import Final

import numpy as np
import torch
import torchaudio
from numpy.typing import NDArray
from torch import Tensor

from s2s.models.localizer import COLUMNS_A_STEP
from s2s.rates import SAMPLE_RATE_HZ
from s2s.spectrogram import power
from s2s.spectrogram_spec import SpectrogramSpec

FLOOR: Final = 1e-9  # full scale squared a hertz: -51 dB of white noise; the encoders' own floor hides a quiet place
_HOP: Final = 160
_LOWEST_HZ: Final = 60.0
_COLUMNS: Final = SpectrogramSpec(hop_samples=_HOP)
_MARGIN: Final = (_COLUMNS.window_samples - _HOP) // 2  # before the first and after the last column's own 10 ms


def log_bands(sound: NDArray[np.float32], num_steps: int, num_bands: int = 48) -> Tensor:
    """Return the natural logarithm of mel band power, float32 [num_bands, 10 × num_steps], of mono `sound` at 16 kHz.

    Column c is centred on (c + 0.5) × 10 ms. Sound that is longer than the frames is cut; where it is shorter, silence
    follows: unlike a clip for f_A it is never repeated, which would move it under other frames. Raises ValueError for
    sound that is not mono or holds NaN.
    """
    if sound.ndim != 1 or not np.isfinite(sound).all():
        raise ValueError(f"expected finite mono sound [n], got shape {sound.shape}")
    num_samples = num_steps * COLUMNS_A_STEP * _HOP
    padded = np.zeros(num_samples + 2 * _MARGIN, np.float32)
    kept = np.clip(sound[:num_samples], -1.0, 1.0)
    padded[_MARGIN : _MARGIN + len(kept)] = kept
    bands = _mel(num_bands).T @ power(torch.from_numpy(padded), _COLUMNS)
    return torch.log(bands + FLOOR).float()


@functools.lru_cache(maxsize=4)
def _mel(num_bands: int) -> Tensor:
    """Return triangular filters [bins, bands], each of unit sum: a band is a mean, comparable to the floor."""
    filters: Tensor = torchaudio.functional.melscale_fbanks(
        _COLUMNS.num_bins, _LOWEST_HZ, SAMPLE_RATE_HZ / 2, num_bands, SAMPLE_RATE_HZ
    )
    return (filters / filters.sum(dim=0)).double()
