"""The finished picture, read back from the graphics card, and as a file or as bytes: PNG to keep, JPEG to send.

Reading belongs to the show's main thread and waits for the picture to be finished; the rest may run on any thread.
"""

import io
from pathlib import Path
from typing import Final

import moderngl
import numpy as np
from PIL import Image

from installation.exit_codes import ExitCode
from installation.values import Pixels


class SnapshotError(OSError):
    """A picture that cannot be written; one line."""

    exit_code: Final = ExitCode.USAGE


def save_png(path: Path | str, pixels: Pixels) -> None:
    """Write `pixels` `[height, width, 3]` uint8 as PNG. Raises SnapshotError where the file cannot be written."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    try:
        Path(path).write_bytes(buffer.getvalue())
    except OSError as error:
        raise SnapshotError(f"the snapshot {path} cannot be written: {error.strerror}") from error


def jpeg_bytes(pixels: Pixels, quality: int = 85) -> bytes:
    """Return `pixels` `[height, width, 3]` uint8 as a JPEG file's bytes."""
    return encoded_jpeg(Image.fromarray(pixels), quality)


def encoded_jpeg(image: Image.Image, quality: int) -> bytes:
    """Return `image` as a JPEG file's bytes; `quality` 1..95."""
    buffer = io.BytesIO()
    image.save(buffer, format="JPEG", quality=quality)
    return buffer.getvalue()


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
