"""What it takes of the processor to draw one picture of the show. Counted is the time of all cores together."""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from types import MappingProxyType
from typing import Final

import moderngl
import numpy as np

from installation.grading.cube_file import Cube
from installation.parameters import DEFAULTS
from installation.render.pipeline import Renderer
from installation.values import Controls, Features, Frame, ParameterValue

WINDOW = (1280, 720)
WIDE_PICTURE = (256, 144)
PASSES = ("upscale", "displace", "feedback", "bloom", "grade", "grain")
_CONTROLS = Controls({**DEFAULTS, "/render/displacement": 0.3})
_CADENCE_FPS = 30.0
_NO_SETTINGS: Final[Mapping[str, ParameterValue]] = MappingProxyType({})


class Drawing:
    """A renderer and what it draws: `passes` at `scale` of `window`, over one generated picture of `picture` pixels."""

    def __init__(
        self,
        context: moderngl.Context,
        passes: Sequence[str],
        scale: float,
        *,
        picture: tuple[int, int] = WIDE_PICTURE,
        window: tuple[int, int] = WINDOW,
        settings: Mapping[str, ParameterValue] = _NO_SETTINGS,
        lut: Cube | None = None,
        pictures_each: int | None = None,
    ) -> None:
        """With `pictures_each` another generated picture, a little further, comes after so many drawn ones."""
        self._renderer = Renderer(context, window, passes=passes, seed=1, scale=scale, adaptive=False, lut=lut)
        self._controls = Controls({**_CONTROLS.values, **settings})
        self._target = context.simple_framebuffer(window, components=4)
        pixels = np.random.default_rng(0).integers(0, 256, (picture[1], picture[0], 3), np.uint8)
        self._frame, self._now = Frame(pixels, 1, 0.0, 0.0), 0.0
        self._pictures_each, self._drawn = pictures_each, 0

    def draw(self) -> None:
        """Draw the next picture and wait until it is finished."""
        self._now += 1 / _CADENCE_FPS
        self._drawn += 1
        if self._pictures_each is not None and self._drawn % self._pictures_each == 0:
            moved = np.roll(self._frame.pixels, 1, axis=1)
            self._frame = Frame(moved, self._frame.serial + 1, self._now, self._now)
        self._renderer.draw(
            self._target, now=self._now, frame=self._frame, features=Features(bass=0.5), controls=self._controls
        )

    def close(self) -> None:
        """Give the graphics card its memory back."""
        self._renderer.close()
        self._target.release()


def alternating_ms(draws: Sequence[Callable[[], None]], repeats: int) -> list[float]:
    """Call each of `draws` by turns, `repeats` times after one to warm up; return the median of each, ms of processor.

    By turns, or a machine that grows slower would favour the first.
    """
    for draw in draws:
        draw()
    took_ms: list[list[float]] = [[] for _ in draws]
    for _ in range(repeats):
        for draw, spent_ms in zip(draws, took_ms, strict=True):
            began = time.process_time()
            draw()
            spent_ms.append((time.process_time() - began) * 1e3)
    return [median(spent_ms) for spent_ms in took_ms]
