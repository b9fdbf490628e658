"""Self-attention over a feature map (Zhang et al. 2018, SAGAN), as BigGAN's two networks use it."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s.models.spectral import SpectralConv2d


class Attention(nn.Module):
    """SAGAN self-attention: queries at every place, keys and values at half the resolution.

    `gamma`, the weight of the residual branch, is initialised to zero.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.theta = SpectralConv2d(channels, channels // 8, 1, bias=False)
        self.phi = SpectralConv2d(channels, channels // 8, 1, bias=False)
        self.g = SpectralConv2d(channels, channels // 2, 1, bias=False)
        self.o = SpectralConv2d(channels // 2, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.tensor(0.0))

    def forward(self, x: Tensor) -> Tensor:
        """[b, channels, height, width] -> the same."""
        query = self.theta(x).flatten(2).mT  # [b, places, channels / 8]
        key = F.max_pool2d(self.phi(x), 2).flatten(2).mT  # [b, places / 4, channels / 8]
        value = F.max_pool2d(self.g(x), 2).flatten(2).mT  # [b, places / 4, channels / 2]
        seen = _seen(query, key, value).mT
        height, width = x.shape[2:]
        out: Tensor = self.o(seen.reshape(len(x), -1, height, width))
        return x + self.gamma * out


def _seen(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """[b, places, k], [b, others, k], [b, others, v] -> [b, places, v]; the published one does not scale."""
    if query.is_cuda:  # one fused kernel, which expects a dimension of heads
        return F.scaled_dot_product_attention(query[:, None], key[:, None], value[:, None], scale=1.0)[:, 0]
    # Keys and values differ in width, which no fused kernel of the CPU takes: plainly is twice as fast.
    return torch.softmax(query @ key.mT, dim=-1) @ value
