"""Noise without clumps: as high as it is even, so that an eye sees tones where there are only specks. Pure.

White noise is made so by turns: its slow waves are taken away, then every value is made as frequent as any other again
(the spectrum of void-and-cluster, Ulichney 1993, in milliseconds instead of minutes).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

SIDE_PX: Final = 64
_TURNS: Final = 24
_SLOWEST: Final = 0.19
"""Waves a pixel below which hardly anything is left; half a wave is the finest there is."""


def blue_noise(channels: int = 3) -> NDArray[np.uint8]:
    """Return (64, 64, channels) of 0..255, always the same, that repeats without a seam."""
    y, x = np.fft.fftfreq(SIDE_PX)[:, None], np.fft.rfftfreq(SIDE_PX)[None]
    kept = 1.0 - np.exp(-(((x**2 + y**2) / _SLOWEST**2) ** 2))
    noise = np.random.default_rng(7).random((channels, SIDE_PX, SIDE_PX))
    for _ in range(_TURNS):
        fast = np.fft.irfft2(np.fft.rfft2(noise) * kept, s=(SIDE_PX, SIDE_PX))
        noise = _ranks(fast) / SIDE_PX**2
    return np.ascontiguousarray((noise * 256.0).astype(np.uint8).transpose(1, 2, 0))


def _ranks(noise: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.argsort(np.argsort(noise.reshape(len(noise), -1))).reshape(noise.shape)
