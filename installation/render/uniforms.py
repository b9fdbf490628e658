"""What the passes are told each tick: time, chance, the fast path's features and every /render/ parameter.

Pure; runs on the show's main thread. A parameter `/render/NAME` is the uniform `u_NAME`.
"""

import random
from dataclasses import dataclass
from typing import Final

from installation.parameter import Kind, Parameter
from installation.parameters import PARAMETERS
from installation.render.shader import Uniform
from installation.values import FEATURE_NAMES, Controls, Features, ParameterValue

CHANCES_HZ: Final = 24
"""Grain moves as often as film does, whatever the display's rate."""
LONGEST_STEP_S: Final = 0.25
"""After a stall the show goes on from where it was instead of leaping."""
_MOST_PICTURES: Final = 1 << 24
"""As many as a float can count; shaders turn them into one."""
_HOUR_S: Final = 3600.0
"""Shaders count in 32 bits; after an hour their clock starts again, where whole turns a minute meet themselves."""

_ROWS: Final = {
    f"u_{address.removeprefix('/render/')}": row
    for address, row in PARAMETERS.items()
    if address.startswith("/render/") and row.kind is not Kind.TEXT
}


@dataclass(slots=True)
class ShowTime:
    """Seconds of show: they stand still while the picture is frozen, and never leap."""

    seed: int
    elapsed_s: float = 0.0
    step_s: float = 0.0
    pictures: int = 0
    """Drawn so far, those of a frozen picture left out."""
    _now: float | None = None

    def move(self, now: float, *, frozen: bool) -> float:
        """Take in the time of this tick and return the seconds since the last one, frozen or not."""
        since_s = 0.0 if self._now is None else min(max(now - self._now, 0.0), LONGEST_STEP_S)
        self._now = now
        self.step_s = 0.0 if frozen else since_s
        self.elapsed_s += self.step_s
        self.pictures += not frozen
        return since_s

    def uniforms(self) -> dict[str, Uniform]:
        """Return the shaders' clock and dice."""
        dice = random.Random(self.seed * 1_000_003 + int(self.elapsed_s * CHANCES_HZ))
        return {
            "u_time": self.elapsed_s % _HOUR_S,
            "u_dt": self.step_s,
            "u_frame": self.pictures % _MOST_PICTURES,
            "u_chance": (dice.random(), dice.random()),
        }


def feature_uniforms(features: Features) -> dict[str, Uniform]:
    """Return `u_level`, `u_bass` and so on."""
    return {f"u_{name}": float(getattr(features, name)) for name in FEATURE_NAMES}


def parameter_uniforms(controls: Controls) -> dict[str, Uniform]:
    """Return `u_NAME` of every /render/NAME; a choice is its place in the row's choices."""
    return {name: _number(row, controls.values.get(row.address, row.default)) for name, row in _ROWS.items()}


def _number(row: Parameter, value: ParameterValue) -> Uniform:
    if row.kind is Kind.CHOICE:
        return row.choices.index(str(value))
    return float(value)
