"""A place's own frames over what the generator paints: `/latent/memory`. Runs in the inference process; no torch.

The retrieval of the paper's table 1 (C), live: the frame whose place in f_V's space is nearest to the latent is seen.
"""

import logging
import math
from typing import Final

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from installation.inference.motion import Vector
from installation.inference.nearest import NearestFrame
from installation.status import PhotographStatus
from installation.values import Pixels
from s2s.card import BundleError
from s2s.place_memory import LONGEST_PX, PlaceMemory

log = logging.getLogger(__name__)

NONE_THERE: Final = "this model holds no photographs of a place: `python -m s2s retrain` makes one that does"
_ROOM_PX: Final = 512 * 512
"""What a `FrameBox` takes at the least."""
_UNSEEN: Final = 1 / 512
_BLURRED_PX: Final = 12
_BEHIND: Final = 0.6
"""Brightness of what fills the sides of a picture that has another shape."""


class Photographs:
    """Crosses from the generator's picture to the nearest of `memory`, None where the model has none."""

    def __init__(self, memory: PlaceMemory | None, painted_px: tuple[int, int]) -> None:
        """`painted_px` are width and height of the generator's pictures."""
        self._memory = memory
        self._nearest = None if memory is None else NearestFrame(memory.embeddings)
        self._size_px = _canvas(painted_px)
        self._decoded: dict[int, Image.Image] = {}
        self._at: float | None = None
        self._told = False
        self.status = PhotographStatus()

    @property
    def are_still(self) -> bool:
        """Whether photographs alone are seen, and none is going over into another."""
        return self.status.share >= 1.0 and self._nearest is not None and self._nearest.before is None

    def over(self, painted: Pixels, h: Vector, share: float, now: float) -> Pixels:
        """Return `painted` [h, w, 3] with `share` 0..1 of the photograph nearest to unit `h` over it.

        It is `painted` itself where nothing is over it, else larger where photographs are.
        """
        since_s = 0.0 if self._at is None else max(now - self._at, 0.0)
        self._at = now
        share = 1.0 if share > 1.0 - _UNSEEN else share
        if share < _UNSEEN:
            self._rest("")
            return painted
        if (photograph := self._photograph(h, since_s)) is None:
            self._rest(NONE_THERE)
            return painted
        assert self._memory is not None and self._nearest is not None and self._nearest.number is not None
        self.status = PhotographStatus(round(share, 3), self._memory.names[self._nearest.number])
        if share == 1.0:
            return np.asarray(photograph)
        below = Image.fromarray(painted).resize(self._size_px, Image.Resampling.BICUBIC)
        return np.asarray(Image.blend(below, photograph, share))

    def _rest(self, problem: str) -> None:
        if self._nearest is not None:
            self._nearest.rest()
        self.status = PhotographStatus(problem=problem)
        if problem and not self._told:
            self._told = True
            log.warning("/latent/memory: %s", problem)

    def _photograph(self, h: Vector, dt_s: float) -> Image.Image | None:
        """Return what is seen of the place now, None where nothing can be."""
        nearest = self._nearest
        if nearest is None:
            return None
        nearest.update(h, dt_s)
        coming = None
        while nearest.number is not None and (coming := self._frame(nearest.number)) is None:
            nearest.update(h, 0.0)  # it was left out, so that another one is the nearest
        if coming is None:
            return None
        self._decoded = {n: one for n, one in self._decoded.items() if n in (nearest.number, nearest.before)}
        going = None if nearest.before is None else self._frame(nearest.before)
        return coming if going is None else Image.blend(going, coming, _eased(nearest.weight))

    def _frame(self, number: int) -> Image.Image | None:
        """Return a frame in the shape of the pictures; one that cannot be read is left out, with a line in the log."""
        assert self._memory is not None and self._nearest is not None
        if number not in self._decoded:
            try:
                pixels = self._memory.frame(number)
            except BundleError as error:
                log.warning("%s", error)
                self._nearest.leave_out(number)
                return None
            self._decoded[number] = fitted(Image.fromarray(pixels), self._size_px)
        return self._decoded[number]


def fitted(picture: Image.Image, size_px: tuple[int, int]) -> Image.Image:
    """Return `picture` whole in the middle of width and height `size_px`, its sides filled with itself, blurred."""
    (width, height), own = size_px, picture.size
    inside = min(width / own[0], height / own[1])
    shown_px = max(1, round(own[0] * inside)), max(1, round(own[1] * inside))
    shown = picture.resize(shown_px, Image.Resampling.LANCZOS)
    if shown_px == size_px:
        return shown
    behind = ImageOps.fit(picture, (_BLURRED_PX, _BLURRED_PX)).resize(size_px, Image.Resampling.BICUBIC)
    canvas = ImageEnhance.Brightness(behind).enhance(_BEHIND)
    canvas.paste(shown, ((width - shown_px[0]) // 2, (height - shown_px[1]) // 2))
    return canvas


def _canvas(painted_px: tuple[int, int]) -> tuple[int, int]:
    """Return width and height of what is sent: the shape of the generator's pictures, as large as photographs are."""
    width, height = painted_px
    scale = max(1.0, min(LONGEST_PX / max(painted_px), math.sqrt(_ROOM_PX / (width * height))))
    return int(width * scale), int(height * scale)


def _eased(weight: float) -> float:
    """Return a crossing that begins and ends slowly."""
    return weight * weight * (3.0 - 2.0 * weight)
