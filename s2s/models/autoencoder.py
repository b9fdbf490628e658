"""A picture as a small grid of numbers, and back: what the default generator's memory holds, and what paints from it.

Plain convolutions without normalisation, so that one picture never influences another and any size that 16 divides
is welcome. Most of the work happens at a quarter of the picture's size or below; sub-pixel shuffles (Shi et al. 2016)
do the rest, because on a CPU it is the pixels that cost.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STRIDE: Final = 16  # pixels of the picture to one place of its code
_UNSHUFFLE: Final = 4


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions beside the identity; does nothing at first, so that depth costs no start."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)  # type: ignore[arg-type]  # it has one

    def forward(self, x: Tensor) -> Tensor:
        """Return [b, channels, height, width]."""
        changed: Tensor = self.second(F.relu(self.first(F.relu(x))))
        return x + changed


class PictureCoder(nn.Module):
    """The encoder: pictures in -1..1 to codes within ±1. Needed for training and for filling a memory alone."""

    def __init__(self, code_dim: int, channels: Sequence[int]) -> None:
        super().__init__()
        widest, *_ = reversed(channels)
        layers: list[nn.Module] = [
            nn.PixelUnshuffle(_UNSHUFFLE),
            nn.Conv2d(3 * _UNSHUFFLE**2, channels[0], 3, padding=1),
            nn.ReLU(),
        ]
        for narrow, wide in pairwise(channels):
            layers += [nn.Conv2d(narrow, wide, 3, stride=2, padding=1), nn.ReLU()]
        self.body = nn.Sequential(*layers, ResidualBlock(widest), nn.ReLU())
        self.code = nn.Conv2d(widest, code_dim, 3, padding=1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return codes [b, code_dim, height / 16, width / 16] of pictures [b, 3, height, width]."""
        assert pictures.ndim == 4 and pictures.shape[1] == 3, f"pictures must be [b, 3, h, w], got {pictures.shape}"
        height, width = pictures.shape[2:]
        assert height % STRIDE == 0 and width % STRIDE == 0, f"{STRIDE} must divide {width}x{height}"
        return torch.tanh(self.code(self.body(pictures)))


class CodeDecoder(nn.Module):
    """The painter: codes to pictures. `channels` are the widths at 1/16, 1/8, 1/4 and 1/2 of the picture's size."""

    def __init__(self, code_dim: int, channels: Sequence[int], blocks: Sequence[int]) -> None:
        super().__init__()
        if len(channels) != 4 or len(blocks) != 3:
            raise ValueError(f"expected four widths and three numbers of blocks, got {channels} and {blocks}")
        self.code_dim, self.channels, self.blocks = code_dim, tuple(channels), tuple(blocks)
        self.start = nn.Conv2d(code_dim, channels[0], 3, padding=1)
        self.residual = nn.ModuleList(
            nn.Sequential(*(ResidualBlock(width) for _ in range(count)))
            for width, count in zip(channels, blocks, strict=False)
        )
        self.narrow = nn.ModuleList(
            nn.Conv2d(wide, narrow, 3, padding=1) for wide, narrow in pairwise(channels[: len(blocks)])
        )
        self.fine = nn.Conv2d(channels[2], 4 * channels[3], 3, padding=1)
        self.rgb = nn.Conv2d(channels[3], 4 * 3, 3, padding=1)

    def forward(self, codes: Tensor) -> Tensor:
        """Return pictures [b, 3, 16 height, 16 width], about -1..1, of codes [b, code_dim, height, width]."""
        assert codes.ndim == 4 and codes.shape[1] == self.code_dim, (
            f"codes must be [b, {self.code_dim}, h, w], got {tuple(codes.shape)}"
        )
        x = self.start(codes.contiguous(memory_format=torch.channels_last))
        for number, residual in enumerate(self.residual):
            x = residual(x)
            if number < len(self.narrow):
                # Narrowed before it is doubled: the same convolution after it would cost four times as much.
                x = F.interpolate(self.narrow[number](F.relu(x)), scale_factor=2, mode="nearest")
        x = F.relu(F.pixel_shuffle(self.fine(F.relu(x)), 2))
        picture: Tensor = F.pixel_shuffle(self.rgb(x), 2)
        return picture


class Autoencoder(nn.Module):
    """Both together, as they are trained; widths from the coarsest, 1/16 of the picture's size, to 1/2."""

    def __init__(
        self,
        code_dim: int = 16,
        channels: Sequence[int] = (192, 128, 48, 24),
        blocks: Sequence[int] = (1, 1, 2),
    ) -> None:
        super().__init__()
        self.coder = PictureCoder(code_dim, tuple(reversed(channels[:3])))
        self.decoder = CodeDecoder(code_dim, channels, blocks)

    def forward(self, pictures: Tensor, blur: Tensor | None = None) -> Tensor:
        """Return what is painted from the codes of `pictures`; `blur` of a code's shape is added to them first."""
        codes = self.coder(pictures)
        painted: Tensor = self.decoder(codes if blur is None else codes + blur)
        return painted
