"""How each method paints a clip: ours from its sound, the image-conditioned baseline from its picture."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from s2s.bundle import Bundle, BundleError
from s2s.evaluate.heard_pictures import see
from s2s.evaluate.metrics.clips import Clips
from s2s.evaluate.thing_metrics import Conditions, hear_conditions, paint_conditions
from s2s.sampling.noise import draw_noise
from s2s.spectrogram import fit_clip

Painter: TypeAlias = Callable[[int, int], NDArray[np.uint8]]
"""A clip's row and a seed -> a picture [h, w, 3]."""


def from_sounds(model: Bundle, clips: Clips) -> Painter:
    """Return (B) of the paper's table 1: what `model` paints of a clip's sound, as the show does."""

    def paint(row: int, seed: int) -> NDArray[np.uint8]:
        sound = fit_clip(clips.sound(row), model.spec).numpy()
        return _paint(model, hear_conditions(model, sound[None]), seed)

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
        return _paint(model, Conditions(see(model, clips.picture(row)[None])), seed)

    return paint


def _paint(model: Bundle, conditions: Conditions, seed: int) -> NDArray[np.uint8]:
    z = draw_noise(1, model.generator.z_dim, seed=seed)
    picture: NDArray[np.uint8] = paint_conditions(model.generator, z, conditions)[0]
    return picture
