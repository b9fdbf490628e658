"""Keeps the sound of a film with its pictures, though a source starts late, pauses, or counts by another clock. Pure.

Samples are placed by when they were heard. A stamp may be late, when the machine is busy, and is never early: the
smallest distance of a while is the true one.
"""

from collections import deque
from typing import Final

import numpy as np

from installation.ring import Position
from installation.values import SAMPLE_RATE_HZ, Samples

_OUT_OF_STEP_S: Final = 0.2
"""More than this is a gap or a jump, which is filled or cut at once; lips would no longer match."""
_TOLERATED_S: Final = 0.01
_BENT: Final = 0.005
"""The most that a sound is stretched to come back into step: less than anybody hears."""
_WATCHED_S: Final = 5.0
_STAMP_TRUSTED_S: Final = 0.5


def in_step(sound: Samples, sounded: int, expected: int) -> Samples:
    """Return new `sound` filled or cut at its start, if `sounded` samples before it leave it far from `expected`.

    A source that starts late, or pauses, would slide away from the pictures.
    """
    missing = expected - sounded - len(sound)
    if missing > _OUT_OF_STEP_S * SAMPLE_RATE_HZ:
        return np.concatenate([np.zeros(missing, np.float32), sound])
    return sound[-missing:] if missing < -_OUT_OF_STEP_S * SAMPLE_RATE_HZ else sound


class SoundInStep:
    """Makes of the sound that came since the picture before what belongs in the file there."""

    def __init__(self, began_at: float, position: Position) -> None:
        """The film's first picture is of `began_at`, when the ring stood at `position`."""
        self._began_at = began_at
        self._sounded = 0
        behind_s = began_at - position.heard_at
        # What had been heard by then, and had not arrived, is of before the film.
        self._before = round(behind_s * SAMPLE_RATE_HZ) if 0.0 < behind_s < _STAMP_TRUSTED_S else 0
        self._late_s: deque[tuple[float, float]] = deque()

    @property
    def sounded(self) -> int:
        """How many samples are in the file."""
        return self._sounded

    def fitted(self, sound: Samples, heard_at: float, now: float) -> Samples:
        """Return new `sound`, whose last sample was heard at `heard_at`, as it goes into the file at `now`."""
        skipped = min(self._before, len(sound))
        self._before -= skipped
        bent = self._bent(sound[skipped:], heard_at) if len(sound) > skipped else sound[:0]
        fitting = in_step(bent, self._sounded, round((now - self._began_at) * SAMPLE_RATE_HZ))
        if len(fitting) != len(bent):
            self._late_s.clear()
        self._sounded += len(fitting)
        return fitting

    def _bent(self, sound: Samples, heard_at: float) -> Samples:
        """Return `sound` a little longer where the file's has fallen behind, a little shorter where it is ahead."""
        late_s = heard_at - self._began_at - (self._sounded + len(sound)) / SAMPLE_RATE_HZ
        self._late_s.append((heard_at, late_s))
        while heard_at - self._late_s[0][0] > _WATCHED_S:
            self._late_s.popleft()
        surely_s = min(distance for _, distance in self._late_s)
        if abs(surely_s) < _TOLERATED_S or heard_at - self._late_s[0][0] < 0.5 * _WATCHED_S:
            return sound
        most = int(len(sound) * _BENT) or 1
        more = min(max(round(surely_s * SAMPLE_RATE_HZ), -most), most)
        length = max(len(sound) + more, 1)
        # What is put right here is no longer wrong in what was seen before.
        self._late_s = deque((at, distance - more / SAMPLE_RATE_HZ) for at, distance in self._late_s)
        places = np.linspace(0.0, len(sound) - 1.0, length)
        return np.interp(places, np.arange(len(sound)), sound).astype(np.float32)
