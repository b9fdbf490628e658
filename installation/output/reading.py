"""Reads finished pictures back from the graphics card.

Lives on the show's main thread; reading waits for the picture to be finished.
"""

import moderngl
import numpy as np

from installation.values import Pixels


class PixelReader:
    """Reads what a framebuffer of `context` shows, through one buffer that is kept between readings."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._buffer: moderngl.Buffer | None = None

    def read(self, target: moderngl.Framebuffer) -> Pixels:
        """Return what `target` shows, `[height, width, 3]` uint8 with row 0 at the top."""
        width, height = target.size
        buffer = self._sized(width * height * 3)
        target.read_into(buffer, viewport=(0, 0, width, height), components=3, alignment=1)
        # OpenGL counts rows from the bottom.
        return np.ascontiguousarray(np.frombuffer(buffer.read(), np.uint8).reshape(height, width, 3)[::-1])

    def _sized(self, size_bytes: int) -> moderngl.Buffer:
        if self._buffer is None or self._buffer.size != size_bytes:
            if self._buffer is not None:
                self._buffer.release()
            self._buffer = self._context.buffer(reserve=size_bytes)
        return self._buffer
