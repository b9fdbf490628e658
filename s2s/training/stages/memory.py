"""A memory for the default generator: the pictures of many takes as codes, each under what f_V sees in it.

Nothing is trained here. A moment's address in z follows from how its code differs from those of its neighbours: the
directions in which neighbours differ most, each scaled to N(0, 1), so that a small step of z leads to a moment that
looks alike. Where the moments' states are known, how near a sound is heard to be chooses among them as well. The
levels of nearness that a moment is kept at share one key, one address, one hour and one warmth.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from s2s.card import MemorySizes
from s2s.models.autoencoder import Autoencoder
from s2s.models.image_encoder import PictureEncoder
from s2s.models.memory_generator import ADDRESS_SCALE, STATE_SCALE, MemoryGenerator, packed
from s2s.training.inputs.conditions import nearest
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.known_states import KnownStates
from s2s.training.inputs.tensors import as_input

_NEIGHBOURS: Final = 64
_AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """How many moments are kept, at how many levels each, and how recall chooses among them, as `MemoryGenerator` has
    it.
    """

    entries: int = 9_800
    levels: int = 1
    z_dim: int = 16
    h_power: float = 36.0
    z_width: float = 0.12
    nearness_width: float = 0.04  # where states are known


def build_memory(
    pictures: NDArray[np.uint8],
    autoencoder: Autoencoder,
    encoder: PictureEncoder,
    settings: MemorySettings,
    known: KnownStates | None = None,
) -> tuple[MemoryGenerator, MemorySizes]:
    """Return the generator that recalls the first `entries` moments of `pictures` [n, h, w, 3], and its sizes for a
    card. The levels of a moment follow one another, from far to near. Raises ValueError where they are unknown.
    """
    levels = settings.levels
    if len(pictures) % levels:
        raise ValueError(f"expected pictures of moments at {levels} levels each, got {len(pictures)} in all")
    if levels > 1 and known is None:
        raise ValueError(f"moments at {levels} levels of nearness need their states to be known")
    kept = pictures[: settings.entries * levels]
    height, width = pictures.shape[1:3]
    sizes = MemorySizes(
        width=width,
        height=height,
        entries=len(kept) // levels,
        z_dim=settings.z_dim,
        h_dim=encoder.embedding_dim,
        code_dim=autoencoder.decoder.code_dim,
        channels=autoencoder.decoder.channels,
        blocks=autoencoder.decoder.blocks,
        h_power=settings.h_power,
        z_width=settings.z_width,
        nearness_width=None if known is None else settings.nearness_width,
        warmth=known is not None,
        levels=levels,
    )
    generator = MemoryGenerator(**sizes.model_dump(exclude={"architecture"}))
    generator.decoder.load_state_dict(autoencoder.decoder.state_dict())
    starts = range(0, len(kept), _AT_ONCE)
    with torch.inference_mode():
        codes = torch.cat([autoencoder.coder(as_input(kept[start : start + _AT_ONCE])) for start in starts])
    seen = torch.cat([encode_pictures(encoder, middle_square(kept[start : start + 512])) for start in starts[::16]])
    keys = F.normalize(seen.unflatten(0, (-1, levels)).mean(dim=1), dim=1)
    generator.codes.copy_(packed(codes))
    generator.keys.copy_(keys)
    if known is not None:
        states = states_at_levels(known.states[: len(kept)], levels)
        generator.states.copy_((states * STATE_SCALE).round().to(torch.uint8))
        generator.nearness_line.copy_(known.nearness_line)
    addresses = addresses_of(codes.flatten(1).unflatten(0, (-1, levels)).mean(dim=1), keys, settings.z_dim)
    generator.addresses.copy_((addresses * ADDRESS_SCALE).round().clamp(-127, 127).to(torch.int8))
    return generator.eval().requires_grad_(False), sizes


def states_at_levels(states: Tensor, levels: int) -> Tensor:
    """Return the states [m, levels + 2] of moments, how near each level is and then hour and warmth, of the states
    [m * levels, 3] of their pictures.

    Where a nearer level covers no more, it counts as nearer still, by the least that is told apart.
    """
    of_moments = states.unflatten(0, (-1, levels))
    least = torch.arange(levels) / STATE_SCALE
    nearness = of_moments[:, :, 0].cummax(dim=1).values * (1.0 - least[-1]) + least
    return torch.cat([nearness, of_moments[:, :, 1:].mean(dim=1)], dim=1)


def middle_square(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the squares in the middle of wide pictures [n, h, w, 3]: f_V was trained on such, and f_A after it."""
    height, width = pictures.shape[1:3]
    start = max(0, (width - height) // 2)
    return np.ascontiguousarray(pictures[:, :, start : start + height])


def addresses_of(codes: Tensor, keys: Tensor, z_dim: int) -> Tensor:
    """Return addresses [n, z_dim], each number of mean about 0 and variance 1, of codes [n, d] under keys [n, k].

    The leading principal components of what a code has beyond the mean of its neighbours' codes.
    """
    neighbours = nearest(keys, min(_NEIGHBOURS + 1, len(keys)))[:, 1:].long()
    rows = zip(torch.split(codes, 256), torch.split(neighbours, 256), strict=True)
    beyond = torch.cat([few - codes[around].mean(dim=1) for few, around in rows])
    with torch.random.fork_rng():
        torch.manual_seed(0)
        _, _, directions = torch.pca_lowrank(beyond, z_dim, center=False, niter=4)
    # A direction's sign is anybody's choice: the largest of its numbers shall be positive, on every machine.
    largest = directions.gather(0, directions.abs().argmax(dim=0, keepdim=True))
    found = beyond @ (directions * largest.sign())
    scaled: Tensor = found / found.std(dim=0).clamp_min(1e-6)
    return scaled
