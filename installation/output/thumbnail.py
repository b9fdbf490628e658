"""One picture of what is on the wall, when somebody asks for it: to be kept beside a preset that is saved."""

import io
from collections.abc import Callable
from typing import Final

from PIL import Image

from installation.status import SinkStatus
from installation.values import Pixels

_LARGEST_PX: Final = (480, 270)
_QUALITY: Final = 82


class Thumbnailer:
    """A sink that takes the one picture it was asked for. The show's thread alone."""

    name = "thumbnail"

    def __init__(self) -> None:
        self._asked = False
        self._pixels: Pixels | None = None

    def ask(self) -> None:
        """Take the next picture."""
        self._asked, self._pixels = True, None

    def take(self) -> Pixels | None:
        """Return the picture that was asked for, once; None before it has come."""
        pixels, self._pixels = self._pixels, None
        return pixels

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:  # noqa: ARG002 - the protocol's signature
        if self._asked:
            self._asked, self._pixels = False, read()

    def status(self) -> SinkStatus:
        return SinkStatus()

    def close(self) -> None:
        self._asked, self._pixels = False, None


def thumbnail_jpeg(pixels: Pixels) -> bytes:
    """Return `pixels` `[height, width, 3]` uint8, made small, as a JPEG file's bytes. Any thread."""
    picture = Image.fromarray(pixels)
    picture.thumbnail(_LARGEST_PX)
    buffer = io.BytesIO()
    picture.save(buffer, format="JPEG", quality=_QUALITY)
    return buffer.getvalue()
