"""Two sounds at once, and at any level: what a room offers an ear, with what is then true of each of them.

In the power domain: sounds that have nothing to do with each other add up in power. A level that is raised by the
decibels that lie between the world's nearest and farthest makes the farthest thing the nearest.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from s2s.training.engine.step_context import SampleRng


@dataclass(frozen=True, slots=True)
class MixingSettings:
    """How often sounds are mixed, and how they and their levels differ, in dB."""

    share: float = 0.55
    ratio_db: tuple[float, float] = (-8.0, 8.0)  # of the first against the second
    level_share: float = 0.6
    gain_db: tuple[float, float] = (-40.0, 12.0)  # of those whose level is changed
    small_gain_db: tuple[float, float] = (-2.0, 2.0)  # of the others


@dataclass(frozen=True, slots=True)
class Mix:
    """Mixed `log_power` [b, bins, frames]; whether a second sound is in it, bool [b]; and how much the level of each,
    first and second, was raised, dB [b, 2].
    """

    log_power: Tensor
    is_mixed: Tensor
    raised_db: Tensor


def mixed(first: Tensor, second: Tensor, settings: MixingSettings, sample_rng: SampleRng) -> Mix:
    """Return `first` [b, bins, frames], log power above the floor, some of it with `second` in it.

    A second sound is brought to the level that `ratio_db` says, and starts at another moment.
    """
    is_mixed, ratio_db = sample_rng.chance(settings.share), sample_rng.uniform(*settings.ratio_db)
    offsets = sample_rng.integers(first.shape[-1]).tolist()
    one, two = torch.expm1(first), torch.expm1(second)
    level_db = [10.0 * power.mean((1, 2)).clamp_min(1e-9).log10() for power in (one, two)]
    raised_db = level_db[0] - level_db[1] - ratio_db.to(first.device)
    two = torch.stack([power.roll(offset, dims=-1) for power, offset in zip(two, offsets, strict=True)])
    there = is_mixed.to(first.device)
    power = one + two * (10.0 ** (raised_db / 10.0) * there)[:, None, None]
    return Mix(torch.log1p(power), is_mixed, torch.stack([torch.zeros_like(raised_db), raised_db], dim=1).cpu())


def at_levels(log_power: Tensor, settings: MixingSettings, sample_rng: SampleRng) -> tuple[Tensor, Tensor]:
    """Return log power above the floor [b, bins, frames] at other levels, and by how many dB each was raised, [b]."""
    wide, small = sample_rng.uniform(*settings.gain_db), sample_rng.uniform(*settings.small_gain_db)
    gain_db = torch.where(sample_rng.chance(settings.level_share), wide, small)
    ratio = (10.0 ** (gain_db / 10.0)).to(log_power.device)[:, None, None]
    return torch.log1p(torch.expm1(log_power) * ratio), gain_db
