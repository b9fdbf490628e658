"""What a hand says of the scene: how near its thing is, what hour it is, and how firmly. Pure."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.values import Controls

_DAY_H: Final = 24.0


def held_states(controls: Controls, wall_hour: float) -> NDArray[np.float32]:
    """Return values and firmness of nearness and hour, each 0..1, [1, 2, 2], as `MemoryGenerator` takes them.

    `wall_hour` is the local time in hours; it is the picture's where `/scene/clock` is on.
    """
    nearness = controls.number("/scene/nearness"), controls.number("/scene/nearness_hold")
    hour = controls.number("/scene/hour") / _DAY_H, controls.number("/scene/hour_hold")
    if controls.switch("/scene/clock"):
        hour = wall_hour / _DAY_H, 1.0
    return np.array([[nearness, hour]], np.float32)
