"""f_V as published: a ResNet-50 that SwAV trained without labels (Caron et al. 2020), frozen ever after.

Keys and shapes are those of the published checkpoint without its projection head, and of torchvision without `fc`.
"""

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUT_PX: Final = 224
_SQUASHED_PX: Final = 256
_BLOCKS: Final = (3, 4, 6, 3)
_EXPANSION: Final = 4
# Mean and deviation of ImageNet's pictures in 0..1, by colour: what the published weights were trained behind.
_MEAN: Final = (0.485, 0.456, 0.406)
_DEVIATION: Final = (0.229, 0.224, 0.225)


class SwavResNet50(nn.Module):
    """ResNet-50 (He et al. 2016); feature size is 32 × `width`, 2048 at the published width of 64.

    Features are averaged after a ReLU and so are never negative.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.width = width
        self.embedding_dim = 8 * _EXPANSION * width
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        widths = [width * 2**i for i in range(len(_BLOCKS))]
        self.layer1 = _stage(width, widths[0], _BLOCKS[0], stride=1)
        self.layer2 = _stage(_EXPANSION * widths[0], widths[1], _BLOCKS[1], stride=2)
        self.layer3 = _stage(_EXPANSION * widths[1], widths[2], _BLOCKS[2], stride=2)
        self.layer4 = _stage(_EXPANSION * widths[2], widths[3], _BLOCKS[3], stride=2)

    def forward(self, images: Tensor) -> Tensor:
        """Return features [b, 32 × width], not normalised, of images [b, 3, 224, 224] as `as_input` makes them."""
        expected = (3, INPUT_PX, INPUT_PX)
        assert images.ndim == 4 and images.shape[1:] == expected, f"images must be [b, 3, 224, 224], got {images.shape}"
        return self._maps(images)[-1].mean(dim=(2, 3))

    def encode(self, pictures: Tensor) -> Tensor:
        """Return features [b, 32 × width], none negative, not normalised, of pictures [b, 3, h, w] in -1..1."""
        features: Tensor = self(as_input(pictures))
        return features

    def maps(self, pictures: Tensor) -> list[Tensor]:
        """Return the four stages' feature maps, finest first (1/4 to 1/32 of 224), of pictures as in `encode`."""
        return self._maps(as_input(pictures))

    def of_view(self, view: Tensor) -> Tensor:
        """Return features [b, 32 × width] of a crop in -1..1 at its own size: for training alone."""
        return self._maps(at_imagenet_scale(view))[-1].mean(dim=(2, 3))

    def _maps(self, images: Tensor) -> list[Tensor]:
        x = self.maxpool(F.relu(self.bn1(self.conv1(images))))
        maps = []
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
            maps.append(x)
        return maps


class Bottleneck(nn.Module):
    """1×1, 3×3 and 1×1 convolutions beside a shortcut; the middle one strides. Keys as in torchvision."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        out_channels = _EXPANSION * channels
        self.conv1 = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, out_channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out_channels)
        self.downsample: nn.Module | None = None
        if stride != 1 or in_channels != out_channels:
            shortcut = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(out_channels))

    def forward(self, x: Tensor) -> Tensor:
        """[b, in, height, width] -> [b, 4 × channels, height / stride, width / stride]."""
        shortcut = x if self.downsample is None else self.downsample(x)
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        return F.relu(self.bn3(self.conv3(x)) + shortcut)


def as_input(pictures: Tensor) -> Tensor:
    """Turn pictures [b, 3, h, w] in -1..1 into what the published network takes: [b, 3, 224, 224] at ImageNet's scale.

    As published, what is larger than 256 pixels is squashed to 256×256, and everything is then resized by a bicubic
    with aligned corners. Differentiable.
    """
    assert pictures.ndim == 4 and pictures.shape[1] == 3, f"pictures must be [b, 3, h, w], got {pictures.shape}"
    if max(pictures.shape[-2:]) > _SQUASHED_PX:
        pictures = F.interpolate(pictures, (_SQUASHED_PX, _SQUASHED_PX), mode="bilinear", antialias=True)
    return F.interpolate(at_imagenet_scale(pictures), (INPUT_PX, INPUT_PX), mode="bicubic", align_corners=True)


def at_imagenet_scale(pictures: Tensor) -> Tensor:
    """Return pictures [b, 3, h, w] in -1..1 with the mean and deviation of ImageNet's, colour by colour."""
    mean = torch.tensor(_MEAN, dtype=pictures.dtype, device=pictures.device)[:, None, None]
    deviation = torch.tensor(_DEVIATION, dtype=pictures.dtype, device=pictures.device)[:, None, None]
    return (pictures * 0.5 + 0.5 - mean) / deviation


def _stage(in_channels: int, channels: int, num_blocks: int, stride: int) -> nn.Sequential:
    blocks = [Bottleneck(in_channels, channels, stride)]
    blocks += [Bottleneck(_EXPANSION * channels, channels, 1) for _ in range(num_blocks - 1)]
    return nn.Sequential(*blocks)
