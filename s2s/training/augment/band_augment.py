"""A random microphone in front of log bands, for the localizer: takes away what else a clip could be known by.

Gain and tilt, a step of pitch, another clip of the batch behind, and hiss. Every clip's numbers follow from the batch's
generator alone, however many ranks share the batch.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.training.inputs.log_bands import FLOOR

HISS_TILT_DB: Final = 10.0


@dataclass(frozen=True, slots=True)
class BandAugmentation:
    """How far microphones and places differ."""

    gain_db: tuple[float, float]
    tilt_db: float  # either way, over the whole range of pitch
    shift_bands: int  # either way
    behind_db: tuple[float, float]  # level of another clip of the batch, relative to its own
    hiss_db: tuple[float, float]  # RMS of noise laid over


@dataclass(frozen=True, slots=True, eq=False)
class BandAugmenter:
    """What is done to each clip of a batch: levels in dB [b, bands] but `behind_db` [b, 1], pitch [b, 1], seeds [b]."""

    response_db: NDArray[np.float64]
    hiss_db: NDArray[np.float64]
    behind_db: NDArray[np.float64]
    higher: NDArray[np.int64]
    seeds: NDArray[np.int64]  # of the hiss

    @classmethod
    def draw(cls, count: int, num_bands: int, augmentation: BandAugmentation, rng: np.random.Generator) -> Self:
        """Draw those of a whole batch of `count` clips."""
        shape, position = (count, 1), np.linspace(-1.0, 1.0, num_bands)
        tilt_db = rng.uniform(-1.0, 1.0, shape) * augmentation.tilt_db * position
        return cls(
            response_db=rng.uniform(*augmentation.gain_db, shape) + tilt_db,
            hiss_db=rng.uniform(*augmentation.hiss_db, shape) - rng.uniform(0.0, 1.0, shape) * HISS_TILT_DB * position,
            behind_db=rng.uniform(*augmentation.behind_db, shape),
            higher=rng.integers(-augmentation.shift_bands, augmentation.shift_bands + 1, shape),
            seeds=rng.integers(2**62, size=count),
        )

    def of(self, rows: NDArray[np.int64]) -> "BandAugmenter":
        """Return those of some clips of the batch."""
        return BandAugmenter(
            self.response_db[rows], self.hiss_db[rows], self.behind_db[rows], self.higher[rows], self.seeds[rows]
        )

    def augment(self, bands: Tensor) -> Tensor:
        """Return log bands [n - 1, bands, columns] of all clips but the first; behind each is the one before it.

        `bands` [n, bands, columns] are those of the same clips.
        """
        num_bands = bands.shape[1]
        assert len(bands) == len(self.seeds) > 1, f"{tuple(bands.shape)} at {len(self.seeds)} microphones"
        places = torch.from_numpy(np.clip(np.arange(num_bands) + self.higher, 0, num_bands - 1))
        power = bands.gather(1, places[:, :, None].expand_as(bands)).exp() - FLOOR
        behind = power[:-1] * _ratio(self.behind_db[1:])
        # White noise of RMS 1 has the density 1 / 8000 per hertz.
        hiss = _ratio(self.hiss_db[1:]) / 8000.0 * self._fading(bands.shape[1:])
        return torch.log((power[1:] + behind).clamp_min(0.0) * _ratio(self.response_db[1:]) + hiss + FLOOR)

    def _fading(self, shape: torch.Size) -> Tensor:
        """Return how the hiss comes and goes: exponential, as the power of noise is."""
        each = [np.random.default_rng(seed).standard_exponential(tuple(shape), np.float32) for seed in self.seeds[1:]]
        return torch.from_numpy(np.stack(each))


def _ratio(level_db: NDArray[np.float64]) -> Tensor:
    """Return the ratio of powers of levels [b, n], as [b, n, 1]."""
    return torch.from_numpy(10 ** (level_db / 10)).float()[:, :, None]
