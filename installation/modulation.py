"""Modulation: features reach any number on the desk, each by its own attack and release. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from installation.easing import EASINGS, Easing
from installation.values import FEATURE_NAMES, Features


@dataclass(frozen=True, slots=True)
class Route:
    """One line of a preset's `modulation:`: `amount` in the parameter's own unit is added at full feature."""

    feature: str
    address: str
    amount: float
    attack_s: float = 0.02
    release_s: float = 0.3


SHORTEST_CROSSING_S: Final = 0.15
"""So long one modulation takes to give way to another even where a change of preset is to take no time."""


def follow(value: float, target: float, dt_s: float, time_constant_s: float) -> float:
    """Return `value` moved towards `target` for `dt_s` seconds; the step size does not change the path."""
    if time_constant_s <= 0:
        return target
    return value + (target - value) * (1.0 - math.exp(-dt_s / time_constant_s))


def crossed(a: Sequence[Route], b: Sequence[Route], share: float) -> tuple[Route, ...]:
    """Return the modulation at `share` 0..1 of the way from `a` to `b`: amounts cross, what is zero is left out."""
    amounts: dict[Route, float] = {}
    for routes, weight in ((a, 1.0 - share), (b, share)):
        for route in routes:
            line = replace(route, amount=0.0)
            amounts[line] = amounts.get(line, 0.0) + weight * route.amount
    return tuple(replace(line, amount=amount) for line, amount in amounts.items() if amount != 0.0)


@dataclass(slots=True)
class _Line:
    """A route without its amount, which is on its way from `start` to `end`; the envelope outlives changes of it."""

    route: Route
    start: float = 0.0
    amount: float = 0.0
    end: float = 0.0
    envelope: float = 0.0


class Modulator:
    """Turns features into offsets by address. One owner, one thread."""

    def __init__(self, routes: Sequence[Route] = ()) -> None:
        self._lines: dict[Route, _Line] = {}
        self._elapsed_s = self._duration_s = 0.0
        self._easing = EASINGS["smooth"]
        self._crosses = False
        self._go_to(routes, 0.0, self._easing)

    def go_to(self, routes: Sequence[Route], duration_s: float = 0.0, easing: Easing = EASINGS["smooth"]) -> None:
        """Cross to other routes in `duration_s` seconds, or `SHORTEST_CROSSING_S`; what both have goes on moving.

        Raises ValueError.
        """
        self._go_to(routes, max(duration_s, SHORTEST_CROSSING_S), easing)

    def _go_to(self, routes: Sequence[Route], duration_s: float, easing: Easing) -> None:
        for route in routes:
            if route.feature not in FEATURE_NAMES:
                raise ValueError(f"a route starts at one of {', '.join(FEATURE_NAMES)}; got {route.feature!r}")
        for line in self._lines.values():
            line.start, line.end = line.amount, 0.0
        for route in routes:
            key = replace(route, amount=0.0)
            line = self._lines.setdefault(key, _Line(key))
            line.end += route.amount
        self._elapsed_s, self._duration_s, self._easing, self._crosses = 0.0, duration_s, easing, True
        self._cross(0.0)

    def turn(self, routes: Sequence[Route]) -> None:
        """Cross to other routes in the time that is left of a crossing on its way."""
        left_s = max(self._duration_s - self._elapsed_s, 0.0) if self._crosses else 0.0
        self.go_to(routes, left_s, self._easing)

    def offsets(self, features: Features, dt_s: float) -> Mapping[str, float]:
        """Return what to add to each address, `dt_s` seconds after the last call."""
        if self._crosses:
            self._cross(dt_s)
        sums: dict[str, float] = {}
        for line in self._lines.values():
            route, value = line.route, float(getattr(features, line.route.feature))
            line.envelope = follow(
                line.envelope, value, dt_s, route.attack_s if value > line.envelope else route.release_s
            )
            sums[route.address] = sums.get(route.address, 0.0) + line.amount * line.envelope
        return sums

    def _cross(self, dt_s: float) -> None:
        self._elapsed_s += dt_s
        if self._elapsed_s < self._duration_s:
            share = self._easing(self._elapsed_s / self._duration_s)
            for line in self._lines.values():
                line.amount = line.start + (line.end - line.start) * share
            return
        self._crosses = False
        self._lines = {key: line for key, line in self._lines.items() if line.end != 0.0}
        for line in self._lines.values():
            line.amount = line.end
