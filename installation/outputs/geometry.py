"""Where each point of an output comes from in the picture, and how its edges fade. Pure.

A corner pin is a homography of the plane (R. Hartley and A. Zisserman, "Multiple View Geometry in Computer Vision",
2nd edition, section 4.1): what is straight on the wall stays straight, and the middle lies where perspective has it.
All places are shares of their sides with 0, 0 at the top left.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.outputs.layout import Corners, Output, Part, Point

Matrix = NDArray[np.float64]
"""Three by three, for places as columns (x, y, 1)."""
_SQUARE: Final = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def pin(corners: Corners) -> Matrix:
    """Return the homography that takes the unit square to `corners`, which form a convex quadrilateral."""
    equations, values = np.zeros((8, 8)), np.zeros(8)
    for number, ((x, y), corner) in enumerate(zip(_SQUARE, corners, strict=True)):
        equations[2 * number] = (x, y, 1, 0, 0, 0, -x * corner.x, -y * corner.x)
        equations[2 * number + 1] = (0, 0, 0, x, y, 1, -x * corner.y, -y * corner.y)
        values[2 * number : 2 * number + 2] = corner.x, corner.y
    return np.append(np.linalg.solve(equations, values), 1.0).reshape(3, 3)


def unpin(corners: Corners) -> Matrix:
    """Return the homography that takes a place of the monitor back to the unit square; the third number of what it
    yields is above 0 on this side of the horizon.
    """
    inverse = np.asarray(np.linalg.inv(pin(corners)), np.float64)
    middle = np.mean([(corner.x, corner.y, 1.0) for corner in corners], axis=0)
    return inverse / float(inverse[2] @ middle)


def to_picture(output: Output, part: Part | None = None) -> Matrix:
    """Return the matrix from a place of the output's unit square to the place of the picture that is seen there.

    `part` is what of the picture is seen, by default the output's own.
    """
    left, top, right, bottom = part or output.part
    place = np.array([[right - left, 0, left], [0, bottom - top, top], [0, 0, 1.0]])
    across, down = output.flip in ("horizontal", "both"), output.flip in ("vertical", "both")
    flip = np.array(
        [[-1 if across else 1, 0, 1 if across else 0], [0, -1 if down else 1, 1 if down else 0], [0, 0, 1.0]]
    )
    back = np.array([[0, 1, 0], [-1, 0, 1], [0, 0, 1.0]])  # a quarter clockwise, undone
    turned: Matrix = place @ flip @ np.linalg.matrix_power(back, output.rotate // 90)
    return turned


def at(matrix: Matrix, place: Point) -> Point:
    """Return where `matrix` takes `place`."""
    x, y, w = matrix @ (place.x, place.y, 1.0)
    return Point(float(x / w), float(y / w))


def blend_share(place: float, width: float) -> float:
    """Return which share of the light there is at `place` (0 at the edge) of a fade that is `width` wide, 0..1.

    A fade and the one that comes from the other side add up to 1: Hermite's cubic is symmetric about its middle. The
    signal is this share to the power 1/gamma, for a projector makes light of the power gamma of it.
    """
    if width <= 0.0:
        return 1.0
    x = min(max(place / width, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)
