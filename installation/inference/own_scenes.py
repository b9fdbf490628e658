"""What a model can show before it has heard anything: moments that its generator keeps, unlike each other.

A room is silent when the show is switched on, or full of speech, of which no model paints anything. Without this the
wall would show a place of the latent space at which nothing lies.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch.nn.functional as F

from installation.inference.motion import unit
from installation.inference.scene import Scene
from s2s.models.generator import Generator
from s2s.models.memory_generator import NEIGHBOURS, MemoryGenerator

_MOST: Final = 24
"""Enough that a silent hour is not a loop; the default model has about so many."""
_ALIKE: Final = 0.7
"""From this cosine on two moments may be of one scene."""
_OF_ONE: Final = 0.95
"""From this one on they are: the nearest other moment of the default model is nearly always beyond it."""


def own_scenes(generator: Generator, seed: int) -> Sequence[Scene]:
    """Return scenes that `generator` knows, each the middle of moments that it keeps and that are alike, no two of them
    alike, in an order that `seed` decides; none where it keeps no moments.

    The middle and no moment itself: there z and a held hour have something to choose from.
    """
    if not isinstance(generator, MemoryGenerator):
        return ()
    keys = F.normalize(generator.keys.float(), dim=1).cpu().numpy()
    found: list[Scene] = []
    unlike = np.ones(len(keys), bool)
    for place in np.random.default_rng([seed, 0x0E]).permutation(len(keys)):
        if not unlike[place]:
            continue
        around = keys @ keys[place] >= _OF_ONE
        middle = unit(keys[around].mean(axis=0))
        unlike &= ~around & (keys @ middle < _ALIKE)
        if around.sum() >= NEIGHBOURS and all(float(scene.h @ middle) < _ALIKE for scene in found):
            found.append(Scene(middle))
        if len(found) == _MOST:
            break
    return found
