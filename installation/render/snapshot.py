"""A picture as a file or as bytes, through Pillow: PNG to keep, JPEG to send. Any thread."""

import io
from pathlib import Path

from PIL import Image

from installation.values import Pixels


def save_png(path: Path | str, pixels: Pixels) -> None:
    """Write `pixels` `[height, width, 3]` uint8 as PNG. Raises OSError where the file cannot be written."""
    Image.fromarray(pixels).save(path, format="PNG")


def jpeg_bytes(pixels: Pixels, quality: int = 85) -> bytes:
    """Return `pixels` `[height, width, 3]` uint8 as a JPEG file's bytes."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="JPEG", quality=quality)
    return buffer.getvalue()
