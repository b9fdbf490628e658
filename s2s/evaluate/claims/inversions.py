"""Pictures found again in the generator (paper, section 5.2): the model's own, and the world's."""

from typing import Final

import numpy as np
import torch.nn.functional as F
from numpy.typing import NDArray

from s2s.evaluate.claims.measuring import Measuring, above, mean_value
from s2s.evaluate.heard_pictures import Pictures, see
from s2s.evaluate.report.model import Claim
from s2s.sampling.generate import as_pixels, paint
from s2s.sampling.inversion.cache import cached
from s2s.sampling.inversion.search import InversionSettings
from s2s.training.inputs.tensors import as_input

_SEARCH: Final = InversionSettings(restarts=2, max_steps=150)


def found_again(measuring: Measuring) -> list[Claim]:
    """Return how far what was found lies from the picture, root mean square of 255, against what f_V alone gives."""
    step = max(1, len(measuring.sizes.scenes) // measuring.sizes.inverted)
    states = measuring.states(1)[::step][: measuring.sizes.inverted]
    drawn = measuring.drawn([(state,) for state in states])
    own = paint(measuring.model, measuring.noise(0, len(states)), see(measuring.model, drawn))
    return [
        _claim(measuring, "inversion-own", "the generator's own pictures are found again", own),
        _claim(measuring, "inversion-world", "pictures that the generator never painted are approached", drawn),
    ]


def _claim(measuring: Measuring, name: str, told: str, pictures: Pictures) -> Claim:
    found = [cached(measuring.model, picture, _SEARCH, seed=measuring.seed) for picture in pictures]
    after = np.array([_apart(one.picture, picture) for one, picture in zip(found, pictures, strict=True)])
    before = np.array([_apart(one.start_picture, picture) for one, picture in zip(found, pictures, strict=True)])
    asked = "the found picture lies nearer than what the image encoder alone gives (root mean square, of 255)"
    nearer = above(mean_value(before - after, measuring.seed), 0.0)
    return Claim(name, told, asked, mean_value(after, measuring.seed), round(float(before.mean()), 4), nearer)


def _apart(painted: NDArray[np.uint8], picture: NDArray[np.uint8]) -> float:
    """Return the root mean square difference of two pictures, of 255, the second brought to the first's size."""
    target = F.interpolate(as_input(picture[None]), painted.shape[:2], mode="bilinear", antialias=True)
    return float(np.sqrt(np.square(painted.astype(np.float64) - as_pixels(target)[0]).mean()))
