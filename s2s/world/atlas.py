"""Many pictures in one framebuffer, side by side: what is read back at once costs little. GL; its context's thread."""

from typing import Any, Final

import moderngl
import numpy as np
from numpy.typing import NDArray

_MAX_SIDE_PX: Final = 1024  # larger framebuffers gain no speed under llvmpipe


class Atlas:
    """A framebuffer of `num_tiles` tiles of `width_px` by `height_px`, made in `context`, which must be current."""

    def __init__(self, context: Any, width_px: int, height_px: int) -> None:
        self.width_px, self.height_px = width_px, height_px
        self._columns = max(1, _MAX_SIDE_PX // width_px)
        self._rows = max(1, _MAX_SIDE_PX // height_px)
        size = (self._columns * width_px, self._rows * height_px)
        self._framebuffer = context.simple_framebuffer(size, components=4)
        self.scope = context.scope(self._framebuffer, enable_only=moderngl.NOTHING)

    @property
    def num_tiles(self) -> int:
        """How many pictures it holds."""
        return self._columns * self._rows

    def aim(self, tile: int) -> None:
        """Let what is drawn next fall on `tile`, counted from the lower left."""
        row, column = divmod(tile, self._columns)
        width_px, height_px = self.width_px, self.height_px
        self._framebuffer.viewport = (column * width_px, row * height_px, width_px, height_px)

    def read(self, count: int) -> NDArray[np.uint8]:
        """Return the first `count` tiles, RGBA [count, height_px, width_px, 4], row 0 at the top."""
        width_px, height_px, columns = self.width_px, self.height_px, self._columns
        rows = -(-count // columns)
        viewport = (0, 0, columns * width_px, rows * height_px)
        raw = np.frombuffer(self._framebuffer.read(viewport=viewport, components=4, alignment=1), dtype=np.uint8)
        tiles = raw.reshape(rows, height_px, columns, width_px, 4).transpose(0, 2, 1, 3, 4)
        # GL counts rows from the bottom, pictures from the top.
        return tiles.reshape(rows * columns, height_px, width_px, 4)[:count, ::-1]

    def release(self) -> None:
        """Give the memory back."""
        for attachment in self._framebuffer.color_attachments:
            attachment.release()
        self._framebuffer.release()
