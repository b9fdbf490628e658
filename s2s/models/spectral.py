"""Convolutions and linear layers of spectral norm one, with the buffers of BigGAN's published checkpoints.

torch's own parametrisation estimates the norm from other buffers and would refuse those files.
"""

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_EPS: Final = 1e-6


class _SpectralNorm(nn.Module):
    """Divides `weight` by an estimate of its largest singular value (Miyato et al. 2018, algorithm 1).

    `u0` [1, out] is the running left singular vector. Every forward takes one power iteration from it;
    training also keeps the result, in `u0` and, for the eye alone, in `sv0`.
    """

    weight: Tensor
    u0: Tensor | None
    sv0: Tensor | None

    def _start(self) -> None:
        self.register_buffer("u0", torch.randn(1, self.weight.shape[0]))
        self.register_buffer("sv0", torch.ones(1))

    def normalised_weight(self) -> Tensor:
        """Return the weight of spectral norm about one; the weight itself once it was folded."""
        if self.u0 is None:
            return self.weight
        matrix = self.weight.flatten(1)  # [out, in]
        # Where all else is in bfloat16 too: sums of eight bits are a hundredth off, otherwise at every step.
        with torch.autocast(self.weight.device.type, enabled=False):
            with torch.no_grad():
                v = F.normalize(self.u0 @ matrix, eps=_EPS)  # [1, in]
                u = F.normalize(v @ matrix.T, eps=_EPS)  # [1, out]
            sigma = (v @ matrix.T @ u.T).squeeze()
        if self.training:
            self.u0.copy_(u)
            assert self.sv0 is not None
            self.sv0.copy_(sigma.detach())
        return self.weight / sigma

    @torch.no_grad()
    def fold(self) -> None:
        """Keep the normalised weight and forget the norm: the same output for less work, never to be
        trained.
        """
        self.weight.copy_(self.normalised_weight())
        self.u0 = self.sv0 = None


class SpectralConv2d(_SpectralNorm, nn.Conv2d):
    """A convolution of spectral norm one over the flattened kernel, with stride 1 and the size kept."""

    def __init__(self, in_channels: int, out_channels: int, kernel: int, *, bias: bool = True) -> None:
        nn.Conv2d.__init__(self, in_channels, out_channels, kernel, padding=kernel // 2, bias=bias)
        self._start()

    def forward(self, x: Tensor) -> Tensor:
        """[b, in, height, width] -> [b, out, height, width]."""
        return F.conv2d(x, self.normalised_weight(), self.bias, padding=self.padding)


class SpectralLinear(_SpectralNorm, nn.Linear):
    """A linear layer of spectral norm one."""

    def __init__(self, in_features: int, out_features: int, *, bias: bool = True) -> None:
        nn.Linear.__init__(self, in_features, out_features, bias=bias)
        self._start()

    def forward(self, x: Tensor) -> Tensor:
        """[b, in] -> [b, out]."""
        return F.linear(x, self.normalised_weight(), self.bias)


def fold_spectral_norm(network: nn.Module) -> None:
    """Fold every layer of `network`, which must be in evaluation mode."""
    if network.training:
        raise ValueError("fold_spectral_norm is for inference: call eval() first")
    for module in network.modules():
        if isinstance(module, _SpectralNorm):
            module.fold()


def draw_orthogonal(network: nn.Module) -> None:
    """Draw orthogonal weights for every spectral layer, as BigGAN's training starts."""
    for module in network.modules():
        if isinstance(module, _SpectralNorm) and not module.weight.is_meta:
            nn.init.orthogonal_(module.weight)
