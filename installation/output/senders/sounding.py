"""The show's sound, cut to the pictures that are sent. Belongs to the sender's thread."""

import numpy as np

from installation.output.sound_in_step import in_step
from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Samples


class Sounding:
    """Reads `ring` from sample number `heard` on, where the first picture was shown."""

    def __init__(self, ring: AudioRing, heard: int) -> None:
        self._ring, self._heard = ring, heard
        self._sounded = 0

    def until(self, written: int, at_s: float) -> Samples:
        """Return the sound up to sample number `written`, which belongs to the picture `at_s` seconds after the first.

        A source that pauses or counts by another clock is filled or cut, so that it stays with the pictures.
        """
        reading = self._ring.since(self._heard)
        beyond = max(reading.written - max(written, self._heard), 0)
        samples = reading.block.samples[: len(reading.block.samples) - beyond]
        self._heard = max(written, self._heard)
        sound = in_step(samples, self._sounded, round(at_s * SAMPLE_RATE_HZ))
        self._sounded += len(sound)
        return np.clip(sound, -1.0, 1.0)
