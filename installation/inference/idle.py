"""When the room is silent: the show says so, and goes back to what it has heard, not to the noise floor. Pure.

The encoder itself cannot tell silence from sound well (it hears shapes more than loudness), so the decision is made
here, from the level alone.
"""

import math
from typing import Final

import numpy as np

from installation.values import Samples

IDLE_AFTER_S: Final = 6.0
_WAKE_ABOVE_DB: Final = 3.0
"""Hysteresis: sound must rise this far over the gate to wake the show, or it would flicker at the threshold."""


def level_db(samples: Samples) -> float:
    """Return the RMS level in dB below full scale, -120 for silence or nothing."""
    if len(samples) == 0:
        return -120.0
    mean_square = float(np.mean(np.square(samples, dtype=np.float64)))
    return max(10.0 * math.log10(mean_square), -120.0) if mean_square > 0.0 else -120.0


class IdleDetector:
    """Decides whether the show is idle: from the start until something sounds, and whenever nothing has for a while."""

    def __init__(self) -> None:
        self.idle = False
        self._loud_at: float | None = None

    def is_idle(self, now: float, level: float, gate_db: float) -> bool:
        """Return whether the show is idle at `now`, given the level of the last moments in dB."""
        if level >= gate_db + (_WAKE_ABOVE_DB if self.idle else 0.0):
            self._loud_at = now
        self.idle = self._loud_at is None or now - self._loud_at >= IDLE_AFTER_S
        return self.idle
