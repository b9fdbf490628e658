"""The default generator G(z, h): a small style-modulated skip network, meant for a few milliseconds on one CPU core.

Owned by whichever process runs inference or training. It holds no running statistics, so an average of its weights
is a valid network as it stands, and a batch never influences its neighbours.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s.models.packed_matmul import convolved, packed_kernel

STYLE_DIM: Final = 256
TEXTURE_MAPS: Final = 8
FIRST_TEXTURED_PX: Final = 16  # below this there is no fine detail to seed
SLOPE: Final = 0.2
GAIN: Final = (2 / (1 + SLOPE**2)) ** 0.5  # what the leaky ReLU takes from the variance


class LightGenerator(nn.Module):
    """Paint a picture for a point of the image encoder's space.

    `channels` gives the width at 4, 8, 16 … `resolution` pixels, one entry each. Modulation follows Karras et al.
    2020 ("Analyzing and improving the image quality of StyleGAN", section 2), applied to activations instead of
    weights so that one convolution serves the whole batch; every resolution adds its own RGB to the up-sampled
    picture below it, so a grown network starts out painting what the smaller one painted.
    """

    def __init__(
        self,
        resolution: int = 64,
        h_dim: int = 256,
        z_dim: int = 64,
        channels: Sequence[int] = (256, 256, 192, 128, 64),
    ) -> None:
        super().__init__()
        if resolution != 4 * 2 ** (len(channels) - 1):
            raise ValueError(
                f"channels must hold one width each for 4, 8 … {resolution} pixels; got {len(channels)} widths"
            )
        self.resolution = self.width = self.height = resolution
        self.h_dim = h_dim
        self.z_dim = z_dim
        self.channels = tuple(channels)
        self.style = nn.Sequential(
            nn.Linear(h_dim + z_dim, STYLE_DIM),
            nn.LeakyReLU(SLOPE),
            nn.Linear(STYLE_DIM, STYLE_DIM),
            nn.LeakyReLU(SLOPE),
        )
        self.start = nn.Linear(STYLE_DIM, channels[0] * 4 * 4)
        self.first = StyledConv(channels[0], channels[0], 4)
        self.first_rgb = StyledRgb(channels[0])
        self.blocks = nn.ModuleList(
            Block(narrow_in, narrow_out, 8 * 2**i) for i, (narrow_in, narrow_out) in enumerate(pairwise(channels))
        )

    def forward(self, z: Tensor, h: Tensor) -> Tensor:
        """Return pictures in -1..1, [b, 3, resolution, resolution], for noise [b, z_dim] and features [b, h_dim].

        `h` is scaled to unit length here (Sound2Scene section 3.2: the feature is L2-normalised before G).
        """
        assert z.ndim == 2 and z.shape[1] == self.z_dim, f"z must be [b, {self.z_dim}], got {tuple(z.shape)}"
        assert h.shape == (z.shape[0], self.h_dim), f"h must be [b, {self.h_dim}], got {tuple(h.shape)}"
        # Unit vectors of many dimensions have tiny entries; scaled to unit variance they meet z as equals.
        feature = F.normalize(h, dim=1) * self.h_dim**0.5
        w = self.style(torch.cat([feature, z], dim=1))  # [b, style]
        x = self.start(w).view(-1, self.channels[0], 4, 4).contiguous(memory_format=torch.channels_last)
        x = self.first(x, w)
        rgb = self.first_rgb(x, w)
        for block in self.blocks:
            x, rgb = block(x, rgb, w)
        return torch.tanh(rgb.float())

    def grown_from(self, smaller: "LightGenerator") -> "LightGenerator":
        """Take over every weight of a generator of lower resolution whose widths begin ours; return self."""
        if smaller.channels != self.channels[: len(smaller.channels)]:
            raise ValueError(f"widths {self.channels} do not continue {smaller.channels}")
        missing, unexpected = self.load_state_dict(smaller.state_dict(), strict=False)
        assert not unexpected, unexpected
        assert all(key.startswith("blocks.") for key in missing), missing
        return self


class Block(nn.Module):
    """Double the resolution: one convolution below, bilinear up-sampling, one above, and the RGB of this scale."""

    def __init__(self, in_channels: int, out_channels: int, resolution: int) -> None:
        super().__init__()
        self.below = StyledConv(in_channels, out_channels, resolution // 2)
        self.above = StyledConv(out_channels, out_channels, resolution)
        self.rgb = StyledRgb(out_channels)

    def forward(self, x: Tensor, rgb: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
        """Return features and picture at twice the size."""
        x = doubled(self.below(x, w))
        x = self.above(x, w)
        return x, doubled(rgb) + self.rgb(x, w)


class StyledConv(nn.Module):
    """3×3 convolution whose input channels are scaled by the style and whose output variance is restored."""

    def __init__(self, in_channels: int, out_channels: int, resolution: int) -> None:
        super().__init__()
        self.scale = nn.Linear(STYLE_DIM, in_channels)
        nn.init.ones_(self.scale.bias)
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, 3, 3))
        nn.init.normal_(self.weight, std=(in_channels * 9) ** -0.5)
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self._kept: tuple[tuple[int, int], Tensor, Tensor] | None = None
        self.texture = Texture(out_channels, resolution) if resolution >= FIRST_TEXTURED_PX else None

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """Return [b, out, height, width]."""
        scale = self.scale(w).float()  # [b, in]
        kernel, energy = self._kernel_and_energy(x.shape[2:])
        restore = GAIN * torch.rsqrt(scale.square() @ energy.T + 1e-8)  # [b, out]
        x = convolved(x * scale[:, :, None, None].to(x.dtype), kernel)
        x = torch.addcmul(self.bias[:, None, None].to(x.dtype), x, restore[:, :, None, None].to(x.dtype))
        if self.texture is not None:
            x = x + self.texture(w)
        return F.leaky_relu(x, SLOPE)

    def _kernel_and_energy(self, size_px: torch.Size) -> tuple[Tensor, Tensor]:
        """Return the weight as `convolved` takes it and its squares summed over the kernel [out, in].

        For inference both are kept while the weight stays as it is, the weight as oneDNN reads it: otherwise it
        turns it round for every picture, a third of the time of one.
        """
        if torch.is_grad_enabled():
            return self.weight, self.weight.float().square().sum(dim=(2, 3))
        version = 0 if self.weight.is_inference() else self.weight._version
        current = (self.weight.data_ptr(), version)
        if self._kept is None or self._kept[0] != current:
            weight = self.weight.detach()
            self._kept = (current, packed_kernel(weight, size_px), weight.float().square().sum(dim=(2, 3)))
        return self._kept[1], self._kept[2]

    def __getstate__(self) -> dict[str, Any]:
        """Copies keep their own: what oneDNN packed cannot be copied."""
        return {**self.__dict__, "_kept": None}


class Texture(nn.Module):
    """Learned maps of fine detail, mixed by the style.

    Rain, waves and stars are fine detail that a 4×4 start cannot hold; mixing several maps by the style lets the
    detail move with z instead of sticking to the screen like dirt on glass.
    """

    def __init__(self, out_channels: int, resolution: int) -> None:
        super().__init__()
        self.maps = nn.Parameter(torch.randn(TEXTURE_MAPS, resolution, resolution))
        self.mix = nn.Linear(STYLE_DIM, TEXTURE_MAPS)
        self.spread = nn.Conv2d(TEXTURE_MAPS, out_channels, 1, bias=False)
        nn.init.zeros_(self.spread.weight)  # asked for only where it helps: as noise at the start it stays noise

    def forward(self, w: Tensor) -> Tensor:
        """Return [b, out_channels, resolution, resolution]."""
        mixed = self.mix(w)[:, :, None, None] * self.maps  # [b, maps, height, width]
        return pointwise(mixed, self.spread.weight)


class StyledRgb(nn.Module):
    """Features to RGB, scaled by the style; faint at first, so that growing starts from the picture below."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.scale = nn.Linear(STYLE_DIM, in_channels)
        nn.init.ones_(self.scale.bias)
        self.rgb = nn.Conv2d(in_channels, 3, 1, bias=False)
        self.bias = nn.Parameter(torch.zeros(3))
        nn.init.normal_(self.rgb.weight, std=0.1 * in_channels**-0.5)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """Return [b, 3, height, width]."""
        return pointwise(x * self.scale(w)[:, :, None, None].to(x.dtype), self.rgb.weight) + self.bias[:, None, None]


def pointwise(x: Tensor, weight: Tensor) -> Tensor:
    """Convolve 1×1 as one matrix product: for one picture torch's own takes a slow path without oneDNN."""
    return F.linear(x.permute(0, 2, 3, 1), weight.flatten(1)).permute(0, 3, 1, 2)


def doubled(x: Tensor) -> Tensor:
    """Up-sample by two. Bilinear is a [1 3 3 1] blur: no checkerboard, which the eye finds at once when moving."""
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
