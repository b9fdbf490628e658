"""How training, selection and measuring see data, wherever it comes from. No torch, no files.

Such sources are `s2s.data.prepared` (films), `s2s.world.takes` (the world) and `s2s.retrain.photos` (a venue).
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from s2s.data.corpus import Split

Sound = NDArray[np.float32]
Frames = NDArray[np.uint8]


class DataError(Exception):
    """Data that is missing, unfinished or of another make; the message says what to do."""


class ClipSource(Protocol):
    """Clips of sound and frames by id. Frame k, from 0, is what is seen k / `frame_rate_hz` seconds into the clip."""

    @property
    def frame_rate_hz(self) -> float:
        """How many frames a second `frames` returns: 10."""
        ...

    @property
    def ids(self) -> Sequence[str]:
        """Every clip's id, in a fixed order."""
        ...

    def split(self, clip_id: str) -> Split:
        """Return where a clip belongs. Raises KeyError, as all that follow, for an id that is not there."""
        ...

    def label(self, clip_id: str) -> str | None:
        """Return the class of a clip, where one is known. For measuring; no stage of the paper trains with it."""
        ...

    def sound(self, clip_id: str) -> Sound:
        """Return the sound, mono [n] at 16 kHz within ±1."""
        ...

    def frames(self, clip_id: str, px: int) -> Frames:
        """Return all frames, RGB [num_frames, px, px, 3]. Raises ValueError for a size that the source has not."""
        ...
