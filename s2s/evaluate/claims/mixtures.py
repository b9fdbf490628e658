"""Both in a mix (paper, section 5.1, figure 7): are the two things that sound the two that are seen."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.evaluate.claims.measuring import Measuring, above, mean_value, scene_numbers, sound_of
from s2s.evaluate.heard_pictures import Pictures
from s2s.evaluate.hearing.mixes import mixed
from s2s.evaluate.report.model import Claim

_ASKED: Final = (
    "the two things that sound are the two that a judge finds likeliest in the picture and in parts of it, more often "
    "than in pictures of either alone"
)


def both_in_a_mix(measuring: Measuring) -> list[Claim]:
    """Return how often a judge finds both things of a mix of two equally loud sounds, against either sound alone."""
    pairs = measuring.pairs(measuring.sizes.mixes, purpose="mixes")
    numbers = np.stack([scene_numbers(pair) for pair in pairs])
    first, second = ([sound_of(pair[place]) for pair in pairs] for place in (0, 1))
    z, seed = measuring.noise(0, len(pairs)), measuring.seed

    def found(pictures: Pictures) -> NDArray[np.float64]:
        return measuring.both_found(pictures, numbers)

    together = found(measuring.painted([mixed(*two) for two in zip(first, second, strict=True)], z))
    alone = np.mean([found(measuring.painted(sounds, z)) for sounds in (first, second)], axis=0)
    own = found(measuring.drawn(pairs))
    note = f"of the world's own pictures of both the judge finds both in {own.mean():.2f}"
    if own.any():
        note += f"; of the mixes where it does so, in {together[own > 0].mean():.2f}"
    value, holds = mean_value(together, seed), above(mean_value(together - alone, seed), 0.0)
    chance = round(float(alone.mean()), 4)
    return [Claim("both-in-a-mix", "of two sounds mixed, both are seen", _ASKED, value, chance, holds, note)]
