"""Louder is larger (paper, section 5.1, figure 6): how large the thing is painted against how loud it sounds."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.evaluate.claims.measuring import Measuring, above, likeliest, mean_value, same_by_chance, sound_of
from s2s.evaluate.report.model import Claim
from s2s.metrics.scores import rank_correlation
from s2s.sampling.manipulate import at_volume
from s2s.world.state import SceneState

GAINS_DB: Final = tuple(range(-20, 11, 5))
_UNCHANGED: Final = GAINS_DB.index(0)


def louder_is_larger(measuring: Measuring) -> list[Claim]:
    """Return whether size follows gain from -20 to 10 dB, and whether the scene stays what it was."""
    states = measuring.states(measuring.sizes.louder_each)
    sizes, kept = np.zeros(len(states)), np.zeros(len(states))
    for row, state in enumerate(states):
        sound = sound_of(state)
        reading = measuring.read(measuring.painted([at_volume(sound, gain) for gain in GAINS_DB], measuring.noise(row)))
        sizes[row] = rank_correlation(np.array(GAINS_DB, float), reading.sizes_of(state.scene))
        found = likeliest(reading)
        kept[row] = np.delete(found == found[_UNCHANGED], _UNCHANGED).mean()
    value, stays = mean_value(sizes, measuring.seed), mean_value(kept, measuring.seed)
    bound = float(np.mean(_own_sizes(measuring, states)))
    chance = same_by_chance(states)
    return [
        Claim(
            "louder-larger",
            "louder is larger",
            "the rank correlation of gain (-20 to 10 dB, one noise) and the size of the painted thing is above 0",
            value,
            0.0,
            above(value, 0.0),
            f"size is what a judge of things tells; of the world's own pictures, from far to near, it is {bound:.2f}",
        ),
        Claim(
            "louder-same-scene",
            "a change of volume changes the size, not the scene",
            "the judge finds the same thing at other volumes as at the recorded one, more often than by chance",
            stays,
            chance,
            above(stays, chance),
        ),
    ]


def _own_sizes(measuring: Measuring, states: list[SceneState]) -> NDArray[np.float64]:
    """Return the same correlation of nearness in the world's own pictures: what the judge can see at best."""
    nearness = np.linspace(0.0, 1.0, len(GAINS_DB))
    each = []
    for state in states:
        row = [(SceneState(state.scene, state.seed, float(near), state.hour),) for near in nearness]
        each.append(rank_correlation(nearness, measuring.read(measuring.drawn(row)).sizes_of(state.scene)))
    return np.array(each)
