"""Where one source ends and another begins: they cross, so that nothing begins or breaks off. Pure.

A source that is gone has no more to give. What stands in for it is its last stretch played backwards: it goes on from
the last sample without a click, as loud and of the same sound, and fades while the next one comes.
"""

from typing import Final

import numpy as np

from installation.values import SAMPLE_RATE_HZ, Samples

CROSSING_S: Final = 0.3
_COUNT: Final = round(CROSSING_S * SAMPLE_RATE_HZ)


class Seam:
    """Joins what successive sources give. Belongs to one thread; its time is that of the samples."""

    def __init__(self) -> None:
        turn = np.linspace(0.0, 0.5 * np.pi, _COUNT, dtype=np.float32)
        # Two unlike sounds add by their power: the sum is as loud as either all the way.
        self._coming, self._leaving = np.sin(turn), np.cos(turn)
        self._past = np.zeros(_COUNT, np.float32)
        self._tail = self._past[:0]
        self._origin: object = None

    def join(self, samples: Samples, origin: object) -> Samples:
        """Return `samples` `[n]`, which come from `origin`, crossed with what came from another before.

        None is silence: what breaks off or begins there does so by itself, and is heard as it is.
        """
        if self._origin is not None and origin is not None and origin is not self._origin:
            self._tail = self._past[::-1].copy()
        self._origin = origin
        joined = self._crossed(samples) if len(self._tail) else samples
        self._past = np.concatenate([self._past, joined])[-_COUNT:]
        return joined

    def _crossed(self, samples: Samples) -> Samples:
        count, done = min(len(samples), len(self._tail)), _COUNT - len(self._tail)
        now = slice(done, done + count)
        crossed = samples.copy()
        crossed[:count] = self._coming[now] * samples[:count] + self._leaving[now] * self._tail[:count]
        self._tail = self._tail[count:]
        return crossed
