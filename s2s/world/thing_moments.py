"""Moments for a judge that needs the thing: there, absent, or in a place that is not its own. Pure data; no GL.

Where a scene's place alone gave the answer away, a painted lawn would count as a dog.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from s2s.world.state import LAID_OVER, SCENES, SHELTERED, SceneState

_ABSENT: Final = 0.2
_ABROAD: Final = 0.5  # of the things that can be laid over other places
_HOSTS: Final = tuple(scene for scene in SCENES if scene not in SHELTERED)


@dataclass(frozen=True, slots=True)
class ThingMoment:
    """The parts of one moment, lowest first, and the scene whose thing is there; None where none is."""

    parts: tuple[SceneState, ...]
    thing: str | None


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
