"""The discriminator: small heads on the frozen image encoder's feature maps, and one that looks at the pixels.

Training only. The frozen maps see what the picture is about (Sauer et al. 2021, "Projected GANs converge faster"),
the pixel head sees hatching and wrong colours, to which those maps are nearly blind.
"""

import math
from itertools import pairwise
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

HEAD_WIDTH: Final = 64
LOGIT_SCALE: Final = 6.0  # normed layers alone keep logits within a few tenths, where the hinge hardly bends
PIXEL_WIDTHS: Final = (32, 64, 96)


class Discriminator(nn.Module):
    """Score pictures given h by projection (Miyato & Koyama 2018); one map of logits a head."""

    def __init__(self, map_widths: tuple[int, ...], h_dim: int) -> None:
        super().__init__()
        self.heads = nn.ModuleList(Head(width, h_dim) for width in map_widths)
        layers: list[nn.Module] = []
        before = 3
        for width in PIXEL_WIDTHS:
            layers += [spectral_norm(nn.Conv2d(before, width, 4, stride=2, padding=1)), nn.LeakyReLU(0.2)]
            before = width
        self.pixels = nn.Sequential(*layers)
        self.pixel_head = Head(before, h_dim)

    def forward(self, pictures: Tensor, maps: list[Tensor], h: Tensor) -> list[Tensor]:
        """Return logits [b, height, width] of every head for pictures in -1..1, their frozen maps and unit h [b, d]."""
        return self.answers(self.look(pictures, maps), h)

    def look(self, pictures: Tensor, maps: list[Tensor]) -> list[Tensor]:
        """Return what every head sees, [b, head, height, width] each, whatever h it is asked about: the costly part."""
        assert len(maps) == len(self.heads), f"expected {len(self.heads)} maps, got {len(maps)}"
        looked_at = [*maps, self.pixels(pictures)]
        return [head.body(x) for head, x in zip(self._heads(), looked_at, strict=True)]

    def answers(self, seen: list[Tensor], h: Tensor) -> list[Tensor]:
        """Return the logits of every head for what it saw, given h [b, d]."""
        return [head.answer(x, h) for head, x in zip(self._heads(), seen, strict=True)]

    def _heads(self) -> list["Head"]:
        heads = [*self.heads, self.pixel_head]
        return [head for head in heads if isinstance(head, Head)]


class Head(nn.Module):
    """Two convolutions, then a realness logit plus the projection onto h at every place."""

    def __init__(self, in_channels: int, h_dim: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            spectral_norm(nn.Conv2d(in_channels, HEAD_WIDTH, 3, padding=1)),
            nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(HEAD_WIDTH, HEAD_WIDTH, 3, padding=1)),
            nn.LeakyReLU(0.2),
        )
        self.real = spectral_norm(nn.Conv2d(HEAD_WIDTH, 1, 1))
        self.project = spectral_norm(nn.Linear(h_dim, HEAD_WIDTH, bias=False))
        self.h_scale = h_dim**0.5

    def answer(self, seen: Tensor, h: Tensor) -> Tensor:
        """Return logits [b, height, width] for what `body` made of a map."""
        condition: Tensor = self.project(h * self.h_scale)  # [b, head]
        matched = (seen * condition[:, :, None, None]).sum(dim=1) / math.sqrt(HEAD_WIDTH)
        real: Tensor = self.real(seen)
        return LOGIT_SCALE * (real.squeeze(1) + matched)


class Posterior(nn.Module):
    """q(z | x, h): which noise would have painted this picture (Zhu et al. 2017, "BicycleGAN"). Training only."""

    def __init__(self, h_dim: int, z_dim: int) -> None:
        super().__init__()
        widths = (3, 32, 64, 96, 128)
        self.body = nn.Sequential(
            *(
                nn.Sequential(nn.Conv2d(a, b, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(b), nn.LeakyReLU(0.2))
                for a, b in pairwise(widths)
            )
        )
        self.hidden = nn.Linear(128 * 16 + h_dim, 256)
        self.out = nn.Linear(256, 2 * z_dim)
        self.h_scale = h_dim**0.5

    def forward(self, pictures: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance, [b, z_dim] each, for 64-pixel pictures and unit h."""
        flat = self.body(pictures).flatten(1)
        joined = F.leaky_relu(self.hidden(torch.cat([flat, h.to(flat.dtype) * self.h_scale], dim=1)), 0.2)
        mean, log_variance = self.out(joined).float().chunk(2, dim=1)
        return mean, log_variance.clamp(-6.0, 2.0)
