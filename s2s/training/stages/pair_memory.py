"""Moments of two things for a memory: one scene's place with another's thing in it, kept under what f_V sees of each.

Nothing is trained here; the pictures are the world's own, painted one over the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from s2s.models.autoencoder import Autoencoder
from s2s.models.image_encoder import PictureEncoder
from s2s.models.memory_generator import ADDRESS_SCALE, MemoryGenerator, packed
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.pair_moments import Moment
from s2s.training.inputs.tensors import as_input
from s2s.training.stages.memory import addresses_of, middle_square
from s2s.world.painter import Painter

_AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True)
class PairMoments:
    """Kept moments of two things: unit `keys` [2, n, h_dim] of each alone, `codes` [n, code_dim, h / 16, w / 16]."""

    keys: Tensor
    codes: Tensor


@torch.inference_mode()
def encode_moments(
    moments: Sequence[Moment], size_px: tuple[int, int], autoencoder: Autoencoder, encoder: PictureEncoder
) -> PairMoments:
    """Return what is kept of `moments`, painted at width and height `size_px`. Needs OpenGL."""
    width, height = size_px
    codes, keys = [], []
    with Painter(height, width_px=width) as painter:
        for start in range(0, len(moments), _AT_ONCE):
            few = moments[start : start + _AT_ONCE]
            codes.append(autoencoder.coder(as_input(painter.paint_layers(few))))
            alone = [painter.paint([moment[part] for moment in few]) for part in (0, 1)]
            keys.append(torch.stack([encode_pictures(encoder, middle_square(pictures)) for pictures in alone]))
    return PairMoments(torch.cat(keys, dim=1), torch.cat(codes))


def with_pairs(generator: MemoryGenerator, pairs: PairMoments) -> MemoryGenerator:
    """Return `generator` with the moments of two things besides its own, in place of those that it has."""
    count = pairs.codes.shape[0]
    larger = MemoryGenerator(
        generator.width,
        generator.height,
        len(generator.keys),
        generator.h_dim,
        generator.z_dim,
        code_dim=generator.decoder.code_dim,
        channels=generator.decoder.channels,
        blocks=generator.decoder.blocks,
        h_power=generator.h_power,
        z_width=generator.z_width,
        nearness_width=generator.nearness_width,
        warmth=generator.warmth,
        levels=generator.levels,
        pairs=count,
        of_place=generator.of_place,
    )
    own = {key: value for key, value in generator.state_dict().items() if not key.startswith("pair_")}
    larger.load_state_dict(own, strict=False)
    addresses = addresses_of(pairs.codes.flatten(1), torch.cat(list(pairs.keys), dim=1), generator.z_dim)
    larger.pair_keys.copy_(pairs.keys)
    larger.pair_codes.copy_(packed(pairs.codes))
    larger.pair_addresses.copy_((addresses * ADDRESS_SCALE).round().clamp(-127, 127).to(torch.int8))
    return larger.eval().requires_grad_(False)
