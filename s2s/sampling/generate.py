"""The paper's inference: sound → embedding → pictures, and the best of many. Runs in the calling thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle, BundleError
from s2s.sampling.embed import as_seen, embed_sound, unit
from s2s.sampling.noise import Convention, draw_noise

_BATCH: Final = 8  # pictures at once: enough to keep a GPU busy, and at 256 pixels still under a gigabyte


@dataclass(frozen=True, slots=True)
class Sampling:
    """How noise becomes pictures. The defaults are the published ones: N(0, 1), no choice.

    With `best_of` N, each picture is the one of N whose own embedding lies nearest to h (Casanova et al. 2021,
    released code). `truncation` and `convention` are those of `draw_noise`. Numbers that are compared with the
    paper's need the defaults.
    """

    count: int = 4
    seed: int = 0
    truncation: float | None = None
    convention: Convention = "icgan"
    best_of: int = 1

    def __post_init__(self) -> None:
        for name in ("count", "best_of"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")

    def noise(self, z_dim: int) -> Tensor:
        """Return the noise of every picture to be painted, [count · best_of, z_dim]."""
        truncation, convention = self.truncation, self.convention
        number = self.count * self.best_of
        return draw_noise(number, z_dim, seed=self.seed, truncation=truncation, convention=convention)


@dataclass(frozen=True, slots=True)
class Painted:
    """Pictures [count, height, width, 3] and, where they were chosen, each one's L2 distance from h in f_V's space."""

    pictures: NDArray[np.uint8]
    distances: tuple[float, ...] = ()


@torch.inference_mode()
def paint(model: Bundle, z: Tensor, h: Tensor) -> NDArray[np.uint8]:
    """Return the pictures G(z, h), uint8 [n, height, width, 3]: clamped to -1..1, no contrast stretched (paper, 3.2).

    `z` [n, z_dim]; `h` [n, h_dim] or one row for all, of unit length. Raises ValueError for other shapes.
    """
    return as_pixels(torch.cat(list(_painted(model, z, h))))


@torch.inference_mode()
def sample(model: Bundle, h: Tensor, sampling: Sampling) -> Painted:
    """Return pictures of one unit `h` [1, h_dim]. Raises BundleError where a choice needs an image encoder."""
    z = sampling.noise(model.generator.z_dim)
    if sampling.best_of == 1:
        return Painted(paint(model, z, h))
    if model.image_encoder is None:
        raise BundleError(model.path, "image_encoder", "choosing the best of many needs an image encoder")
    pictures, distances = [], []
    for batch in _painted(model, z, h):
        features = unit(model.image_encoder.encode(as_seen(model, batch)))
        distances.append(torch.linalg.vector_norm(features - h.to(features.device), dim=1).cpu())
        pictures.append(as_pixels(batch))
    return _nearest(np.concatenate(pictures), torch.cat(distances).numpy(), sampling.count)


def generate(model: Bundle, sound: NDArray[np.float32], sampling: Sampling) -> Painted:
    """Return pictures of the first clip of mono `sound` [n]. Raises ValueError as `embed_sound`, BundleError."""
    return sample(model, embed_sound(model, sound), sampling)


def as_pixels(pictures: Tensor) -> NDArray[np.uint8]:
    """Return pictures [n, 3, h, w] in -1..1 as bytes [n, h, w, 3]."""
    levels = ((pictures.detach().float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return np.ascontiguousarray(levels.permute(0, 2, 3, 1).cpu().numpy())


def _painted(model: Bundle, z: Tensor, h: Tensor) -> Iterator[Tensor]:
    if z.ndim != 2 or h.ndim != 2 or len(h) not in (1, len(z)):
        raise ValueError(f"expected z [n, z_dim] and h [n or 1, h_dim], got {list(z.shape)} and {list(h.shape)}")
    whole = h.expand(len(z), -1)
    for start in range(0, len(z), _BATCH):
        part = slice(start, start + _BATCH)
        yield model.generator(z[part].to(model.device), whole[part].to(model.device))


def _nearest(pictures: NDArray[np.uint8], distances: NDArray[np.float32], count: int) -> Painted:
    """Keep of each picture's candidates, which lie together, the nearest."""
    groups = distances.reshape(count, -1)
    chosen = groups.argmin(1)
    kept = pictures.reshape(count, -1, *pictures.shape[1:])[np.arange(count), chosen]
    return Painted(kept, tuple(float(distance) for distance in groups.min(1)))
