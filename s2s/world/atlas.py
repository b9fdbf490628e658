"""Many pictures in one framebuffer, side by side: what is read back at once costs little. GL; its context's thread."""

from typing import Any, Final

import moderngl
import numpy as np
from numpy.typing import NDArray

_MAX_SIDE_PX: Final = 1024  # larger framebuffers gain no speed under llvmpipe


class Atlas:
    """A square framebuffer of `num_tiles` square tiles of `tile_px`, made in `context`, which must be current."""

    def __init__(self, context: Any, tile_px: int) -> None:
        self.tile_px = tile_px
        self._columns = max(1, _MAX_SIDE_PX // tile_px)
        side_px = self._columns * tile_px
        self._framebuffer = context.simple_framebuffer((side_px, side_px), components=4)
        self.scope = context.scope(self._framebuffer, enable_only=moderngl.NOTHING)

    @property
    def num_tiles(self) -> int:
        """How many pictures it holds."""
        return self._columns**2

    def aim(self, tile: int) -> None:
        """Let what is drawn next fall on `tile`, counted from the lower left."""
        row, column = divmod(tile, self._columns)
        self._framebuffer.viewport = (column * self.tile_px, row * self.tile_px, self.tile_px, self.tile_px)

    def read(self, count: int) -> NDArray[np.uint8]:
        """Return the first `count` tiles, RGBA [count, tile_px, tile_px, 4], row 0 at the top."""
        tile_px, columns = self.tile_px, self._columns
        rows = -(-count // columns)
        viewport = (0, 0, columns * tile_px, rows * tile_px)
        raw = np.frombuffer(self._framebuffer.read(viewport=viewport, components=4, alignment=1), dtype=np.uint8)
        tiles = raw.reshape(rows, tile_px, columns, tile_px, 4).transpose(0, 2, 1, 3, 4)
        # GL counts rows from the bottom, pictures from the top.
        return tiles.reshape(rows * columns, tile_px, tile_px, 4)[:count, ::-1]

    def release(self) -> None:
        """Give the memory back."""
        for attachment in self._framebuffer.color_attachments:
            attachment.release()
        self._framebuffer.release()
