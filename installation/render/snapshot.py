"""From the graphics card to memory, and from memory to a PNG file.

Lives on the show's main thread; reading waits for the picture to be finished.
"""

from pathlib import Path

import moderngl
import numpy as np
from PIL import Image

from installation.values import Pixels


class PixelReader:
    """Reads finished pictures back."""

    def read(self, target: moderngl.Framebuffer) -> Pixels:
        """Return what `target` shows, `[height, width, 3]` uint8 with row 0 at the top."""
        width, height = target.size
        data = target.read(viewport=(0, 0, width, height), components=3, alignment=1)
        # OpenGL counts rows from the bottom.
        return np.ascontiguousarray(np.frombuffer(data, np.uint8).reshape(height, width, 3)[::-1])


def save_png(path: Path | str, pixels: Pixels) -> None:
    """Write `pixels` `[height, width, 3]` uint8 as PNG. Raises OSError where the file cannot be written."""
    Image.fromarray(pixels).save(path, format="PNG")
