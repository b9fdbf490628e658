"""Batch-norm statistics measured anew: an average of weights is a network for which no running statistics were kept.

Averaging those of the steps along with the weights gives statistics of no network at all, and while the weights move
fast, pictures up to three times as far from real ones (BigGAN measures anew as well: Brock et al. 2019, "standing
statistics").
"""

import copy
from collections.abc import Iterable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from s2s.models.biggan import BatchNorm, BigGanGenerator, ConditionalBatchNorm


class _Moments:
    """Mean and variance of each channel over all that a batch norm was given."""

    def __init__(self) -> None:
        self.count = 0
        self.total, self.squares = torch.zeros((), dtype=torch.float64), torch.zeros((), dtype=torch.float64)

    def add(self, x: Tensor) -> None:
        """Take in [b, channels, height, width]."""
        variance, mean = torch.var_mean(x.float(), (0, 2, 3), correction=0)
        variance, mean, members = variance.double().cpu(), mean.double().cpu(), x.numel() // x.shape[1]
        self.total = self.total + members * mean
        self.squares = self.squares + members * (variance + mean.square())
        self.count += members

    def store(self, norm: BatchNorm | ConditionalBatchNorm) -> None:
        """Put them where `norm` keeps its running ones."""
        mean = self.total / self.count
        norm.stored_mean.copy_(mean)
        norm.stored_var.copy_((self.squares / self.count - mean.square()).clamp_min(0.0))


@torch.no_grad()
def with_measured_statistics(net: BigGanGenerator, batches: Iterable[tuple[Tensor, Tensor]]) -> BigGanGenerator:
    """Return a copy of `net`, in evaluation mode, whose batch norms know what they see in `batches` of (z, h).

    Each batch is normalised by its own statistics, as in training; 15 to 25 batches of the training's size are enough.
    The copy's estimates of spectral norms settle on the way.
    """
    measured = copy.deepcopy(net).train()
    norms = [module for module in measured.modules() if isinstance(module, BatchNorm | ConditionalBatchNorm)]
    seen = [_Moments() for _ in norms]
    hooks = [norm.register_forward_pre_hook(partial(_look, moments)) for norm, moments in zip(norms, seen, strict=True)]
    for z, h in batches:
        measured(z, h)
    for hook in hooks:
        hook.remove()
    for norm, moments in zip(norms, seen, strict=True):
        assert moments.count, "no batches were given"
        moments.store(norm)
    return measured.eval()


def _look(moments: _Moments, _module: nn.Module, inputs: tuple[Any, ...]) -> None:
    moments.add(inputs[0])
