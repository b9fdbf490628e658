"""How the masks of an output change while people watch: one that is dragged glides, one that comes or goes fades. Pure.

What two masks cover together stays black while the one gives way to the other: the new one is there before the old one
goes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.outputs.layout import MOST_MASKS, Point

GLIDE_S: Final = 0.08
FADE_S: Final = 0.25
_CLOSE: Final = 2e-5

Mask = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class SeenMask:
    """A mask as it is seen now, and how far it covers what is behind it, 0..1."""

    points: Mask
    share: float = 1.0


class MaskMotion:
    """The masks of one output."""

    def __init__(self, masks: Sequence[Mask]) -> None:
        self._moving = [_MovingMask(mask, share=1.0) for mask in masks]
        self.seen = tuple(map(SeenMask, masks))

    def want(self, masks: Sequence[Mask]) -> None:
        """Have these masks from now on."""
        stay = [moving for moving in self._moving if moving.stays]
        same = [next((moving for moving in stay if moving.goal == mask), None) for mask in masks]
        moved = iter([moving for moving in stay if all(moving is not one for one in same)])
        wanted = []
        for mask, there in zip(masks, same, strict=True):
            found = there or (next(moved, None) if len(masks) == len(stay) else None)
            if found is None or len(found.goal) != len(mask):
                found = _MovingMask(mask, share=0.0)
            found.goal = mask
            wanted.append(found)
        going = [moving for moving in self._moving if all(moving is not one for one in wanted)]
        for moving in going:
            moving.stays = False
        self._moving = [*wanted, *going[-2 * MOST_MASKS :]]

    def move(self, since_s: float) -> None:
        """Let time pass."""
        come = all(moving.share >= 1.0 for moving in self._moving if moving.stays)
        for moving in self._moving:
            moving.move(since_s, goes=come and not moving.stays)
        self._moving = [moving for moving in self._moving if moving.stays or moving.share > 0.0]
        self.seen = tuple(moving.seen for moving in self._moving)


class _MovingMask:
    def __init__(self, mask: Mask, *, share: float) -> None:
        self.goal, self.share, self.stays = mask, share, True
        self.points = mask

    @property
    def seen(self) -> SeenMask:
        return SeenMask(self.points, self.share)

    def move(self, since_s: float, *, goes: bool) -> None:
        step = since_s / FADE_S
        if goes:
            self.share = max(self.share - step, 0.0)
        elif self.stays:
            self.share = min(self.share + step, 1.0)
        if self.points != self.goal:
            here, there = _places(self.points), _places(self.goal)
            here = here + (there - here) * (1.0 - math.exp(-since_s / GLIDE_S))
            arrived = bool((np.abs(there - here) < _CLOSE).all())
            self.points = self.goal if arrived else tuple(Point(float(x), float(y)) for x, y in here)


def _places(mask: Mask) -> NDArray[np.float64]:
    return np.array([(point.x, point.y) for point in mask])
