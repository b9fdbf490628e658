"""What a model can show before it has heard anything: scenes that its generator keeps, unlike each other.

A room is silent when a show is switched on, or full of speech, of which no model paints anything; and in most places of
the latent space there is nothing.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from s2s.models.generator import Generator
from s2s.models.memory_generator import NEIGHBOURS, MemoryGenerator
from s2s.sampling.generate import as_pixels

_MOST: Final = 24
"""Enough that a silent hour is not a loop; the default model has about so many."""
_ALIKE: Final = 0.7
"""From this cosine on two moments may be of one scene."""
_OF_ONE: Final = 0.95
"""From this one on they are: the nearest other moment of the default model is nearly always beyond it."""


def own_places(generator: Generator, seed: int) -> Sequence[NDArray[np.float32]]:
    """Return unit vectors h `[h_dim]` of scenes that `generator` knows, each the middle of moments that it keeps and
    that are alike, no two of them alike, in an order that `seed` decides; none where it keeps no moments.

    The middle and no moment itself: there z and a held hour have something to choose from.
    """
    if not isinstance(generator, MemoryGenerator):
        return ()
    keys = F.normalize(generator.keys.float(), dim=1).cpu().numpy()
    found: list[NDArray[np.float32]] = []
    unlike = np.ones(len(keys), bool)
    for place in np.random.default_rng([seed, 0x0E]).permutation(len(keys)):
        if not unlike[place]:
            continue
        around = keys @ keys[place] >= _OF_ONE
        middle = keys[around].mean(axis=0)
        middle /= np.linalg.norm(middle)
        unlike &= ~around & (keys @ middle < _ALIKE)
        if around.sum() >= NEIGHBOURS and all(float(other @ middle) < _ALIKE for other in found):
            found.append(middle)
        if len(found) == _MOST:
            break
    return found


@torch.inference_mode()
def still_of(generator: Generator) -> NDArray[np.uint8] | None:
    """Return a picture `[height, width, 3]` of the first of them, None where there is none."""
    places = own_places(generator, seed=0)
    if not places:
        return None
    assert isinstance(generator, MemoryGenerator)
    h = torch.from_numpy(places[0])[None].to(generator.keys.device)
    still: NDArray[np.uint8] = as_pixels(generator(torch.zeros(1, generator.z_dim, device=h.device), h))[0]
    return still
