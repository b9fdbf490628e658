"""From one model's pictures to another's: their latents lie in different spaces, so that what is crossed is pictures.

The two paint in turn, each at half the rate, so that a fade takes no more of the machine than one model does; only
the one that is gone to hears.
"""

import math
from typing import Final

import numpy as np
from PIL import Image

from installation.inference.photographs import fitted
from installation.inference.playing import Painted, PlayingModel
from installation.values import Controls, Pixels
from s2s.files.quote import one_line

_BAD_IN_A_ROW: Final = 3
"""So many pictures with NaN from a model that has only just come mean that it cannot paint."""


class Fade:
    """Goes from `leaving` to `coming` in `duration_s` seconds, or back again. Belongs to the core's thread.

    `shown` is the picture that is on the wall, None before the first; `first` is the one that `coming` was tried with.
    """

    def __init__(
        self, leaving: PlayingModel, coming: PlayingModel, duration_s: float, *, shown: Pixels | None, first: Pixels
    ) -> None:
        self.leaving, self.coming = leaving, coming
        self.forward = True
        self._duration_s = duration_s
        self._share, self._moved_at = 0.0, -math.inf
        self._size_px = crossing_size(_size_of(first if shown is None else shown), _size_of(first))
        self._pictures = {True: self._fitted(first), False: self._fitted(first if shown is None else shown)}
        self._turn = True
        self._bad_in_a_row = 0
        self.failure = ""
        """Why `coming` can go on no longer; empty while it can. It then stands as it was last seen."""

    @property
    def goal(self) -> PlayingModel:
        """The model that will play when this is over."""
        return self.coming if self.forward else self.leaving

    @property
    def other(self) -> PlayingModel:
        """The one that will not."""
        return self.leaving if self.forward else self.coming

    @property
    def over(self) -> bool:
        """Whether only one of them is seen."""
        return self._share >= 1.0 if self.forward else self._share <= 0.0

    def turn_back(self) -> None:
        """Go to the other one, from here."""
        self.forward = not self.forward

    def hear(self, now: float, controls: Controls) -> float | None:
        """Let the goal hear; return how many seconds that took, None where nothing was due."""
        if not self.forward:
            return self.leaving.hear(now, controls)
        try:
            return self.coming.hear(now, controls)
        except Exception as error:  # whatever it is: the one that leaves is still there
            self._fail(one_line(error, 300) or type(error).__name__)
            return None

    def paint(self, now: float, controls: Controls) -> Painted:
        """Return the picture at `now`: one of the two anew, over the other's last."""
        self._advance(now)
        turn = self._turn if not self.failure else False
        painted = self._painted_by_coming(now, controls) if turn else self.leaving.paint(now, controls)
        self._turn = not self._turn
        if painted.pixels is not None:
            self._pictures[turn] = self._fitted(painted.pixels)
        elif not turn:
            return painted
        share = self._share * self._share * (3.0 - 2.0 * self._share)
        mixed = np.asarray(Image.blend(self._pictures[False], self._pictures[True], share))
        return Painted(mixed, painted.took_s, painted.heard_at, painted.first_of_it and turn is self.forward)

    def _fail(self, reason: str) -> None:
        """Go back to `leaving`, while the other one stands as it is."""
        self.failure, self.forward = reason, False

    def _advance(self, now: float) -> None:
        since_s = 0.0 if self._moved_at == -math.inf else max(now - self._moved_at, 0.0)
        self._moved_at = now
        step = 1.0 if self._duration_s <= 0.0 else since_s / self._duration_s
        self._share = min(max(self._share + (step if self.forward else -step), 0.0), 1.0)

    def _painted_by_coming(self, now: float, controls: Controls) -> Painted:
        """Paint, and note what makes the model that comes unfit to play."""
        painted = Painted(None, 0.0, now)
        try:
            painted = self.coming.paint(now, controls)
        except Exception as error:  # whatever it is: the one that leaves is still there
            self._fail(one_line(error, 300) or type(error).__name__)
        self._bad_in_a_row = 0 if painted.pixels is not None else self._bad_in_a_row + 1
        if self._bad_in_a_row >= _BAD_IN_A_ROW:
            self._fail("its pictures hold NaN")
        return painted

    def _fitted(self, pixels: Pixels) -> Image.Image:
        if _size_of(pixels) == self._size_px:
            return Image.fromarray(pixels.copy())  # a painter may paint over its own
        return fitted(Image.fromarray(pixels), self._size_px)


def crossing_size(leaving_px: tuple[int, int], coming_px: tuple[int, int]) -> tuple[int, int]:
    """Return width and height of what is seen meanwhile: the shape of what comes, as many pixels as the finer has."""
    width, height = coming_px
    scale = max(1.0, math.sqrt(leaving_px[0] * leaving_px[1] / (width * height)))
    return max(1, round(width * scale)), max(1, round(height * scale))


def within_room(pixels: Pixels, room_px: int) -> Pixels:
    """Return a picture [height, width, 3] with at most `room_px` pixels, smaller in its own shape where it has more."""
    height, width = pixels.shape[:2]
    if height * width <= room_px:
        return pixels
    scale = math.sqrt(room_px / (height * width))
    size_px = max(1, int(width * scale)), max(1, int(height * scale))
    return np.asarray(Image.fromarray(pixels).resize(size_px, Image.Resampling.LANCZOS))


def _size_of(pixels: Pixels) -> tuple[int, int]:
    height, width = pixels.shape[:2]
    return width, height
