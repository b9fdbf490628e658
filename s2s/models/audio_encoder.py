"""f_A: a ResNet-18 that hears a spectrogram and answers with a point of the image encoder's space."""

from typing import Final

import torch.nn.functional as F
from torch import Tensor, nn

_BLOCKS_A_STAGE: Final = 2


class BasicBlock(nn.Module):
    """Two 3×3 convolutions around a shortcut (He et al. 2016); keys as in torchvision."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.stride = stride
        self.downsample: nn.Module | None = None
        if stride != 1 or in_channels != channels:
            shortcut = nn.Conv2d(in_channels, channels, 1, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        """[b, c, f, t] -> [b, channels, ceil(f / stride), ceil(t / stride)]."""
        # Thinned out before the 1×1 convolution, not by its stride: with channels last, fewer than 16 of them, oneDNN
        # as torch 2.11 has it writes the gradient of its weights beyond its memory, on CPUs with AVX-512.
        thinned = x if self.stride == 1 else x[:, :, :: self.stride, :: self.stride]
        shortcut = x if self.downsample is None else self.downsample(thinned)
        x = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(x)) + shortcut)


def _stage(in_channels: int, channels: int, stride: int) -> nn.Sequential:
    blocks = [BasicBlock(in_channels, channels, stride)]
    blocks += [BasicBlock(channels, channels, 1) for _ in range(_BLOCKS_A_STAGE - 1)]
    return nn.Sequential(*blocks)


class AudioEncoder(nn.Module):
    """ResNet-18 with a one-channel stem, average pool, one linear layer and a ReLU (Sound2Scene, published
    code).

    `width` 64 and `embedding_dim` 2048 are the published sizes; the state dict is then the published one
    without its `audnet.` prefix. The ReLU is not in the paper; it makes the embedding non-negative as f_V's
    features are.
    """

    def __init__(self, width: int = 64, embedding_dim: int = 2048) -> None:
        super().__init__()
        self.width = width
        self.embedding_dim = embedding_dim
        self.conv1 = nn.Conv2d(1, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = _stage(width, width, 1)
        self.layer2 = _stage(width, 2 * width, 2)
        self.layer3 = _stage(2 * width, 4 * width, 2)
        self.layer4 = _stage(4 * width, 8 * width, 2)
        self.fc = nn.Linear(8 * width, embedding_dim)
        self._initialise()

    def _initialise(self) -> None:
        """Draw the weights as the published training starts them."""
        if self.conv1.weight.is_meta:  # drawing nothing there takes torch 900 modules, 80 MiB and over a second
            return
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.normal_(module.weight, 1.0, 0.02)

    def features(self, spectrogram: Tensor) -> Tensor:
        """Return the last feature map: [b, 1, bins, frames] -> [b, 8 width, about bins / 32, about frames /
        32].
        """
        assert spectrogram.ndim == 4 and spectrogram.shape[1] == 1, tuple(spectrogram.shape)
        x = self.maxpool(F.relu(self.bn1(self.conv1(spectrogram))))
        x = self.layer2(self.layer1(x))
        x = self.layer4(self.layer3(x))
        assert isinstance(x, Tensor)
        return x

    def pooled(self, spectrogram: Tensor) -> Tensor:
        """Return the average over frequency and time: [b, 1, bins, frames] -> [b, 8 width]."""
        return self.features(spectrogram).mean((2, 3))

    def embed(self, pooled: Tensor) -> Tensor:
        """[b, 8 width] -> [b, embedding_dim], non-negative, not normalised."""
        return F.relu(self.fc(pooled))

    def forward(self, spectrogram: Tensor) -> Tensor:
        """[b, 1, bins, frames] (257×1004 for ten seconds) -> [b, embedding_dim], non-negative, not
        normalised.
        """
        return self.embed(self.pooled(spectrogram))
