"""Whether the generator still answers: how many pictures were unlike the one before, and how many should have been.

A poisoned GPU or a broken network may paint the same picture for ever, in good time and without a NaN. Pure.
"""

import zlib
from typing import Final

import numpy as np

from installation.inference.motion import Vector
from installation.values import Pixels

_FAR: Final = 0.3
"""Between two unit vectors this far apart no generator that works paints the same picture to the byte."""


class Variety:
    """Counts the pictures of one worker."""

    def __init__(self) -> None:
        self.distinct = self.wanted = 0
        self._checksum: int | None = None
        self._place: Vector | None = None

    def count(self, pixels: Pixels, place: Vector | None) -> None:
        """Count one picture, painted at `place` (a unit vector), None where it is not the generator's alone."""
        checksum = zlib.crc32(np.ascontiguousarray(pixels).data)
        if checksum != self._checksum:
            self._checksum, self._place = checksum, place
            self.distinct += 1
        elif place is None or self._place is None or place.shape != self._place.shape:
            self._place = place
        elif float(np.linalg.norm(place - self._place)) > _FAR:
            self.wanted += 1
