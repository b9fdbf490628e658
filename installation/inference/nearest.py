"""Which of a place's frames is seen: the one nearest to the latent, and how one goes over into the next. Pure.

Seconds come in as an argument. Two frames that lie equally near never flicker: another one has to lie clearly nearer
for a while, and one crossing ends before the next begins.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.inference.motion import Vector

FADE_S: Final = 2.5
"""From one frame to the next."""
SETTLE_S: Final = 1.0
"""So long others have to lie nearer without a break."""
MARGIN: Final = 0.1
"""And by so much: a part of how far the nearest stands out from the mean of all, whatever an encoder's cosines are."""


@dataclass(slots=True)
class NearestFrame:
    """`number` is the frame that is seen or comes, None where there is none; `before` the one that goes, and `weight`
    0..1 how far `number` has come.

    `embeddings` [n, d] are unit vectors.
    """

    embeddings: NDArray[np.float32]
    number: int | None = None
    before: int | None = None
    weight: float = 1.0
    _nearer_s: float = 0.0
    _usable: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self._usable = np.ones(len(self.embeddings), bool)

    def rest(self) -> None:
        """Choose anew, at once, when a frame is asked for again."""
        self.number = self.before = None

    def leave_out(self, number: int) -> None:
        """Never choose a frame again."""
        self._usable[number] = False
        if number in (self.number, self.before):
            self.rest()

    def update(self, h: Vector, dt_s: float) -> None:
        """Go on for `dt_s` seconds with the latent at unit `h` [d]."""
        if not self._usable.any():
            return
        likeness = np.where(self._usable, self.embeddings @ h, -np.inf)
        nearest = int(likeness.argmax())
        if self.number is None:
            self.number, self.weight, self._nearer_s = nearest, 1.0, 0.0
            return
        self._fade(dt_s)
        stands_out = likeness[nearest] - likeness[self._usable].mean()
        if likeness[nearest] - likeness[self.number] <= MARGIN * stands_out:
            self._nearer_s = 0.0
            return
        self._nearer_s += dt_s
        if self._nearer_s >= SETTLE_S and self.before is None:
            self.before, self.number, self.weight, self._nearer_s = self.number, nearest, 0.0, 0.0

    def _fade(self, dt_s: float) -> None:
        if self.before is None:
            return
        self.weight = min(self.weight + dt_s / FADE_S, 1.0)
        if self.weight >= 1.0:
            self.before = None
