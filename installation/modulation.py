"""Modulation: features reach any number on the desk, each by its own attack and release. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from installation.values import FEATURE_NAMES, Features


@dataclass(frozen=True, slots=True)
class Route:
    """One line of a preset's `modulation:`: `amount` in the parameter's own unit is added at full feature."""

    feature: str
    address: str
    amount: float
    attack_s: float = 0.02
    release_s: float = 0.3


def follow(value: float, target: float, dt_s: float, time_constant_s: float) -> float:
    """Return `value` moved towards `target` for `dt_s` seconds; the step size does not change the path."""
    if time_constant_s <= 0:
        return target
    return value + (target - value) * (1.0 - math.exp(-dt_s / time_constant_s))


class Modulator:
    """Turns features into offsets by address. One owner, one thread."""

    def __init__(self, routes: Sequence[Route] = ()) -> None:
        for route in routes:
            if route.feature not in FEATURE_NAMES:
                raise ValueError(f"a route starts at one of {', '.join(FEATURE_NAMES)}; got {route.feature!r}")
        self._routes = tuple(routes)
        self._envelopes = [0.0] * len(self._routes)

    def offsets(self, features: Features, dt_s: float) -> Mapping[str, float]:
        """Return what to add to each address, `dt_s` seconds after the last call."""
        sums: dict[str, float] = {}
        for index, route in enumerate(self._routes):
            value = float(getattr(features, route.feature))
            rising = value > self._envelopes[index]
            envelope = follow(self._envelopes[index], value, dt_s, route.attack_s if rising else route.release_s)
            self._envelopes[index] = envelope
            sums[route.address] = sums.get(route.address, 0.0) + route.amount * envelope
        return sums
