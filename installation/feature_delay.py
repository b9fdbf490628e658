"""The picture's movement held back against the sound: features as they were a while ago. Pure; time is an argument."""

from collections import deque
from typing import Final

from installation.values import Features

LONGEST_DELAY_S: Final = 2.0
_SAME_MOMENT_S: Final = 1e-4
"""A turn that comes a hair early is still the one that is meant."""


class FeatureDelay:
    """Remembers the features of the last two seconds. Belongs to the show's thread."""

    def __init__(self) -> None:
        self._heard: deque[tuple[float, Features]] = deque()

    def delayed(self, features: Features, now: float, delay_s: float) -> Features:
        """Take in the `features` of `now`; return those of `delay_s` (0..2) ago, of silence before the first."""
        self._heard.append((now, features))
        while len(self._heard) > 1 and self._heard[1][0] <= now + _SAME_MOMENT_S - LONGEST_DELAY_S:
            self._heard.popleft()
        if delay_s <= 0.0:
            return features
        return next((old for at, old in reversed(self._heard) if at <= now + _SAME_MOMENT_S - delay_s), Features())
