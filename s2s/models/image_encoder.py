"""The image encoder f_V: a narrow residual network, trained without labels, frozen ever after.

Used by training and evaluation; the show needs it only to place a preset's image in the latent space.
`PictureEncoder` is what every f_V is to the rest of the program.
"""

from typing import Final, Protocol

import torch.nn.functional as F
from torch import Tensor, nn

INPUT_PX: Final = 64
STAGES: Final = 4


class PictureEncoder(Protocol):
    """An image encoder f_V, whatever its architecture; any `nn.Module` with these is one."""

    embedding_dim: int

    def encode(self, pictures: Tensor) -> Tensor:
        """Return features [b, embedding_dim], none negative, not normalised, of pictures [b, 3, h, w] in -1..1.

        Of any size: the encoder resizes and normalises as its training did. Differentiable in `pictures`.
        """
        ...

    def maps(self, pictures: Tensor) -> list[Tensor]:
        """Return the feature maps [b, c, h', w'] of its four stages, finest first, of pictures as in `encode`."""
        ...


class ImageEncoder(nn.Module):
    """ResNet-18 (He et al. 2016) of narrow width, for 64-pixel pictures; feature size is 8 × `width`.

    As in the published pair of networks, features are averaged after a ReLU and so are never negative.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.width = width
        self.embedding_dim = 8 * width
        self.stem = nn.Sequential(
            nn.Conv2d(3, width, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)
        )
        widths = [width * 2**i for i in range(STAGES)]
        self.stages = nn.ModuleList(
            nn.Sequential(
                Residual(widths[max(i - 1, 0)], widths[i], stride=1 if i == 0 else 2),
                Residual(widths[i], widths[i], stride=1),
            )
            for i in range(STAGES)
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Return features [b, 8 × width], none negative, not normalised, of pictures [b, 3, h, w] in -1..1."""
        return self.maps(pictures)[-1].mean(dim=(2, 3))

    def encode(self, pictures: Tensor) -> Tensor:
        """Return the same as `forward`: this network takes pictures as they come."""
        features: Tensor = self(pictures)
        return features

    def maps(self, pictures: Tensor) -> list[Tensor]:
        """Return the four stages' feature maps, finest first; pictures of another size are resized first."""
        assert pictures.ndim == 4 and pictures.shape[1] == 3, f"pictures must be [b, 3, h, w], got {pictures.shape}"
        return self._maps(at_input_size(pictures))

    def of_view(self, view: Tensor) -> Tensor:
        """Return features [b, 8 × width] of a crop in -1..1 at its own size: for training alone."""
        return self._maps(view)[-1].mean(dim=(2, 3))

    def _maps(self, pictures: Tensor) -> list[Tensor]:
        x = self.stem(pictures)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


class Residual(nn.Module):
    """Two 3×3 convolutions beside a shortcut."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.body = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
        )
        self.shortcut = (
            nn.Identity()
            if stride == 1 and in_channels == out_channels
            else nn.Sequential(nn.Conv2d(in_channels, out_channels, 1, bias=False), nn.BatchNorm2d(out_channels))
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return [b, out, height / stride, width / stride]."""
        # As in `audio_encoder`: a narrow strided 1×1 convolution's gradient is not safe in oneDNN.
        thinned = x if self.stride == 1 else x[:, :, :: self.stride, :: self.stride]
        return F.relu(self.body(x) + self.shortcut(thinned))


def at_input_size(pictures: Tensor) -> Tensor:
    """Resize to the encoder's input, averaging whole blocks where the size divides evenly."""
    height, width = pictures.shape[-2:]
    if (height, width) == (INPUT_PX, INPUT_PX):
        return pictures
    if height == width and height % INPUT_PX == 0:
        return F.avg_pool2d(pictures, height // INPUT_PX)
    return F.interpolate(pictures.float(), (INPUT_PX, INPUT_PX), mode="bilinear", antialias=True)
