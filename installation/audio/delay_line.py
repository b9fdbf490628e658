"""Sound held back: what comes in now goes on so much later, for a room that hears later than the show. Pure."""

from typing import Final

import numpy as np

from installation.values import SAMPLE_RATE_HZ, Samples

LONGEST_DELAY_S: Final = 2.0


class DelayLine:
    """Gives back sound `delay_s` after it came, silence before the first. Its time is that of the samples."""

    def __init__(self) -> None:
        self._past = np.zeros(round(LONGEST_DELAY_S * SAMPLE_RATE_HZ), np.float32)
        self._behind = 0

    def delay(self, samples: Samples, delay_s: float) -> Samples:
        """Return as many samples as came in, `delay_s` (0..2) old.

        Another delay is crossed to within the block: a jump in the sound would be heard as an onset.
        """
        sound = np.concatenate([self._past, samples])
        before, self._behind = self._behind, min(round(delay_s * SAMPLE_RATE_HZ), len(self._past))
        delayed = self._read(sound, len(samples), self._behind)
        if before != self._behind:
            share = np.linspace(0.0, 1.0, len(samples) + 1, dtype=np.float32)[1:]
            delayed = share * delayed + (1 - share) * self._read(sound, len(samples), before)
        self._past = sound[len(samples) :]
        return delayed

    def _read(self, sound: Samples, count: int, behind: int) -> Samples:
        start = len(self._past) - behind
        return sound[start : start + count]
