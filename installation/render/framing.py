"""Pure geometry: how the generated picture meets the window, and how large the passes' pictures are.

Sizes are (width, height) in pixels. No GL here.
"""

import math
from typing import Final

Size = tuple[int, int]

_MARGIN: Final = 0.01
"""Brush strokes look a little beyond what is seen."""


def internal_size(window: Size, picture: Size, *, fit: bool, scale: float) -> Size:
    """Return the size at which the passes run: the part of the window that shows picture, times `scale`."""
    width, height = shown_size(window, picture) if fit else window
    return max(round(width * scale), 1), max(round(height * scale), 1)


def shown_size(window: Size, picture: Size) -> Size:
    """Return the largest size of the picture's own aspect that fits into the window."""
    factor = min(window[0] / picture[0], window[1] / picture[1])
    return max(round(picture[0] * factor), 1), max(round(picture[1] * factor), 1)


def place(window: Size, picture: Size, *, fit: bool) -> tuple[int, int, int, int]:
    """Return left, bottom, width and height of the picture in the window, in whole pixels."""
    if not fit:
        return 0, 0, *window
    width, height = shown_size(window, picture)
    return (window[0] - width) // 2, (window[1] - height) // 2, width, height


def cover(target: Size, picture: Size, *, zoom: float) -> tuple[float, float]:
    """Return the width and height, as parts of the picture, that fill `target` without distortion at `zoom` >= 1."""
    target_aspect, picture_aspect = target[0] / target[1], picture[0] / picture[1]
    width = min(target_aspect / picture_aspect, 1.0)
    height = min(picture_aspect / target_aspect, 1.0)
    return width / zoom, height / zoom


def seen(size: Size, covered: tuple[float, float]) -> tuple[int, int, int, int]:
    """Return left, bottom, width and height of the part of a picture of `size` that is `covered`, with a margin."""
    edges = [_seen_span(length, part) for length, part in zip(size, covered, strict=True)]
    return edges[0][0], edges[1][0], edges[0][1], edges[1][1]


def _seen_span(length: int, part: float) -> tuple[int, int]:
    reach = length * (0.5 * part + _MARGIN) + 2.0
    start = max(math.floor(0.5 * length - reach), 0)
    return start, min(math.ceil(0.5 * length + reach), length) - start
