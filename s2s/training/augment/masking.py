"""Time and frequency masks (SpecAugment, Park et al. 2019): no scene may be known by one moment or one band alone."""

import torch
from torch import Tensor

from s2s.training.engine.step_context import SampleRng


def masked(
    log_power: Tensor, share: float, longest_columns: int, widest_bins: int, sample_rng: SampleRng, masks: int = 2
) -> Tensor:
    """Return log power [b, bins, frames]; in about `share` of them stretches of time and bands lie at its mean."""
    is_masked = sample_rng.chance(share)
    count, bins, frames = log_power.shape
    hidden = torch.zeros(count, bins, frames, dtype=torch.bool)
    for _ in range(masks):
        hidden |= _stretch(frames, min(longest_columns, frames // 4), sample_rng)[:, None, :]
        hidden |= _stretch(bins, min(widest_bins, bins // 4), sample_rng)[:, :, None]
    hidden &= is_masked[:, None, None]
    mean = log_power.mean(dim=(1, 2), keepdim=True)
    return torch.where(hidden.to(log_power.device), mean, log_power)


def _stretch(length: int, longest: int, sample_rng: SampleRng) -> Tensor:
    """Return bool [b, length] with one run of true of 0 to `longest` somewhere."""
    size = sample_rng.uniform(0.0, float(longest))
    start = sample_rng.uniform() * (length - size)
    place = torch.arange(length)
    return (place >= start[:, None]) & (place < (start + size)[:, None])
