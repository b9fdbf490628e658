"""What a recorder's automatic gain, a compressor or an overdriven input do to a sound's envelope, in power."""

from typing import Final

import torch
from torch import Tensor

from s2s.training.engine.step_context import SampleRng

_SMOOTHING: Final = 5  # columns: what acts on the envelope is some 50 ms slow


def compressed(
    power: Tensor, share: float, threshold_db: tuple[float, float], ratio: tuple[float, float], sample_rng: SampleRng
) -> Tensor:
    """Return power [b, bins, frames] with the loud moments of about `share` of them held down.

    Whatever a moment lies above `threshold_db` (relative to the loudest moment) is divided by a ratio in decibels; a
    large one is an input that clips.
    """
    held = sample_rng.chance(share).to(power.device)
    threshold = sample_rng.uniform(*threshold_db).to(power.device)[:, None]
    ratios = sample_rng.uniform(*ratio).to(power.device)[:, None]
    level_db = 10.0 * power.mean(dim=1).clamp_min(1e-9).log10()  # [b, frames]
    smooth = torch.nn.functional.avg_pool1d(level_db[:, None], _SMOOTHING, 1, _SMOOTHING // 2, count_include_pad=False)
    over_db = (smooth[:, 0] - smooth[:, 0].amax(dim=1, keepdim=True) - threshold).clamp_min(0.0)
    down_db = over_db * (1.0 - 1.0 / ratios) * held[:, None]
    return power * 10.0 ** (-down_db / 10.0)[:, None]
