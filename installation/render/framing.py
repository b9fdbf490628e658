"""Pure geometry: how the generated picture meets the window, and how large the passes' pictures are.

Sizes are (width, height) in pixels. No GL here.
"""

import math
from typing import Final

Size = tuple[int, int]

_FIELD_PX: Final = 126
"""Strokes as long as these pixels are coarse look the same on the wall whatever the picture's own size."""
_SAME_ASPECT: Final = 0.01
"""A hundredth of the picture cut off is not seen; a border of one pixel may be."""
_LARGEST_RATIO: Final = 8.0
"""No wall is longer; a window that somebody squeezes to a line must not need a picture of a gigabyte."""


def internal_size(window: Size, picture: Size, *, fit: bool, scale: float) -> Size:
    """Return the size at which the passes run: the part of the window that shows picture, times `scale`."""
    return scaled(shown_size(window, picture) if fit else window, scale)


def scaled(size: Size, scale: float) -> Size:
    """Return about `size` times `scale`, of the sizes that a software driver takes for one kind; at 1 `size` itself.

    llvmpipe compiles a shader anew for a texture whose sides are powers of two (0.2 s without its cache on disk), and a
    change of scale is to come unseen. Two pixels more are not.
    """
    if scale == 1.0:
        return size
    width, height = (_no_power_of_two(max(round(length * scale), 1)) for length in size)
    return width, height


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


def field_size(picture: Size) -> Size:
    """Return the size at which the strokes of a picture are worked out: coarser than it where it is large."""
    part = min(_FIELD_PX / max(picture), 1.0)
    width, height = (_no_power_of_two(max(round(length * part), 1)) for length in picture)
    return width, height


def extended_size(picture: Size, window: Size) -> Size:
    """Return `picture` with equal borders, left and right or above and below, that give it the window's aspect.

    A picture of nearly that aspect stays as it is. The borders are whole pixels, so a little may be to be cut off.
    """
    width, height = picture
    ratio = (window[0] / window[1]) / (width / height)
    if max(ratio, 1.0 / ratio) <= 1.0 + _SAME_ASPECT:
        return picture
    if ratio > 1.0:
        return width + 2 * _border(width, ratio), height
    return width, height + 2 * _border(height, 1.0 / ratio)


def _no_power_of_two(length: int) -> int:
    return length + 2 if length > 2 and length & (length - 1) == 0 else length


def _border(length: int, ratio: float) -> int:
    return math.ceil(0.5 * length * (min(ratio, _LARGEST_RATIO) - 1.0) - 1e-6)
