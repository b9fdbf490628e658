"""G: the BigGAN generator as IC-GAN conditions it on a feature instead of a class (Casanova et al. 2021).

Keys and shapes are those of the published checkpoints, without `shared.weight`, a class embedding that they
carry and never use.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s.models.attention import Attention
from s2s.models.spectral import SpectralConv2d, SpectralLinear, draw_orthogonal, fold_spectral_norm

# Widths after the 4×4 start and after each doubling, in units of `channels` (Brock et al. 2019, appendix B).
_WIDTHS: Final = {
    64: (16, 16, 8, 4, 2),
    128: (16, 16, 8, 4, 2, 1),
    256: (16, 16, 8, 8, 4, 2, 1),
}
_ATTENTION_PX: Final = {64: 32, 128: 64, 256: 64}
START_PX: Final = 4
EPS: Final = 1e-5
_MOMENTUM: Final = 0.1


class BigGanGenerator(nn.Module):
    """Paint a picture for a feature of unit norm and a noise vector.

    Published sizes: 128 or 256 pixels with 96 channels, 64 pixels with 64. The noise is cut in one piece for
    the start and one for each doubling; `z_dim` is what they use of the number given (119 of 120 at 256
    pixels). Noise may be wider: what is beyond `z_dim` is ignored, as published. Raises ValueError for a
    resolution that has no published shape.
    """

    def __init__(
        self,
        resolution: int = 128,
        channels: int = 96,
        z_dim: int = 120,
        h_dim: int = 2048,
        shared_dim: int = 512,
    ) -> None:
        super().__init__()
        if resolution not in _WIDTHS:
            raise ValueError(f"resolution must be one of {', '.join(map(str, _WIDTHS))}; got {resolution}")
        widths = [channels * width for width in _WIDTHS[resolution]]
        self.piece_dim = z_dim // len(widths)
        self.resolution = self.width = self.height = resolution
        self.z_dim = self.piece_dim * len(widths)
        self.h_dim = h_dim
        self.shared_feat = SpectralLinear(h_dim, shared_dim)
        self.linear = SpectralLinear(self.piece_dim, widths[0] * START_PX**2)
        condition_dim = shared_dim + self.piece_dim
        self.blocks = nn.ModuleList()
        for level, (wide, narrow) in enumerate(pairwise(widths), start=1):
            stage = nn.ModuleList([UpBlock(wide, narrow, condition_dim)])
            if START_PX << level == _ATTENTION_PX[resolution]:
                stage.append(Attention(narrow))
            self.blocks.append(stage)
        self.output_layer = nn.Sequential(BatchNorm(widths[-1]), nn.ReLU(), SpectralConv2d(widths[-1], 3, 3))
        self.inference_form: Callable[[Tensor, Tensor], Tensor] | None = None
        """Paints in this module's place where it can (`s2s.models.biggan_inference`); None: the layers do."""
        draw_orthogonal(self)

    def forward(self, z: Tensor, h: Tensor) -> Tensor:
        """Return pictures [b, 3, resolution, resolution] in -1..1 for z [b, z_dim or more] and unit h [b, h_dim]."""
        assert z.ndim == 2 and z.shape[1] >= self.z_dim, f"z must be [b, {self.z_dim} or more], got {tuple(z.shape)}"
        assert h.shape == (z.shape[0], self.h_dim), f"h must be [b, {self.h_dim}], got {tuple(h.shape)}"
        z = z[:, : self.z_dim]
        if self.inference_form is not None and _only_painted(z, h):
            return self.inference_form(z, h)
        return self._painted(z, h)

    def _painted(self, z: Tensor, h: Tensor) -> Tensor:
        shared = self.shared_feat(h)  # [b, shared]
        first, *pieces = torch.split(z, self.piece_dim, dim=1)
        x = self.linear(first).view(len(z), -1, START_PX, START_PX)
        for stage, piece in zip(self.blocks, pieces, strict=True):
            assert isinstance(stage, nn.ModuleList)
            x = stage[0](x, torch.cat([shared, piece], dim=1))
            for attention in stage[1:]:
                x = attention(x)
        return torch.tanh(self.output_layer(x))

    def fold_spectral_norm(self) -> None:
        """Divide every weight by its norm once instead of at every picture; evaluation mode only, same
        pictures.
        """
        fold_spectral_norm(self)

    def __getstate__(self) -> dict[str, Any]:
        """Copies go without the inference form, which oneDNN cannot copy; they paint the same, only slower."""
        return {**self.__dict__, "inference_form": None}


class UpBlock(nn.Module):
    """Double the size: two convolutions under conditional batch norm, beside a 1×1 shortcut."""

    def __init__(self, in_channels: int, out_channels: int, condition_dim: int) -> None:
        super().__init__()
        self.conv1 = SpectralConv2d(in_channels, out_channels, 3)
        self.conv2 = SpectralConv2d(out_channels, out_channels, 3)
        self.conv_sc = SpectralConv2d(in_channels, out_channels, 1)
        self.bn1 = ConditionalBatchNorm(in_channels, condition_dim)
        self.bn2 = ConditionalBatchNorm(out_channels, condition_dim)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """[b, in, height, width], [b, condition] -> [b, out, 2 height, 2 width]."""
        # A 1×1 convolution sees one place at a time: before the doubling it does the same for a quarter.
        shortcut = _doubled(self.conv_sc(x))
        x = self.conv1(_doubled(F.relu(self.bn1(x, condition))))
        x = self.conv2(F.relu(self.bn2(x, condition)))
        return x + shortcut


class _StoredNorm(nn.Module):
    """Batch norm without gain, under the published names of the running statistics."""

    stored_mean: Tensor
    stored_var: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("stored_mean", torch.zeros(channels))
        self.register_buffer("stored_var", torch.ones(channels))

    def scaled(self, x: Tensor, gain: Tensor, bias: Tensor) -> Tensor:
        """Normalise [b, channels, height, width], then apply gain and bias [b or 1, channels]."""
        if self.training:
            x = F.batch_norm(x, self.stored_mean, self.stored_var, training=True, momentum=_MOMENTUM, eps=EPS)
            return torch.addcmul(bias[:, :, None, None], x, gain[:, :, None, None])
        # With fixed statistics all of it is one scale and one shift, found in the statistics' precision.
        scale = gain * torch.rsqrt(self.stored_var + EPS)
        shift = bias - self.stored_mean * scale
        return torch.addcmul(shift.to(x.dtype)[:, :, None, None], x, scale.to(x.dtype)[:, :, None, None])


class BatchNorm(_StoredNorm):
    """Batch norm with a learnt gain and bias for each channel."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.gain = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """[b, channels, height, width] -> the same."""
        return self.scaled(x, self.gain[None], self.bias[None])


class ConditionalBatchNorm(_StoredNorm):
    """Batch norm whose gain and bias are linear in the condition."""

    def __init__(self, channels: int, condition_dim: int) -> None:
        super().__init__(channels)
        self.gain = SpectralLinear(condition_dim, channels, bias=False)
        self.bias = SpectralLinear(condition_dim, channels, bias=False)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """[b, channels, height, width], [b, condition] -> [b, channels, height, width]."""
        return self.scaled(x, 1.0 + self.gain(condition), self.bias(condition))


def _only_painted(z: Tensor, h: Tensor) -> bool:
    """Whether the inference form can serve: it computes no gradients, and only in float32 on a CPU."""
    gradients = torch.is_grad_enabled() and (z.requires_grad or h.requires_grad)
    return not gradients and all(x.device.type == "cpu" and x.dtype == torch.float32 for x in (z, h))


def _doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")
