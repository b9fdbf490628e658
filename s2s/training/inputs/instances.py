"""What IC-GAN trains on (Casanova et al. 2021): a picture's feature h, and pictures of its nearest neighbours.

So a single h stands for a small neighbourhood, and D cannot ask G for the one picture. Nobody's label is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from s2s.files.atomic_write import atomic_path
from s2s.models.image_encoder import PictureEncoder
from s2s.training.engine.distributed import barrier
from s2s.training.engine.step_context import SampleRng
from s2s.training.inputs.conditions import BLOCK
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.images import Pictures

KEPT: Final = "instances.safetensors"
_DECODED_AT_ONCE: Final = 4096  # pictures of 128 pixels: 200 MB


@dataclass(frozen=True, slots=True, eq=False)
class Instances:
    """Unit features [n, d] of the training pictures, of each mirrored (or None), and neighbours int [n, k].

    Where mirrored features are held, half of the conditions are such, whichever way round the picture is that goes
    with them: as published ("feature augmentation").
    """

    features: Tensor
    neighbours: Tensor
    mirrored: Tensor | None = None

    def real(self, sample_rng: SampleRng) -> tuple[NDArray[np.int64], Tensor]:
        """Return pairs that are real: places [n] of pictures, and h [n, d] each is a neighbour of."""
        centre = sample_rng.integers(len(self.features))
        which = sample_rng.integers(self.neighbours.shape[1])
        return self.neighbours[centre, which].long().numpy(), self._h(centre, sample_rng)

    def wanted(self, sample_rng: SampleRng) -> Tensor:
        """Return h [n, d] of any pictures: what G is asked for."""
        return self._h(sample_rng.integers(len(self.features)), sample_rng)

    def own(self, sample_rng: SampleRng) -> tuple[NDArray[np.int64], Tensor]:
        """Return places [n] of pictures and their own h [n, d], neither mirrored: what a reconstruction needs."""
        places = sample_rng.integers(len(self.features))
        return places.numpy(), self.features[places]

    def _h(self, places: Tensor, sample_rng: SampleRng) -> Tensor:
        if self.mirrored is None:
            return self.features[places]
        turned = sample_rng.chance(0.5)[:, None]
        return torch.where(turned, self.mirrored[places], self.features[places])


def others_nearest(features: Tensor, count: int, device: torch.device | None = None) -> Tensor:
    """Return indices int32 [n, count] of every unit feature's nearest, itself left out, computed on `device`.

    Fewer where there are fewer others. Raises ValueError where there are none.
    """
    count = min(count, len(features) - 1)
    if count < 1:
        raise ValueError(f"neighbours need two pictures and a number from 1 on, got {len(features)} pictures")
    placed = features.to(device or features.device)
    parts = []
    for block in torch.split(torch.arange(len(placed), device=placed.device), BLOCK):
        likeness = placed[block] @ placed.T
        # By number, not by place: two pictures that are alike to the pixel may come out in any order.
        likeness.scatter_(1, block[:, None], -torch.inf)
        parts.append(likeness.topk(count, dim=1).indices.int().cpu())
    return torch.cat(parts)


@dataclass(frozen=True, slots=True)
class InstanceOptions:
    """`k_nn` neighbours of each picture (50 published), and whether mirrored pictures' features are wanted."""

    k_nn: int = 50
    mirrored: bool = True


def instances_of(
    data: Pictures, encoder: PictureEncoder, folder: Path, options: InstanceOptions, *, writes: bool = True
) -> Instances:
    """Return the instances of the training pictures; kept in `folder`, because a resumed run would wait minutes.

    The rank that `writes` computes them; the others wait for it. Raises ValueError where those kept are others.
    """
    kept = folder / KEPT
    if writes and not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_path(kept) as partial:
            save_file(_computed(data, encoder, options), partial)
    barrier()
    saved = load_file(kept)
    instances = Instances(saved["features"], saved["neighbours"], saved.get("mirrored"))
    there = (*instances.features.shape, instances.neighbours.shape[1], instances.mirrored is not None)
    expected = (len(data.train), encoder.embedding_dim, min(options.k_nn, len(data.train) - 1), options.mirrored)
    if there != expected:
        names = "pictures, numbers a feature, neighbours, mirrored"
        raise ValueError(f"{kept} holds others ({names}: {there}, expected {expected}): delete it")
    return instances


def _computed(data: Pictures, encoder: PictureEncoder, options: InstanceOptions) -> dict[str, Tensor]:
    plain = torch.cat([encode_pictures(encoder, part) for part in _decoded(data)])
    device = next(encoder.parameters()).device if isinstance(encoder, torch.nn.Module) else None
    tensors = {"features": plain, "neighbours": others_nearest(plain, options.k_nn, device)}
    if options.mirrored:
        tensors["mirrored"] = torch.cat([encode_pictures(encoder, part[:, :, ::-1]) for part in _decoded(data)])
    return tensors


def _decoded(data: Pictures) -> Iterator[NDArray[np.uint8]]:
    for start in range(0, len(data.train), _DECODED_AT_ONCE):
        yield data.of(data.train[start : start + _DECODED_AT_ONCE])
