"""A picture as a file or as bytes, through Pillow: PNG to keep, JPEG to send. Any thread."""

import io
from pathlib import Path
from typing import Final

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
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="JPEG", quality=quality)
    return buffer.getvalue()
