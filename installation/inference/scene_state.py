"""What ear and hand say of the scene: how near its thing is, its hour and warmth, and how firmly. Pure."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.values import Controls

_DAY_H: Final = 24.0


class HeardNearness:
    """How near the thing is that is painted: it glides after what the ear says, and stays where the ear is silent."""

    def __init__(self) -> None:
        self.value: float | None = None
        self._target: float | None = None
        self._moved_at: float | None = None

    def aim(self, nearness: float | None) -> None:
        """Follow `nearness` 0..1 from now on; the first is taken at once."""
        self._target = self._target if nearness is None else nearness
        self.value = self._target if self.value is None else self.value

    def advance(self, now: float, glide_s: float) -> float | None:
        """Return the nearness at `now`, None before the first."""
        dt_s = 0.0 if self._moved_at is None else max(now - self._moved_at, 0.0)
        self._moved_at = now
        if self.value is not None and self._target is not None:
            fraction = 1.0 if glide_s <= 0.0 else 1.0 - math.exp(-dt_s / glide_s)
            self.value += fraction * (self._target - self.value)
        return self.value


def held_states(controls: Controls, wall_hour: float, heard_nearness: float | None = None) -> NDArray[np.float32]:
    """Return values and firmness of nearness, hour and warmth, each 0..1, [1, 3, 2], as `MemoryGenerator` takes them.

    `wall_hour` is the local time in hours; it is the picture's where `/scene/clock` is on. `heard_nearness` is how near
    the thing sounds, where the ear says so: a hand holds from there, and a preset's image is as near as it is; None
    leaves it to the generator.
    """
    nearness = controls.number("/scene/nearness"), controls.number("/scene/nearness_hold")
    if heard_nearness is not None:
        hand, hold = nearness
        nearness = heard_nearness + hold * (hand - heard_nearness), max(hold, 1.0 - controls.number("/latent/blend"))
    hour = controls.number("/scene/hour") / _DAY_H, controls.number("/scene/hour_hold")
    if controls.switch("/scene/clock"):
        hour = wall_hour / _DAY_H, 1.0
    warmth = controls.number("/scene/warmth"), controls.number("/scene/warmth_hold")
    return np.array([[nearness, hour, warmth]], np.float32)
