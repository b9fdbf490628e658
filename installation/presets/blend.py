"""Two presets and everything between them: what a fader from one to the other sets. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from installation.easing import between
from installation.modulation import Route, crossed
from installation.parameters import DEEDS, PARAMETERS
from installation.presets.preset import Preset, preset_values
from installation.values import ParameterValue


@dataclass(frozen=True, slots=True)
class Blend:
    """Preset `a` at 0, `b` at 1. What one of the two alone sets goes to where it stood when they were named."""

    a: Preset
    b: Preset
    at_a: Mapping[str, ParameterValue]
    at_b: Mapping[str, ParameterValue]

    @classmethod
    def of(cls, a: Preset, b: Preset, stood: Mapping[str, ParameterValue]) -> Self:
        """Return the blend of two presets over values that `stood` before."""
        values_a, values_b = preset_values(a), preset_values(b)
        both = {**values_a, **values_b}.keys() - DEEDS
        rest = {address: stood[address] for address in both}
        return cls(a, b, {**rest, **values_a}, {**rest, **values_b})

    def values(self, position: float) -> dict[str, ParameterValue]:
        """Return all values at `position` 0..1: numbers as their faders travel, switches and choices of the nearer."""
        return {
            address: between(PARAMETERS[address], self.at_a[address], self.at_b[address], position)
            for address in self.at_a
        }

    def routes(self, position: float) -> tuple[Route, ...]:
        """Return the modulation at `position`: amounts cross."""
        return crossed(self.a.routes, self.b.routes, position)

    def nearer(self, position: float) -> Preset:
        """Return whose passes, image, source, model and controller count at `position`; those of `b` at the middle."""
        return self.a if position < 0.5 else self.b

    def preset(self, position: float) -> Preset:
        """Return what is shown at `position` as one preset, named after the nearer."""
        return replace(self.nearer(position), parameters=self.values(position), routes=self.routes(position))
