"""Compositionality (paper, sections 5.2 and 6): a picture of one thing and a sound of another give one of both."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.evaluate.claims.measuring import Measuring, above, mean_value, scene_numbers, sound_of
from s2s.evaluate.heard_pictures import Pictures, hear_all, see
from s2s.evaluate.report.model import Claim, Skipped
from s2s.models.memory_generator import Beside, MemoryGenerator
from s2s.sampling.generate import as_pixels, paint
from s2s.sampling.manipulate import blend

_HALF: Final = 0.5
_AT_ONCE: Final = 16
_ASKED: Final = (
    "both things are the two that a judge finds likeliest in the picture and in parts of it, more often than in "
    "pictures of either alone"
)


@dataclass(frozen=True, slots=True, eq=False)
class _Composed:
    """What pictures of both are measured by: which two there are, [n, 2], and how often both are found in pictures of
    either alone and in the world's own of both, [n].
    """

    measuring: Measuring
    numbers: NDArray[np.int64]
    either: NDArray[np.float64]
    own: NDArray[np.float64]

    def claim(self, name: str, told: str, pictures: Pictures) -> Claim:
        """Return how often both are found in `pictures`."""
        found, seed = _found(self.measuring, pictures, self.numbers), self.measuring.seed
        chance, more = round(float(self.either.mean()), 4), mean_value(found - self.either, seed)
        note = f"of the world's own pictures of both the judge finds both in {self.own.mean():.2f}"
        return Claim(name, told, _ASKED, mean_value(found, seed), chance, above(more, 0.0), note)


def picture_and_sound(measuring: Measuring) -> list[Claim | Skipped]:
    """Return how often a judge finds both: in a blend, half and half, and, if the model can, laid over the picture."""
    model, pairs = measuring.model, measuring.pairs(measuring.sizes.composed, purpose="composed")
    h_image = see(model, measuring.drawn([(image,) for image, _ in pairs]))
    heard = hear_all(model, [sound_of(sounding) for _, sounding in pairs])
    z, numbers = measuring.noise(0, len(pairs)), np.stack([scene_numbers(pair) for pair in pairs])
    either = np.mean([_found(measuring, paint(model, z, h), numbers) for h in (h_image, heard.whole)], axis=0)
    composed = _Composed(measuring, numbers, either, _found(measuring, measuring.drawn(pairs), numbers))
    half = paint(model, z, blend(h_image, heard.whole, _HALF))
    told = "a picture of one thing and the sound of another, half and half (λ 0.5), show both"
    claims: list[Claim | Skipped] = [composed.claim("composed-blend", told, half)]
    if not model.paints_two:
        return [*claims, Skipped("a sound's thing laid over a picture", "this model paints one thing at a time")]
    told = "a sound's thing laid over a picture's place shows both"
    return [*claims, composed.claim("composed-laid-over", told, _laid_over(measuring, z, h_image, heard.h))]


def _found(measuring: Measuring, pictures: Pictures, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
    return measuring.both_found(pictures, numbers)


@torch.inference_mode()
def _laid_over(measuring: Measuring, z: Tensor, h_image: Tensor, h_sound: Tensor) -> Pictures:
    G = measuring.model.generator
    assert isinstance(G, MemoryGenerator)
    parts = (some.to(measuring.model.device).split(_AT_ONCE) for some in (z, h_image, h_sound, torch.ones(len(z))))
    rows = [(noise, place, Beside(over, there)) for noise, place, over, there in zip(*parts, strict=True)]
    return np.concatenate([as_pixels(G(noise, place, None, beside)) for noise, place, beside in rows])
