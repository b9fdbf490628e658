"""How each method paints a clip: ours from its sound, the image-conditioned baseline from its picture."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle, BundleError
from s2s.evaluate.heard_pictures import hear_all, paint_all, see
from s2s.evaluate.metrics.clips import Clips
from s2s.sampling import generate
from s2s.sampling.noise import draw_noise

Painter: TypeAlias = Callable[[int, int], NDArray[np.uint8]]
"""A clip's row and a seed -> a picture [h, w, 3]."""


def from_sounds(model: Bundle, clips: Clips) -> Painter:
    """Return (B) of the paper's table 1: what `model` paints of a clip's sound, as the show does."""

    def paint(row: int, seed: int) -> NDArray[np.uint8]:
        (picture,) = paint_all(model, hear_all(model, [clips.sound(row)]), _noise(model, seed))
        return np.asarray(picture)

    return paint


def from_pictures(model: Bundle, clips: Clips) -> Painter:
    """Return (A) of the paper's table 1: the same generator on what f_V sees in the picture that goes with the sound.

    Raises BundleError for a model without an image encoder, ValueError for sounds without pictures.
    """
    if model.image_encoder is None:
        reason = "a baseline from pictures needs an image encoder: give --against MODEL instead"
        raise BundleError(model.path, "image_encoder", reason)
    if not clips.has_pictures:
        raise ValueError(
            "these sounds have no pictures for an image-conditioned baseline to paint from: give --against MODEL"
        )

    def paint(row: int, seed: int) -> NDArray[np.uint8]:
        (picture,) = generate.paint(model, _noise(model, seed), see(model, clips.picture(row)[None]))
        return np.asarray(picture)

    return paint


def _noise(model: Bundle, seed: int) -> Tensor:
    return draw_noise(1, model.generator.z_dim, seed=seed)
