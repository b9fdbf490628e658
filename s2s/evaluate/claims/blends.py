"""A blend is monotone (paper, section 5.2, figure 9): from a sound to a picture, step by step from one to the other."""

from typing import Final

import numpy as np

from s2s.evaluate.claims.measuring import Measuring, above, mean_value, scene_logits, scene_numbers, sound_of
from s2s.evaluate.heard_pictures import see
from s2s.evaluate.report.model import Claim
from s2s.metrics.scores import rank_correlation
from s2s.sampling.embed import embed_sound
from s2s.sampling.figures.latent_strip import blended, paint_latents

_LAMBDAS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


def blend_is_monotone(measuring: Measuring) -> list[Claim]:
    """Return how the judge's leaning from the sound's thing to the picture's follows λ, for pairs of scenes."""
    pairs = measuring.pairs(measuring.sizes.blends, purpose="blends")
    h = see(measuring.model, measuring.drawn([(image,) for image, _ in pairs]))
    numbers = np.stack([scene_numbers(pair) for pair in pairs])
    follows, rising = np.zeros(len(pairs)), np.zeros(len(pairs))
    for row, (_, sounding) in enumerate(pairs):
        way = blended(h[row : row + 1], embed_sound(measuring.model, sound_of(sounding)).cpu())
        strip = paint_latents(measuring.model, measuring.noise(row), way, _LAMBDAS)
        logits = scene_logits(measuring.judge, measuring.read(strip.pictures)).numpy()
        leaning = logits[:, numbers[row, 0]] - logits[:, numbers[row, 1]]
        follows[row] = rank_correlation(np.array(_LAMBDAS), leaning.astype(np.float64))
        rising[row] = float((np.diff(leaning) > 0).all())
    value = mean_value(follows, measuring.seed)
    asked = (
        "the rank correlation of λ (0, 0.25 … 1) with how much more a judge finds the picture's thing than the sound's "
        "is above 0; 1: never a step back"
    )
    note = f"without one step back: {rising.mean():.2f} of the blends, 0.01 by chance"
    return [Claim("blend-monotone", "a blend is monotone", asked, value, 0.0, above(value, 0.0), note)]
