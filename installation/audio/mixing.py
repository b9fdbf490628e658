"""The paper's manipulations of the waveform, live: volume, and the mix of two sounds. Pure."""

import numpy as np

from installation.audio.source import MakeSound
from installation.values import Samples


class Mixer:
    """`z = (1 - m) * g * source + m * second` (paper, section 4.4: volume and mixing), without clicks.

    Gain `g` and mix `m` glide over each block from where the last one ended. The second sound is made only while it
    is heard; the gain trims the source alone, so that a quiet microphone can be raised to the performance's level.
    """

    def __init__(self, second: MakeSound) -> None:
        self._second = second
        self._gain: float | None = None
        self._mix: float | None = None

    def apply(self, samples: Samples, gain_db: float, mix: float) -> Samples:
        """Return the mix of `samples` `[n]`; not clipped. The first block has no glide."""
        gain = 10 ** (gain_db / 20)
        gains = _glide(gain if self._gain is None else self._gain, gain, len(samples))
        mixes = _glide(mix if self._mix is None else self._mix, mix, len(samples))
        mixed = samples * gains
        if mixes.any():
            mixed = (1 - mixes) * mixed + mixes * self._second(len(samples))
        self._gain, self._mix = gain, mix
        return mixed.astype(np.float32, copy=False)


def _glide(start: float, end: float, count: int) -> Samples:
    """`count` values that leave `start` and arrive at `end`."""
    return np.linspace(start, end, count + 1, dtype=np.float32)[1:]
