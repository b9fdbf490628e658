"""What a model makes of changed latents: rows of the paper's figures 9 and 11, and the frames of a film.

Runs in the calling thread, for as long as the model takes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle
from s2s.media.montage import Pixels, captioned
from s2s.sampling.figures.sweeps import position_at
from s2s.sampling.generate import paint
from s2s.sampling.manipulate import blend, edit

Latent = Callable[[float], Tensor]
"""z_new of the paper, unit [1, h_dim], for an amount λ."""


@dataclass(frozen=True, slots=True)
class LatentStrip:
    """One row of a figure: what G paints of the same noise along λ.

    `embeddings` [n, h_dim] unit; `pictures` [n, height, width, 3].
    """

    amounts: tuple[float, ...]
    embeddings: Tensor
    pictures: NDArray[np.uint8]

    def cosines(self, h: Tensor) -> list[float]:
        """Return the cosine of each embedding with `h` [1, h_dim]."""
        return [float(cosine) for cosine in (self.embeddings @ h[0].cpu()).clamp(-1, 1)]

    def changes(self, picture: Pixels) -> list[float]:
        """Return how far each picture is from `picture`: the mean absolute difference of their numbers, of 255."""
        difference = np.abs(self.pictures.astype(np.int16) - picture)
        return [float(mean) for mean in difference.mean(axis=(1, 2, 3))]


def blended(h_image: Tensor, h_sound: Tensor) -> Latent:
    """Return the way from a sound, λ 0, to an image, λ 1 (section 5.2, figure 9)."""
    return lambda amount: blend(h_image, h_sound, amount)


def edited(h_image: Tensor, h_one: Tensor, h_other: Tensor) -> Latent:
    """Return the way through an inverted image, λ 0, from one sound towards the other (section 5.2, figure 11)."""
    return lambda amount: edit(h_image, h_one, h_other, amount)


def paint_latents(model: Bundle, z: Tensor, latent: Latent, amounts: Sequence[float]) -> LatentStrip:
    """Return what `model` paints at every λ of `amounts` with the noise `z` [1, z_dim]. Raises ValueError."""
    if not amounts:
        raise ValueError("a sweep of λ needs at least one amount")
    embeddings = torch.cat([latent(amount).cpu() for amount in amounts])
    return LatentStrip(tuple(amounts), embeddings, paint(model, z.expand(len(amounts), -1), embeddings))


def latent_frames(
    model: Bundle, z: Tensor, latent: Latent, ends: tuple[float, float], num_frames: int, px: int = 480
) -> Iterator[Pixels]:
    """Yield the pictures of a film from one λ to another, held at both ends, each `px` wide, with its caption."""
    for number in range(num_frames):
        position = position_at(number / max(1, num_frames - 1))
        amount = (1.0 - position) * ends[0] + position * ends[1]
        yield captioned(paint(model, z, latent(amount))[0], f"λ = {amount:.2f}", px)
