"""D: the BigGAN projection discriminator as IC-GAN conditions it on a feature (Casanova et al. 2021).

Keys and shapes are those of the published checkpoints. Used by training and evaluation alone.
"""

from itertools import pairwise
from typing import Final

import torch.nn.functional as F
from torch import Tensor, nn

from s2s.models.attention import Attention
from s2s.models.spectral import SpectralConv2d, SpectralLinear, draw_orthogonal

# Widths after each block, in units of `channels`; every block but the last halves the size (Brock et al. 2019).
_WIDTHS: Final = {
    64: (1, 2, 4, 8, 16),
    128: (1, 2, 4, 8, 16, 16),
    256: (1, 2, 4, 8, 8, 16, 16),
}
_ATTENTION_PX: Final = {64: 32, 128: 64, 256: 64}


class BigGanDiscriminator(nn.Module):
    """Score whether a picture is real and goes with a feature of unit norm.

    Published sizes: 128 or 256 pixels with 96 channels, 64 pixels with 64. Raises ValueError for a resolution
    that has no published shape.
    """

    def __init__(self, resolution: int = 128, channels: int = 96, h_dim: int = 2048) -> None:
        super().__init__()
        if resolution not in _WIDTHS:
            raise ValueError(f"resolution must be one of {', '.join(map(str, _WIDTHS))}; got {resolution}")
        self.resolution = resolution
        self.h_dim = h_dim
        widths = [3, *(channels * width for width in _WIDTHS[resolution])]
        last = len(widths) - 2
        self.blocks = nn.ModuleList()
        for level, (before, after) in enumerate(pairwise(widths)):
            stage = nn.Sequential(DownBlock(before, after, activate_first=level > 0, halve=level < last))
            if resolution >> (level + 1) == _ATTENTION_PX[resolution]:
                stage.append(Attention(after))
            self.blocks.append(stage)
        self.linear = SpectralLinear(widths[-1], 1)
        self.linear_feat = SpectralLinear(h_dim, widths[-1])
        draw_orthogonal(self)

    def forward(self, pictures: Tensor, h: Tensor) -> Tensor:
        """Return logits [b, 1], high for real, for pictures [b, 3, side, side] and h [b, h_dim] of unit norm."""
        side = self.resolution
        assert pictures.shape[1:] == (3, side, side), f"pictures must be [b, 3, {side}, {side}]"
        assert h.shape == (len(pictures), self.h_dim), f"h must be [b, {self.h_dim}], got {tuple(h.shape)}"
        x = pictures
        for stage in self.blocks:
            x = stage(x)
        summed = F.relu(x).sum((2, 3))  # [b, widest]
        alone: Tensor = self.linear(summed)
        together: Tensor = self.linear_feat(h) * summed
        return alone + together.sum(1, keepdim=True)


class DownBlock(nn.Module):
    """Two convolutions beside a shortcut, then half the size."""

    def __init__(self, in_channels: int, out_channels: int, *, activate_first: bool, halve: bool) -> None:
        super().__init__()
        self.activate_first = activate_first
        self.halve = halve
        self.conv1 = SpectralConv2d(in_channels, out_channels, 3)
        self.conv2 = SpectralConv2d(out_channels, out_channels, 3)
        resized = halve or in_channels != out_channels
        self.conv_sc = SpectralConv2d(in_channels, out_channels, 1) if resized else None

    def forward(self, x: Tensor) -> Tensor:
        """[b, in, height, width] -> [b, out, height / 2, width / 2], or the same size."""
        inner = self.conv1(F.relu(x) if self.activate_first else x)
        inner = self._halved(self.conv2(F.relu(inner)))
        # Averaging and a 1×1 convolution may change places: halved first, it does a quarter of the work.
        shortcut = self._halved(x)
        return inner + (shortcut if self.conv_sc is None else self.conv_sc(shortcut))

    def _halved(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(x, 2) if self.halve else x
