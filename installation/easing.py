"""How a value travels from one end to another: by time along an easing, or by a fader as its row scales. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from installation.parameter import Kind, Parameter
from installation.values import ParameterValue

Easing = Callable[[float], float]
"""From the share 0..1 of the time that has passed to the share 0..1 of the way."""

EASINGS: Final[Mapping[str, Easing]] = MappingProxyType(
    {
        "smooth": lambda done: done * done * (3.0 - 2.0 * done),
        "linear": lambda done: done,
        "late": lambda done: done * done,
        "early": lambda done: done * (2.0 - done),
    }
)
"""By the choices of `/show/easing`."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """A number of `row` on its way from `start` to `end` in `duration_s` seconds, as a change of preset asks."""

    row: Parameter
    start: float
    end: float
    began_at: float
    duration_s: float
    easing: Easing

    def at(self, now: float) -> float:
        """Return where it is at `now`; exactly `end` from the end on."""
        done = (now - self.began_at) / self.duration_s
        return self.end if done >= 1.0 else float(between(self.row, self.start, self.end, self.easing(max(done, 0.0))))

    def turned(self, end: float, now: float) -> "Ramp":
        """Return the ramp that goes on from here to another end, in the time that is left."""
        left_s = max(self.began_at + self.duration_s - now, 1e-3)
        return Ramp(self.row, self.at(now), end, now, left_s, self.easing)


def between(row: Parameter, start: ParameterValue, end: ParameterValue, share: float) -> ParameterValue:
    """Return what lies at `share` 0..1 of the way: numbers as a fader of `row` travels, all else changes at the middle.

    Both ends are exact.
    """
    if share <= 0.0 or start == end:
        return start
    if share >= 1.0:
        return end
    if not row.is_number:
        return start if share < 0.5 else end
    low, high = row.to_unit(float(start)), row.to_unit(float(end))
    value = row.clamp(row.from_unit(low + (high - low) * share))
    return round(value) if row.kind is Kind.INT else value
