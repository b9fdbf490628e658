"""A model's still: shown until the model is alive, and never worth a show. Any thread."""

import logging
import warnings
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from installation.values import Frame, Pixels
from s2s.card import STILL

_log = logging.getLogger(__name__)

_LARGEST_PX: Final = 4096
"""A side of so many pixels fills any wall; one of 12 000 would cost two gigabytes."""


def still_of(model: Path) -> Pixels | None:
    """Return what a show with the model in this folder opens with: a picture of its own, else the sheet of its card."""
    own = read_still(model / STILL)
    return read_still(model / "thumbnail.png") if own is None else own


def read_still(path: Path) -> Pixels | None:
    """Return the picture in `path`, `[height, width, 3]`; None, with a line in the log, for one that cannot be used.

    None without a word where there is no such file. The size is looked at before anything is decoded.
    """
    if not path.is_file():
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _read(path)
    except Exception as error:  # Pillow's decoders raise whatever a damaged file makes them stumble over
        _log.warning("%s is not shown: %s", path.name, " ".join(str(error).split()) or type(error).__name__)
        return None


def pictures_to_come(still: Pixels | None, size: tuple[int, int]) -> list[Frame]:
    """Return what a show draws first, in kind: its still, where it has one, and two pictures of `size` (width, height).

    Those look as the still does, so that whatever lingers of them is nothing else.
    """
    width, height = size
    if still is None:
        later = np.zeros((height, width, 3), np.uint8)
    else:
        rows, columns = (np.arange(n) * m // n for n, m in zip((height, width), still.shape[:2], strict=True))
        later = np.ascontiguousarray(still[rows][:, columns])
    pictures = [still] if still is not None else []
    return [Frame(pixels, serial, 0.0, 0.0) for serial, pixels in enumerate([*pictures, later, later])]


def _read(path: Path) -> Pixels:
    with Image.open(path) as image:
        if max(image.size) > _LARGEST_PX:
            raise ValueError(f"it has {image.width}x{image.height} pixels, at most {_LARGEST_PX} a side are decoded")
        return np.asarray(image.convert("RGB"))
