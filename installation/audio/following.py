"""Envelopes of the fast path: values that follow others over time. Pure; all times in seconds, never per call."""

import math
from typing import Final

_TIMES_THE_MEAN: Final = 1.2


class Follower:
    """Goes towards its target exponentially, faster up (`attack_s`) than down (`release_s`)."""

    def __init__(self, *, attack_s: float, release_s: float, value: float = 0.0) -> None:
        self.value = value
        self._attack_s, self._release_s = attack_s, release_s

    def follow(self, target: float, dt_s: float) -> float:
        """Return the value `dt_s` later."""
        tau_s = self._attack_s if target > self.value else self._release_s
        self.value += (target - self.value) * (1 - math.exp(-dt_s / tau_s))
        return self.value


class AutoRange:
    """Places a level within the `range_db` below a ceiling that lies `head_db` above the loudest there has been lately.

    So steady sound lies below 1 and what stands out reaches it. The ceiling rises within tenths of a second and sinks
    by `sink_db_per_s`, never below `least_db`: silence and the hiss of a quiet room are not blown up.
    """

    def __init__(
        self,
        *,
        least_db: float,
        range_db: float = 30.0,
        head_db: float = 6.0,
        rise_s: float = 0.3,
        sink_db_per_s: float = 1.0,
    ) -> None:
        self.ceiling_db = least_db
        self._least_db, self._range_db, self._head_db = least_db, range_db, head_db
        self._rise_s, self._sink_db_per_s = rise_s, sink_db_per_s

    def place(self, level_db: float, dt_s: float, *, least_db: float = -math.inf) -> float:
        """Return where `level_db` lies, 0..1; a higher `least_db` than the own one holds for this call."""
        least_db = max(least_db, self._least_db)
        goal_db = level_db + self._head_db
        if goal_db > self.ceiling_db:
            self.ceiling_db += (goal_db - self.ceiling_db) * (1 - math.exp(-dt_s / self._rise_s))
        else:
            self.ceiling_db = max(self.ceiling_db - self._sink_db_per_s * dt_s, goal_db)
        self.ceiling_db = max(self.ceiling_db, least_db)
        return min(max((level_db - self.ceiling_db) / self._range_db + 1, 0.0), 1.0)


class Onset:
    """Beginnings: a rise well above the usual one jumps up, then fades with `fade_s`.

    A rise is in dB: how much louder the bands became in which something begins. It counts from `margin_db` above 1.2
    times its recent mean, and is full `full_db` further up.
    """

    def __init__(
        self, *, fade_s: float = 0.15, mean_s: float = 1.5, margin_db: float = 2.0, full_db: float = 9.0
    ) -> None:
        self.value = 0.0
        self.strength = 0.0  # 0..1, of the last rise alone
        self._mean = Follower(attack_s=mean_s, release_s=mean_s)
        self._fade_s, self._margin_db, self._full_db = fade_s, margin_db, full_db

    def follow(self, rise_db: float, dt_s: float) -> float:
        """Return the strength 0..1 after a rise of `rise_db`, `dt_s` after the last call."""
        excess_db = rise_db - _TIMES_THE_MEAN * self._mean.value - self._margin_db
        self.strength = min(max(excess_db / self._full_db, 0.0), 1.0)
        self._mean.follow(rise_db, dt_s)
        self.value = max(self.strength, self.value * math.exp(-dt_s / self._fade_s))
        return self.value
