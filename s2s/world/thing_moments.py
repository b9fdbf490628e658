"""Moments for a judge that needs the thing: there, absent, abroad, or with another. Pure data; no GL.

Where a scene's place alone gave the answer away, a painted lawn would count as a dog.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from s2s.world.composition import composable_pairs
from s2s.world.state import LAID_OVER, SCENES, SHELTERED, SceneState

_ABSENT: Final = 0.2
_ABROAD: Final = 0.5  # of the things that can be laid over other places
_PAIRS: Final = composable_pairs()
_LEAST_NEARNESS: Final = 0.25  # of two things: a farther one can hardly be found behind or before the other
_HOSTS: Final = tuple(scene for scene in SCENES if scene not in SHELTERED)


@dataclass(frozen=True, slots=True)
class ThingMoment:
    """The parts of one moment, lowest first, and the scenes whose things are there; None where none is."""

    parts: tuple[SceneState, ...]
    thing: str | None
    second: str | None = None


def draw_thing(seed: int) -> ThingMoment:
    """Draw one moment, fixed by `seed`; seeds that follow each other take the scenes in turn.

    One in five shows a scene's place without its thing. Of the rest, things that can be laid over other places are so
    in every other moment: over a place whose own thing is absent.
    """
    scene = SCENES[seed % len(SCENES)]
    rng = np.random.default_rng([seed, *b"thing"])
    nearness, hour = float(rng.uniform(0.0, 1.0)), float(rng.uniform(0.0, 24.0))
    state = SceneState(scene, seed, nearness, hour)
    if rng.random() < _ABSENT:
        return ThingMoment((SceneState(scene, seed, nearness, hour, presence=0.0),), None)
    if scene in LAID_OVER and rng.random() < _ABROAD:
        host = str(rng.choice([other for other in _HOSTS if other != scene]))
        return ThingMoment((SceneState(host, seed, float(rng.uniform(0.0, 1.0)), hour, presence=0.0), state), scene)
    return ThingMoment((state,), scene)


def draw_two(seed: int) -> ThingMoment:
    """Draw one moment of two things that are both there, fixed by `seed`; seeds that follow each other take turns.

    Both have one hour, and a nearness of a quarter or more.
    """
    place, thing = _PAIRS[seed % len(_PAIRS)]
    rng = np.random.default_rng([seed, *b"two things"])
    hour = float(rng.uniform(0.0, 24.0))
    first, second = (
        SceneState(scene, seed, float(rng.uniform(_LEAST_NEARNESS, 1.0)), hour) for scene in (place, thing)
    )
    return ThingMoment((first, second), place, thing)
