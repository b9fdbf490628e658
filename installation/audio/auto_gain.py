"""Gain that finds by itself, over minutes, what a source lacks to usual loudness. Pure; time is that of the samples.

Loud is near in what the show paints, and soft is far: so gain follows the level of minutes, never that of a moment,
within bounds that a hand sets, and stands still while there is nothing to hear.
"""

import math
from typing import Final

import numpy as np

from installation.values import SAMPLE_RATE_HZ, Samples

USUAL_DB: Final = -25.0
"""RMS below full scale: the median of 126 recordings of 25 kinds, as their authors published them."""
_LOOK_S: Final = 1.0
_USUAL_S: Final = 90.0
"""Time constant, in seconds that sound, with which the usual level of a source is known."""
_FASTEST_DB_PER_S: Final = 3.0 / 60.0
"""Slower than any swell that means something: 12 dB take four minutes."""
_NEAR_ENOUGH_DB: Final = 2.0
_FLOOR_DB: Final = -120.0


class AutoGain:
    """Follows one source. Belongs to one thread."""

    def __init__(self) -> None:
        self.gain_db = 0.0
        self._usual_db: float | None = None
        self._power, self._count = 0.0, 0

    def follow(self, samples: Samples, hand_db: float, gate_db: float, most_db: float) -> float:
        """Take in sound as the source gives it; return the gain in dB, within ±`most_db`.

        What with the gain by hand, `hand_db`, lies below `gate_db` is silence. A hand's gain is not followed: it
        would be taken back.
        """
        self._power += float(np.dot(samples, samples))
        self._count += len(samples)
        if self._count >= _LOOK_S * SAMPLE_RATE_HZ:
            self._look(self._count / SAMPLE_RATE_HZ, hand_db, gate_db, most_db)
        self.gain_db = min(max(self.gain_db, -most_db), most_db)
        return self.gain_db

    def _look(self, dt_s: float, hand_db: float, gate_db: float, most_db: float) -> None:
        mean_square = self._power / self._count
        self._power, self._count = 0.0, 0
        level_db = 10.0 * math.log10(mean_square) if mean_square > 0.0 else _FLOOR_DB
        if not math.isfinite(level_db) or level_db + hand_db < gate_db:
            return
        before_db = level_db if self._usual_db is None else self._usual_db
        self._usual_db = before_db + (level_db - before_db) * (1.0 - math.exp(-dt_s / _USUAL_S))
        goal_db = min(max(USUAL_DB - self._usual_db, -most_db), most_db)
        lacking_db = goal_db - self.gain_db
        if abs(lacking_db) > _NEAR_ENOUGH_DB:
            most_now_db = _FASTEST_DB_PER_S * dt_s
            self.gain_db += min(max(lacking_db, -most_now_db), most_now_db)
