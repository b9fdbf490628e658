"""Pictures made up for the tests, and an f_V of random weights that sees them in a moment."""

import numpy as np
import torch

from s2s.models.image_encoder import ImageEncoder
from s2s.training.inputs.images import Pictures

SCENES = 4


def coloured_pictures(count: int = 24, *, held_out: int = 8) -> Pictures:
    """Return noise of 64 pixels around a colour for each scene, the last ones held out."""
    rng = np.random.default_rng(0)
    labels = np.arange(count) % SCENES
    colour = rng.integers(0, 256, (SCENES, 1, 1, 3))[labels]
    pixels = np.clip(colour + rng.normal(0, 20, (count, 64, 64, 3)), 0, 255).astype(np.uint8)
    rows = np.arange(count)
    names = tuple(f"scene {number}" for number in range(SCENES))
    return Pictures(pixels, rows[: count - held_out], rows[count - held_out :], names, labels)


def random_encoder() -> ImageEncoder:
    """Return an f_V of 32 numbers that nobody trained, frozen."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return ImageEncoder(width=4).eval().requires_grad_(False)
