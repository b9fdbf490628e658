"""When the room is silent: the show says so, and drifts between embeddings it has heard, not to the noise floor. Pure.

The encoder itself cannot tell silence from sound well (it hears shapes more than loudness), so the decision is made
here, from the level alone.
"""

import math
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.values import Samples

Vector = NDArray[np.float32]

IDLE_AFTER_S: Final = 6.0
_WAKE_ABOVE_DB: Final = 3.0
"""Hysteresis: sound must rise this far over the gate to wake the show, or it would flicker at the threshold."""
_MEMORIES: Final = 64
_MEMORY_EVERY_S: Final = 5.0
_IDLE_TARGET_EVERY_S: Final = 12.0


def level_db(samples: Samples) -> float:
    """Return the RMS level in dB below full scale, -120 for silence or nothing."""
    if len(samples) == 0:
        return -120.0
    mean_square = float(np.mean(np.square(samples, dtype=np.float64)))
    return max(10.0 * math.log10(mean_square), -120.0) if mean_square > 0.0 else -120.0


class IdleDetector:
    """Decides whether the show is idle, and which remembered embeddings are its targets then."""

    def __init__(self, seed: int) -> None:
        self.idle = False
        self._rng = np.random.default_rng([seed, 0x1D])
        self._loud_at: float | None = None
        self._memories: deque[Vector] = deque(maxlen=_MEMORIES)
        self._remembered_at = float("-inf")
        self._idle_target_at = float("-inf")

    def is_idle(self, now: float, level: float, gate_db: float) -> bool:
        """Return whether the show is idle at `now`, given the level of the last moments in dB."""
        if self._loud_at is None or level >= gate_db + (_WAKE_ABOVE_DB if self.idle else 0.0):
            self._loud_at = now
        self.idle = now - self._loud_at >= IDLE_AFTER_S
        return self.idle

    def remember(self, now: float, h: Vector) -> None:
        """Keep `h` for later idle targets, one every few seconds."""
        if now - self._remembered_at >= _MEMORY_EVERY_S:
            self._remembered_at = now
            self._memories.append(h)

    def idle_target(self, now: float) -> Vector | None:
        """Return a remembered embedding to move to when it is time for another, else None."""
        if not self._memories or now - self._idle_target_at < _IDLE_TARGET_EVERY_S:
            return None
        self._idle_target_at = now
        return self._memories[int(self._rng.integers(len(self._memories)))]
