"""Stands between the last pass and the wall: looks at each picture, small, before it is shown, and holds it back where
it would be one flash too many.

Lives on the show's main thread. The small picture is read back before the large one is drawn: a reading one turn late
would let the first bright picture through. A renderer waits for its picture to be finished in any case.
"""

from collections.abc import Mapping
from typing import Final

import moderngl
import numpy as np

from installation.render.flash_limiter import FlashLimiter
from installation.render.flash_meter import COLUMNS, ROWS, Grid
from installation.render.render_target import RenderTarget
from installation.render.shader import SHADERS, Shader, Uniform
from installation.status import FlashStatus

_CELL_PX: Final = 4
SMALL_PX: Final = (COLUMNS * _CELL_PX, ROWS * _CELL_PX)
"""Each cell of the limiter's grid is as many whole pixels; a wall that is held back is shown from these."""
_STAGES: Final = SHADERS / "stages"


class FlashGuard:
    """Keeps pictures small: the one that is asked for, the one before it, and the wall while it is held back."""

    def __init__(self, context: moderngl.Context) -> None:
        self.limiter = FlashLimiter()
        names = ("small", "grid", "hold", "screen")
        self._shaders = {name: Shader(context, _STAGES / f"flash_{name}.frag") for name in names}
        self._asked, self._before = (_Small(context, "f1") for _ in range(2))
        self._light, self._light_before = (_Small(context, "f4") for _ in range(2))
        self._screen = RenderTarget(context, SMALL_PX)
        self._grid = context.simple_framebuffer((COLUMNS, ROWS), components=4, dtype="f4")
        self._was_holding = False

    def status(self) -> FlashStatus:
        """Return what the limiter did; any thread."""
        return self.limiter.status()

    def forget(self) -> None:
        """Nothing was shown so far: the wall is black."""
        self.limiter, self._was_holding = FlashLimiter(), False

    def held(
        self,
        picture: moderngl.Texture,
        place: tuple[int, int, int, int],
        window: tuple[int, int],
        uniforms: Mapping[str, Uniform],
        *,
        now: float,
        others: int = 0,
    ) -> moderngl.Texture | None:
        """Return what is to be shown over the whole window instead of `picture`; None where that may be shown itself.

        `picture` is to lie at `place` (left, bottom, width, height) in the `window`; `uniforms` are those of the stage
        that shows it; `others` transitions come from what is drawn over it.
        """
        self._asked, self._before = self._before, self._asked
        self._draw_small(picture, place, window, uniforms)
        share = self.limiter.share(self._measure(), now, others)
        if not self.limiter.is_holding:
            self._was_holding = False
            return None
        self._hold(share)
        return self._screen.texture

    def _draw_small(
        self,
        picture: moderngl.Texture,
        place: tuple[int, int, int, int],
        window: tuple[int, int],
        uniforms: Mapping[str, Uniform],
    ) -> None:
        target = self._asked.framebuffer
        target.viewport = (0, 0, *SMALL_PX)
        if place != (0, 0, *window):
            target.use()
            target.clear(0.0, 0.0, 0.0, 1.0)
        wide, high = SMALL_PX[0] / window[0], SMALL_PX[1] / window[1]
        left, bottom, width, height = place
        target.viewport = (
            round(left * wide),
            round(bottom * high),
            max(round(width * wide), 1),
            max(round(height * high), 1),
        )
        self._shaders["small"].draw(target, {**uniforms, "u_resolution": target.viewport[2:]}, {"u_picture": picture})

    def _measure(self) -> Grid:
        self._shaders["grid"].draw(self._grid, {"u_resolution": (COLUMNS, ROWS)}, {"u_picture": self._asked.texture})
        return np.frombuffer(self._grid.read(components=3, dtype="f4"), np.float32).reshape(ROWS, COLUMNS, 3)

    def _hold(self, share: float) -> None:
        self._light, self._light_before = self._light_before, self._light
        shown = self._light_before if self._was_holding else self._before
        self._shaders["hold"].draw(
            self._light.framebuffer,
            {"u_weight": share, "u_as_light": float(self._was_holding)},
            {"u_picture": self._asked.texture, "u_shown": shown.texture},
        )
        self._shaders["screen"].draw(self._screen.framebuffer, {}, {"u_picture": self._light.texture})
        self._was_holding = True

    def release(self) -> None:
        """Give the graphics card its memory back."""
        for shader in self._shaders.values():
            shader.release()
        for small in (self._asked, self._before, self._light, self._light_before):
            small.release()
        self._screen.release()
        self._grid.release()


class _Small:
    """A small picture of a pixel type of its own: bytes as the screen has them, or floats that creep."""

    def __init__(self, context: moderngl.Context, dtype: str) -> None:
        self.texture = context.texture(SMALL_PX, 4, dtype=dtype)
        self.texture.repeat_x = self.texture.repeat_y = False
        self.framebuffer = context.framebuffer([self.texture])
        self.framebuffer.use()
        self.framebuffer.clear(0.0, 0.0, 0.0, 1.0)

    def release(self) -> None:
        self.framebuffer.release()
        self.texture.release()
