"""What was heard and known before, to be gone back to when nothing is; before that, what the model knows. Pure."""

from collections import deque
from collections.abc import Sequence
from typing import Final

import numpy as np

from installation.inference.scene import Scene

_MEMORIES: Final = 64
_MEMORY_EVERY_S: Final = 5.0
RECALL_EVERY_S: Final = 12.0


class Memories:
    """Keeps the last scenes that were painted, and gives one back now and then; one of the model's `own` before."""

    def __init__(self, seed: int, own: Sequence[Scene] = ()) -> None:
        self._rng = np.random.default_rng([seed, 0x1D])
        self._own = own
        self._scenes: deque[Scene] = deque(maxlen=_MEMORIES)
        self._kept_at = self._recalled_at = float("-inf")

    def keep(self, now: float, scene: Scene) -> None:
        """Keep `scene`, one every few seconds."""
        if now - self._kept_at >= _MEMORY_EVERY_S:
            self._kept_at = now
            self._scenes.append(scene)

    def rest(self, now: float) -> None:
        """Recall nothing before as long a time has passed as lies between two."""
        self._recalled_at = now

    def recall(self, now: float) -> Scene | None:
        """Return a scene to move to when it is time for another, else None."""
        scenes = self._scenes or self._own
        if not self._scenes and self._recalled_at == float("-inf"):
            self.rest(now)  # the first of its own is on the wall already
        if not scenes or now - self._recalled_at < RECALL_EVERY_S:
            return None
        self._recalled_at = now
        return scenes[int(self._rng.integers(len(scenes)))]
