"""From a latent to the levels of a picture: what every painter is, whatever it runs on, and the plain one.

`captured_painting` is the one for CUDA; both paint the same picture of the same wish, within a level or so.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from installation.values import Latent, Pixels
from s2s.bundle import Bundle
from s2s.models.generator import Generator
from s2s.models.memory_generator import Beside, MemoryGenerator


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """What is to be painted: a point of the generator's input, and of the scene what a hand holds, [1, 3, 2] as
    `MemoryGenerator` takes it, None where the generator knows no states.
    """

    latent: Latent
    held: NDArray[np.float32] | None = None


class Painter(Protocol):
    """Paints one picture at a time; belongs to one thread."""

    @property
    def words(self) -> str:
        """How it paints, for the operator."""
        ...

    def paint(self, wish: Wish) -> Pixels | None:
        """Return the picture, uint8 [height, width, 3], or None where it holds anything but numbers.

        It stays as it is until the call after the next.
        """
        ...


class EagerPainter:
    """Calls the generator of `model` as it is, operation by operation; `words` are said of it."""

    def __init__(self, model: Bundle, words: str = "eager, float32") -> None:
        self._generator, self._device = model.generator, model.device
        self.words = words

    @torch.inference_mode()
    def paint(self, wish: Wish) -> Pixels | None:
        """Return the picture, as every painter does."""
        latent = wish.latent
        z, h = self._row(latent.z), self._row(latent.h)
        held = None if wish.held is None else torch.from_numpy(wish.held).to(self._device)
        beside = None
        if latent.beside is not None:
            weight = torch.tensor([latent.beside_weight], device=self._device)
            beside = Beside(self._row(latent.beside), weight)
        picture = painted(self._generator, z, h, held, beside)[0]
        if not bool(torch.isfinite(picture).all()):
            return None
        pixels: Pixels = levels(picture).cpu().numpy()
        return pixels

    def _row(self, vector: NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(vector).to(self._device)[None]


def painted(generator: Generator, z: Tensor, h: Tensor, held: Tensor | None, beside: Beside | None) -> Tensor:
    """Return pictures [b, 3, height, width] about -1..1; only a generator that knows of them is told of `held` and
    `beside`.
    """
    if isinstance(generator, MemoryGenerator):
        pictures: Tensor = generator(z, h, held, beside)
        return pictures
    return generator(z, h)


def levels(picture: Tensor) -> Tensor:
    """Return a picture [3, height, width] about -1..1 as uint8 [height, width, 3], on its own device."""
    shades = ((picture.float().clamp(-1.0, 1.0) + 1.0) * 127.5).round().to(torch.uint8)
    return shades.permute(1, 2, 0).contiguous()
