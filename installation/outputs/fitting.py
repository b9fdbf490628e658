"""How the whole picture meets a monitor of another shape, and how large the picture has to be. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from installation.outputs.layout import Corners, Layout, Output, Part

Size = tuple[int, int]

MOST_PX: Final = 8192
"""Of a side of the picture: no graphics card of these years draws less."""


@dataclass(frozen=True, slots=True)
class FitShares:
    """How far the picture is cut off to `cover`, or shrunk to be `contain`ed, each 0..1: both move from one to the
    other while people watch.
    """

    cover: float = 0.0
    contain: float = 0.0

    @staticmethod
    def of(output: Output) -> "FitShares":
        """Return those of an output at rest."""
        if not output.is_fitted:
            return FitShares()
        return FitShares(cover=1.0) if output.fit == "cover" else FitShares(contain=1.0)


def seen_part(output: Output, shares: FitShares, monitor: Size, picture: Size) -> Part:
    """Return left, top, right, bottom of the picture that is seen on `output`; beyond 0..1 there are bars.

    `monitor` and `picture` are sizes in pixels. The shape that counts is the monitor's or that of the pinned corners,
    whichever is nearer to the picture's, and what lies between: who moves corners in has made room for it himself.
    """
    if shares == FitShares():
        return output.part
    left, top, right, bottom = output.part
    width, height = right - left, bottom - top
    shape = width * picture[0] / (height * picture[1])
    bounds = sorted((_shape(output, *monitor), _shape(output, *size_on_wall(output.corners, monitor))))
    ratio = min(max(shape, bounds[0]), bounds[1]) / shape
    cover, contain = (min(ratio, 1.0), min(1.0 / ratio, 1.0)), (max(ratio, 1.0), max(1.0 / ratio, 1.0))
    across, down = (
        1.0 + shares.cover * (one - 1.0) + shares.contain * (other - 1.0)
        for one, other in zip(cover, contain, strict=True)
    )
    more_x, more_y = 0.5 * width * (across - 1.0), 0.5 * height * (down - 1.0)
    return left - more_x, top - more_y, right + more_x, bottom + more_y


def size_on_wall(corners: Corners, monitor: Size) -> tuple[float, float]:
    """Return about how many pixels of the monitor the pinned square is wide and high."""
    places = np.array([(corner.x * monitor[0], corner.y * monitor[1]) for corner in corners])
    top, right, bottom, left = (float(np.linalg.norm(places[n] - places[(n + 1) % 4])) for n in range(4))
    return max((top + bottom) / 2, 1.0), max((left + right) / 2, 1.0)


def picture_size(layout: Layout, sizes: Mapping[str, Size], most_px: int = MOST_PX) -> Size:
    """Return the size in pixels of the picture that the outputs of `layout` show.

    Its shape is asked for by the parts that lie edge to edge; where there are none it is the first monitor's. It is so
    large that no part is magnified, and no fitted output more than its own shape asks for. `sizes` are the outputs' own
    in pixels, by name; those that are not known take no part. Neither side is above `most_px`.
    """
    known = [(output, _turned(output, sizes[output.name])) for output in layout.outputs if output.name in sizes]
    exact = [(1.0, 1.0)]
    for output, (width, height) in known:
        if not output.is_fitted:
            left, top, right, bottom = output.part
            exact.append((width / (right - left), height / (bottom - top)))
    fitted = [size for output, size in known if output.is_fitted]
    wide, high = (max(side) for side in zip(*exact, strict=True))
    if len(exact) == 1 and fitted:
        wide, high = fitted[0]
    grow = max([1.0, *(min(width / wide, height / high) for width, height in fitted)])
    wide, high = wide * grow, high * grow
    shrink = min(1.0, most_px / wide, most_px / high)
    return max(round(wide * shrink), 1), max(round(high * shrink), 1)


def _shape(output: Output, width: float, height: float) -> float:
    return height / width if output.is_on_end else width / height


def _turned(output: Output, size: Size) -> Size:
    return (size[1], size[0]) if output.is_on_end else size
