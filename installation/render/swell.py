"""What passes are told of sound's slower side: how the bands swell, and how much of each there has been. Pure.

A band of the last milliseconds moved by itself would make what it bends jump; and a motion that goes faster with it
would leap if its place were worked out from the clock.
"""

import math
from dataclasses import dataclass
from typing import Final

from installation.render.shader import Uniform
from installation.values import Features

_ATTACK_S: Final = (0.25, 0.15, 0.07)
_RELEASE_S: Final = (1.6, 0.9, 0.4)
"""Of bass, mid and treble: what is wide is heavy."""
_HOUR_S: Final = 3600.0
"""As of the shaders' clock: whole turns a minute meet themselves then."""

_Bands = tuple[float, float, float]


@dataclass(slots=True)
class Swell:
    """`slow`: bass, mid and treble, 0..1, smoothed; `way`: seconds of each at its loudest, from 0 again every hour."""

    slow: _Bands = (0.0, 0.0, 0.0)
    way: _Bands = (0.0, 0.0, 0.0)

    def move(self, features: Features, step_s: float) -> None:
        """Let `step_s` seconds of `features` pass."""
        heard = (features.bass, features.mid, features.treble)
        bands = zip(self.slow, heard, _ATTACK_S, _RELEASE_S, strict=True)
        slow = [_moved(old, new, step_s, rise_s if new > old else fall_s) for old, new, rise_s, fall_s in bands]
        way = [(old + new * step_s) % _HOUR_S for old, new in zip(self.way, slow, strict=True)]
        self.slow, self.way = (slow[0], slow[1], slow[2]), (way[0], way[1], way[2])

    def uniforms(self) -> dict[str, Uniform]:
        return {"u_slow": self.slow, "u_way": self.way}


def _moved(old: float, new: float, step_s: float, tau_s: float) -> float:
    return old + (new - old) * (1.0 - math.exp(-step_s / tau_s))
