"""How each method paints a clip: ours from its sound, the image-conditioned baseline from its picture."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from s2s.bundle import Bundle, BundleError
from s2s.evaluate.thing_metrics import Conditions, hear_conditions, paint_conditions
from s2s.sampling.embed import as_seen, as_tensor, unit
from s2s.sampling.noise import draw_noise
from s2s.spectrogram import fit_clip
from s2s.study.material import Material
from s2s.training.stages.memory import middle_square

Painter: TypeAlias = Callable[[str, int], NDArray[np.uint8]]
"""A clip's id and a seed -> a picture [h, w, 3]."""


def from_sounds(model: Bundle, material: Material) -> Painter:
    """Return (B) of the paper's table 1: what `model` paints of a clip's sound, as the show does."""

    def paint(clip_id: str, seed: int) -> NDArray[np.uint8]:
        sound = fit_clip(material.sound(clip_id), model.spec).numpy()
        return _paint(model, hear_conditions(model, sound[None]), seed)

    return paint


def from_pictures(model: Bundle, material: Material) -> Painter:
    """Return (A) of the paper's table 1: the same generator on what f_V sees in the picture that goes with the sound.

    Raises BundleError for a model without an image encoder, ValueError for sounds without pictures.
    """
    encoder = model.image_encoder
    if encoder is None:
        reason = "a baseline from pictures needs an image encoder: give --against MODEL instead"
        raise BundleError(model.path, "image_encoder", reason)
    if not material.has_pictures:
        raise ValueError(
            "these sounds have no pictures for an image-conditioned baseline to paint from: give --against MODEL"
        )
    width, height = model.card.squash_px

    @torch.inference_mode()
    def paint(clip_id: str, seed: int) -> NDArray[np.uint8]:
        picture = material.picture(clip_id)[None]
        seen = middle_square(picture) if width == height else picture
        h = unit(encoder.encode(as_seen(model, as_tensor(seen[0]).to(model.device))))
        return _paint(model, Conditions(h), seed)

    return paint


def _paint(model: Bundle, conditions: Conditions, seed: int) -> NDArray[np.uint8]:
    picture: NDArray[np.uint8] = paint_conditions(
        model.generator, draw_noise(1, model.generator.z_dim, seed=seed), conditions
    )[0]
    return picture
