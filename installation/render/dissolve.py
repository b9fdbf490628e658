"""After a cut the picture that was on the wall stays, and gives way to what comes: nothing jumps.

Lives on the show's main thread. It stands behind the passes and before the flash guard. While nothing changes it holds
no memory and draws nothing.
"""

from typing import Final

import moderngl

from installation.render.crossfade import Ramp
from installation.render.framing import Size
from installation.render.render_target import RenderTarget, resized
from installation.render.shader import SHADERS, Shader

DISSOLVE_S: Final = 0.4
"""Shorter than a beat at 150 bpm: long enough for no eye to see a cut, over before the next thing happens."""

Place = tuple[int, int, int, int]
"""Where a picture lies in the window: left, bottom, width and height in pixels."""


class Dissolve:
    """Shows each picture as it is, but after `begin`: then what was there fades into it within `DISSOLVE_S`."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._shader = Shader(context, SHADERS / "stages" / "dissolve.frag")
        self._before: RenderTarget | None = None
        self._mixed: RenderTarget | None = None
        self._ramp: Ramp | None = None

    @property
    def is_on(self) -> bool:
        """Whether one picture gives way to another now."""
        return self._ramp is not None

    def begin(self, picture: moderngl.Texture, place: Place, window: Size) -> None:
        """Keep what is on the wall, `picture` at `place` of the `window`: the next `over` fades out of it.

        In the middle of a fade that is the fade's own picture: the way goes on from there.
        """
        if self._ramp is not None and self._mixed is not None:
            self._before, self._mixed = self._mixed, self._before
        else:
            self._before = resized(self._context, self._before, _size(picture, place, window))
            self._draw(self._before, picture, picture, place, window, 1.0)
        self._ramp = Ramp(DISSOLVE_S)

    def over(
        self, picture: moderngl.Texture, place: Place, window: Size, dt_s: float
    ) -> tuple[moderngl.Texture, Place]:
        """Return what to show `dt_s` seconds after the picture before, and where it lies."""
        if self._ramp is None or self._before is None:
            return picture, place
        weight = self._ramp.update(up=True, dt_s=dt_s)
        if weight >= 1.0:
            self.forget()
            return picture, place
        self._mixed = resized(self._context, self._mixed, _size(picture, place, window))
        self._draw(self._mixed, picture, self._before.texture, place, window, weight)
        return self._mixed.texture, (0, 0, *window)

    def forget(self) -> None:
        """What comes is shown at once; the pictures' memory is given back, what is compiled stays."""
        for target in (self._before, self._mixed):
            if target is not None:
                target.release()
        self._before = self._mixed = self._ramp = None

    def _draw(
        self,
        target: RenderTarget,
        picture: moderngl.Texture,
        before: moderngl.Texture,
        place: Place,
        window: Size,
        weight: float,
    ) -> None:
        left, bottom, width, height = place
        parts = (left / window[0], bottom / window[1], width / window[0], height / window[1])
        self._shader.draw(
            target.framebuffer, {"u_place": parts, "u_weight": weight}, {"u_picture": picture, "u_before": before}
        )

    def release(self) -> None:
        """Give the graphics card its memory back."""
        self.forget()
        self._shader.release()


def _size(picture: moderngl.Texture, place: Place, window: Size) -> Size:
    """Return the size to mix at: the passes' own where they fill the window, so that nothing is resampled."""
    return picture.size if place == (0, 0, *window) else window
