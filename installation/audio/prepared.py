"""The built-in performance without its start-up: imported and prepared in a thread, silent until it is ready.

Belongs to the capture loop, which never waits: SciPy's import and the first scene take a second or two.
"""

from concurrent.futures import Future
from typing import TYPE_CHECKING

import numpy as np

from installation.audio.opening import in_thread, is_done
from installation.values import Samples

if TYPE_CHECKING:
    from installation.audio.performance import Performance


class PreparedPerformance:
    """A performance that is made when it is first wanted; `seed` decides all of it."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._making: Future[Performance] | None = None

    @property
    def scene(self) -> str:
        """The name of the scene that sounds now; empty before the first sound."""
        return self._making.result().scene if self._making is not None and self._making.done() else ""

    def prepare(self, limit_s: float) -> None:
        """Begin to make it, and wait up to `limit_s` until it is ready."""
        if self._making is None:
            self._making = in_thread(self._make)
        is_done(self._making, limit_s)

    def read(self, count: int) -> Samples:
        """Return the next `count` samples, silence while it is not ready."""
        self.prepare(0.0)
        assert self._making is not None
        return self._making.result().read(count) if self._making.done() else np.zeros(count, np.float32)

    def close(self) -> None:
        """End its thread."""
        if self._making is not None and self._making.done():
            self._making.result().close()

    def _make(self) -> "Performance":
        # Here and not above: with a microphone the synthesis and its SciPy are never needed.
        from installation.audio.performance import Performance

        return Performance(self._seed)
