"""The sound source localisation model: where in a frame, and how well, picture and sound correspond at each moment.

Pictures enter as feature maps of a frozen f_V, sound as log-mel bands (`s2s.training.inputs.log_bands`). The published
selector is trained with class labels; this one never sees any (`s2s.training.stages.localizer`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

COLUMNS_A_STEP: Final = 10  # of 10 ms each: ten steps a second, as the frames
_FREQUENCIES_LEFT: Final = 16  # the sound network halves the bands four times


@dataclass(frozen=True, slots=True)
class LocalizerSizes:
    """`map_channels` are those of f_V's maps that the model looks at, finest first; `attention` is the temperature at
    which similarity picks the places of a frame: towards 0 the best place alone, large the mean of all.
    """

    map_channels: tuple[int, ...]
    num_bands: int = 48
    embedding_dim: int = 128
    picture_width: int = 96
    sound_width: int = 24
    attention: float = 0.1

    def __post_init__(self) -> None:
        if not self.map_channels or min(self.map_channels) < 1:
            raise ValueError(f"map_channels must name at least one map, got {self.map_channels}")
        if self.num_bands < 1 or self.num_bands % _FREQUENCIES_LEFT:
            raise ValueError(f"num_bands must be a multiple of {_FREQUENCIES_LEFT}, got {self.num_bands}")
        if not self.attention > 0:
            raise ValueError(f"attention must be positive, got {self.attention}")


class Localizer(nn.Module):
    """Two small networks that meet in one space of `embedding_dim` numbers."""

    def __init__(self, sizes: LocalizerSizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.picture = PictureHead(sizes.map_channels, sizes.picture_width, sizes.embedding_dim)
        self.sound = SoundNet(sizes.num_bands, sizes.sound_width, sizes.embedding_dim)

    def see(self, maps: Sequence[Tensor]) -> Tensor:
        """Return unit vectors at every place [n, d, h, w] of maps [n, channels, h_i, w_i], the first the finest."""
        places: Tensor = F.normalize(self.picture(maps).float(), dim=1)
        return places

    def hear(self, bands: Tensor) -> Tensor:
        """Return q^A, unit vectors [b, d, steps], of normalised bands [b, bands, 10 × steps]."""
        steps: Tensor = F.normalize(self.sound(bands).float(), dim=1)
        return steps

    def correspondence(self, places: Tensor, sounds: Tensor) -> Tensor:
        """Return C_av = q^V · q^A (Sound2Scene, 3.3) of every frame with every sound, [n, m] in -1..1.

        `places` [n, d, h, w] as from `see`, `sounds` [m, d] unit. q^V is the unit vector along the mean of a frame's
        places, each weighed by its similarity with the sound.
        """
        assert places.ndim == 4 and sounds.ndim == 2, f"{tuple(places.shape)} against {tuple(sounds.shape)}"
        flat = places.flatten(2)  # [n, d, p]
        similarity = torch.einsum("ndp,md->nmp", flat, sounds)
        weight = torch.softmax(similarity / self.sizes.attention, dim=2)
        along = (weight * similarity).sum(dim=2)
        pooled = torch.bmm(weight, flat.transpose(1, 2))  # [n, m, d]
        # The floor: places may point opposite ways and cancel.
        cosine: Tensor = along / pooled.norm(dim=2).clamp_min(1e-4)
        return cosine.clamp(-1.0, 1.0)

    def moments(self, places: Tensor, sounds: Tensor) -> Tensor:
        """Return C_av[t], [steps] in -1..1, of each frame of `places` [steps, d, h, w] with `sounds` [steps, d]."""
        pairs = [
            self.correspondence(frame[None], sound[None])[0, 0] for frame, sound in zip(places, sounds, strict=True)
        ]
        return torch.stack(pairs)


def similarity_maps(places: Tensor, sounds: Tensor) -> Tensor:
    """Return where each frame shows its sound: cosines [n, h, w] of `places` [n, d, h, w] with `sounds` [n, d]."""
    return torch.einsum("ndhw,nd->nhw", places, sounds)


class PictureHead(nn.Module):
    """Brings maps of several stages to the finest one's places, and these into the common space."""

    def __init__(self, map_channels: Sequence[int], width: int, out_dim: int) -> None:
        super().__init__()
        self.inputs = nn.ModuleList(nn.Conv2d(channels, width, 1, bias=False) for channels in map_channels)
        self.norm = nn.BatchNorm2d(width)
        # No place sees its neighbours: f_V's maps already look far around, and a wider look would shift the thing.
        self.body = nn.Sequential(nn.Conv2d(width, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True))
        self.out = nn.Conv2d(width, out_dim, 1)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """[n, channels_i, h_i, w_i] each -> [n, out, h_0, w_0]."""
        assert len(maps) == len(self.inputs), f"expected {len(self.inputs)} maps, got {len(maps)}"
        size = maps[0].shape[-2:]
        projected = [project(one) for project, one in zip(self.inputs, maps, strict=True)]
        x = torch.stack([_resized(one, size) for one in projected]).sum(dim=0)
        x = self.body(F.relu(self.norm(x)))
        embedded: Tensor = self.out(x)
        return embedded


def _resized(x: Tensor, size: torch.Size) -> Tensor:
    return x if x.shape[-2:] == size else F.interpolate(x, tuple(size), mode="bilinear")


class SoundNet(nn.Module):
    """A small residual network over bands and time; it keeps ten steps a second, each of which hears about 2 s."""

    def __init__(self, num_bands: int, width: int, out_dim: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, width, 5, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width, (3, 5), stride=(1, COLUMNS_A_STEP // 2), padding=(1, 0), bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
        )
        widths = (width, 2 * width, 4 * width, 4 * width)
        before = (width, *widths[:-1])
        self.blocks = nn.Sequential(
            *(BandBlock(i, o, halve=stage > 0) for stage, (i, o) in enumerate(zip(before, widths, strict=True)))
        )
        self.out = nn.Conv1d(widths[-1] * (num_bands // _FREQUENCIES_LEFT), out_dim, 1)

    def forward(self, bands: Tensor) -> Tensor:
        """[b, bands, 10 × steps] -> [b, out, steps]."""
        assert bands.ndim == 3 and bands.shape[2] % COLUMNS_A_STEP == 0, tuple(bands.shape)
        # As pictures are, with the channel last: convolutions of few channels are faster so.
        x = bands.unsqueeze(1).contiguous(memory_format=torch.channels_last)
        x = self.blocks(self.stem(x))  # [b, c, bands / 16, steps]
        steps: Tensor = self.out(x.flatten(1, 2))
        return steps


class BandBlock(nn.Module):
    """Two 3×3 convolutions beside a shortcut; `halve` halves the bands and leaves time as it is."""

    def __init__(self, in_channels: int, channels: int, *, halve: bool) -> None:
        super().__init__()
        stride = (2, 1) if halve else (1, 1)
        self.body = nn.Sequential(
            nn.Conv2d(in_channels, channels, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.halve = halve
        self.shortcut = (
            nn.Identity()
            if not halve and in_channels == channels
            else nn.Sequential(nn.Conv2d(in_channels, channels, 1, bias=False), nn.BatchNorm2d(channels))
        )

    def forward(self, x: Tensor) -> Tensor:
        """[b, in, bands, steps] -> [b, channels, bands or half of them, steps]."""
        # Not by a stride of the 1×1 convolution: with channels last, fewer than 16 of them, oneDNN as torch 2.11 has it
        # writes the gradient of its weights beyond its memory, on CPUs with AVX-512.
        return F.relu(self.body(x) + self.shortcut(x[:, :, ::2] if self.halve else x))
