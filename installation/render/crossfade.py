"""Pure timing of what fades: from one generated picture to the next, and to black and back.

No GL here; the renderer asks for a weight and draws. Runs on the show's main thread.
"""

from dataclasses import dataclass
from typing import Final

SHORTEST_FADE_S: Final = 1 / 60
LONGEST_FADE_S: Final = 0.6
_FIRST_FADE_S: Final = 0.12
_INTERVAL_MEMORY: Final = 0.25
"""Share of the newest interval in the running mean: four pictures or so decide."""
_OVERLAP: Final = 1.1
"""Fades last a little longer than a picture's usual turn, or motion would pause whenever one comes late."""


@dataclass(slots=True)
class CrossFade:
    """How far the display has gone from the picture shown before to the newest one.

    The length follows the measured interval between pictures, so motion never rests between two of them. A picture
    that comes before the fade is over starts a new fade from whatever is on display then: the caller keeps that
    blend, and the new fade began when it was drawn. (Were it to begin at the arrival, pictures as frequent as the
    display's own would each start from nothing, and the display would stand still.)
    """

    arrived_at: float | None = None
    started_at: float = 0.0
    length_s: float = 0.0
    interval_s: float = _FIRST_FADE_S

    def arrive(self, now: float, shown_at: float) -> None:
        """A new picture is here, what is on display was drawn at `shown_at`; the first one is shown at once."""
        if self.arrived_at is None:
            self.length_s = 0.0
        else:
            self._learn(now - self.arrived_at)
            self.length_s = min(max(self.interval_s * _OVERLAP, SHORTEST_FADE_S), LONGEST_FADE_S)
        self.arrived_at, self.started_at = now, min(shown_at, now)

    def weight(self, now: float) -> float:
        """Return the newest picture's share, from 0 at the fade's start to exactly 1 when it is over."""
        if self.arrived_at is None:
            return 0.0
        elapsed_s = now - self.started_at
        if elapsed_s >= self.length_s:
            return 1.0
        return max(elapsed_s / self.length_s, 0.0)

    def _learn(self, interval_s: float) -> None:
        # A stall says nothing about the usual turn; one long interval must not make the next fades drag.
        interval_s = min(max(interval_s, SHORTEST_FADE_S), LONGEST_FADE_S)
        self.interval_s += (interval_s - self.interval_s) * _INTERVAL_MEMORY


@dataclass(slots=True)
class Ramp:
    """A value that travels between 0 and 1 in `duration_s`, whichever way it is told to go."""

    duration_s: float
    value: float = 0.0

    def update(self, up: bool, dt_s: float) -> float:
        """Move for `dt_s` seconds towards 1 (`up`) or 0, and return the value with soft ends."""
        step = dt_s / self.duration_s
        self.value = min(self.value + step, 1.0) if up else max(self.value - step, 0.0)
        return self.value * self.value * (3.0 - 2.0 * self.value)
