"""Freq-MixStyle (Kim et al. 2022): a sound wears the per-frequency statistics of one of the other domain.

What a synthesiser and a microphone do to a whole recording lies in the mean and the deviation of each frequency; a
network that has seen them exchanged cannot know the one from the other by these.
"""

import torch
from torch import Tensor

from s2s.training.engine.step_context import SampleRng


def freq_mix_style(
    log_power: Tensor, recorded: Tensor, share: float, least_own: float, sample_rng: SampleRng
) -> Tensor:
    """Return log power [b, bins, frames]; about `share` of the rows wear some of another row's statistics.

    `recorded` bool [b] tells the two domains apart: a row's partner is drawn from the other one. How much of its own a
    row keeps follows Beta(1/2, 1/2), folded into `least_own`..1; its mean level stays its own, for that tells how
    near a thing is. One process's own rows are the partners.
    """
    own = least_own + (1.0 - least_own) * _folded_arcsine(sample_rng)
    chosen, draw = sample_rng.chance(share), sample_rng.uniform()
    partners = torch.arange(len(log_power))
    for domain in (True, False):
        rows, others = (recorded == domain).nonzero().squeeze(1), (recorded != domain).nonzero().squeeze(1)
        if len(rows) and len(others):
            partners[rows] = others[(draw[rows] * len(others)).long()]
    own = torch.where(chosen, own, torch.ones(())).to(log_power.device)[:, None, None]
    mean, deviation = log_power.mean(dim=2, keepdim=True), log_power.std(dim=2, keepdim=True, correction=0) + 1e-3
    shape = mean - mean.mean(dim=1, keepdim=True)
    partners = partners.to(log_power.device)
    new_shape = own * shape + (1.0 - own) * shape[partners]
    new_deviation = own * deviation + (1.0 - own) * deviation[partners]
    return (log_power - mean) / deviation * new_deviation + new_shape + (mean - shape)


def _folded_arcsine(sample_rng: SampleRng) -> Tensor:
    """Return |2 λ - 1| of λ from Beta(1/2, 1/2), the arcsine law, [n]: mostly near 1."""
    folded: Tensor = (2.0 * torch.sin(0.5 * torch.pi * sample_rng.uniform()).square() - 1.0).abs()
    return folded
