"""The pictures of the synthetic world: one fragment shader a scene, many moments tiled into one framebuffer.

Runs in whichever thread made it (a GL context belongs to one thread). What is drawn is `s2s.world.canvas`'s business.
"""

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final, Self

import moderngl
import numpy as np
from numpy.typing import NDArray

from s2s.world.atlas import Atlas
from s2s.world.canvas import Canvas
from s2s.world.state import SceneState

SMOOTH_UP_TO_PX: Final = 144  # pictures up to this height take four samples a pixel; larger ones could not afford it
COVERAGE_PX: Final = 32  # coverage is measured on a picture of this height: enough for a hundredth


class Painter:
    """Paints moments of the world without a window; the picture of a moment depends on that moment alone.

    Pictures are square unless `width_px` says otherwise; a wider one shows the square in its middle, and the place goes
    on to both sides of it.

    Makes its own EGL context unless one is given, and makes that the thread's current one at every call; where a
    window draws in the same thread, give the window's. A given context must be current, is left as it was found,
    and stays its owner's.
    """

    def __init__(self, height_px: int, *, width_px: int | None = None, context: moderngl.Context | None = None) -> None:
        width_px = width_px or height_px
        if not (8 <= height_px <= 4096 and 8 <= width_px <= 4096):
            raise ValueError(f"a picture's sides must lie in 8..4096 pixels, got {width_px}x{height_px}")
        self.width_px, self.height_px = width_px, height_px
        self._owns_context = context is None
        self._context: Any = context or _headless_context()
        self._pictures = Atlas(self._context, width_px, height_px)
        self._coverage: Atlas | None = None
        self._canvas = Canvas(self._context)

    def paint(self, states: Sequence[SceneState]) -> NDArray[np.uint8]:
        """Return the pictures of `states`, [n, height_px, width_px, 3], row 0 at the top, sRGB 0..255."""
        return self.paint_layers([(state,) for state in states])

    def paint_layers(self, moments: Sequence[Sequence[SceneState]]) -> NDArray[np.uint8]:
        """Return the pictures of `moments`, [n, height_px, width_px, 3]: the parts of each over one another.

        The first part owns the place and the light; of every further one only the thing is painted.
        """
        pictures = np.empty((len(moments), self.height_px, self.width_px, 3), dtype=np.uint8)
        for start in range(0, len(moments), self._pictures.num_tiles):
            tiles = moments[start : start + self._pictures.num_tiles]
            self._make_current()
            with self._pictures.scope:
                self._paint_tiles(tiles)
                pictures[start : start + len(tiles)] = self._pictures.read(len(tiles))[..., :3]
        return pictures

    def coverage(self, moments: Sequence[Sequence[SceneState]]) -> list[tuple[float, ...]]:
        """Return the share of the picture, 0..1, that the thing of each part of each moment covers.

        Measured on a small picture of the thing alone; what hides behind another part counts too.
        """
        coverage_px = round(COVERAGE_PX * self.width_px / self.height_px)
        self._make_current()
        if self._coverage is None:
            self._coverage = Atlas(self._context, coverage_px, COVERAGE_PX)
        things = [(state, moment[0], part) for moment in moments for part, state in enumerate(moment)]
        masks = self._masks(things, self._coverage)
        remaining = iter((masks.mean(axis=(1, 2)) / 255.0).tolist())
        return [tuple(next(remaining) for _ in moment) for moment in moments]

    def masks(self, states: Sequence[SceneState]) -> NDArray[np.uint8]:
        """Return how much of each pixel the things of `states` cover, uint8 0..255 [n, height_px, width_px]."""
        return self.thing_masks([(state,) for state in states])

    def thing_masks(self, moments: Sequence[Sequence[SceneState]]) -> NDArray[np.uint8]:
        """Return the same for the last part of each of `moments`, of which a picture shows the thing before all."""
        self._make_current()
        return self._masks([(moment[-1], moment[0], len(moment) - 1) for moment in moments], self._pictures)

    def _masks(self, things: Sequence[tuple[SceneState, SceneState, int]], atlas: Atlas) -> NDArray[np.uint8]:
        """Return the coverage of `things`: each a state, the first of its moment, and which part it is."""
        masks = np.empty((len(things), atlas.height_px, atlas.width_px), dtype=np.uint8)
        for start in range(0, len(things), atlas.num_tiles):
            tiles = things[start : start + atlas.num_tiles]
            with atlas.scope:
                for tile, (state, first, part) in sorted(enumerate(tiles), key=lambda entry: entry[1][0].scene):
                    atlas.aim(tile)
                    self._draw(state, first, atlas, laid_over=part > 0, measured=True)
                masks[start : start + len(tiles)] = atlas.read(len(tiles))[..., 3]
        return masks

    def close(self) -> None:
        """Release what was made; the context too if it was made here. A second call does nothing."""
        if self._context is None:
            return
        self._make_current()
        self._canvas.release()
        for atlas in (self._pictures, self._coverage):
            if atlas is not None:
                atlas.release()
        if self._owns_context:
            self._context.release()
        self._context = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _make_current(self) -> None:
        # Another painter may have made its own current since the last call. Never left by __exit__: that makes no
        # context current at all instead of the one before.
        if self._owns_context:
            self._context.__enter__()

    def _paint_tiles(self, moments: Sequence[Sequence[SceneState]]) -> None:
        """Paint part by part, lowest first, and by scene: changing the program is what costs between two tiles."""
        for part in range(max(map(len, moments), default=0)):
            tiles = [tile for tile, moment in enumerate(moments) if len(moment) > part]
            for tile in sorted(tiles, key=lambda tile: moments[tile][part].scene):
                self._pictures.aim(tile)
                self._draw(moments[tile][part], moments[tile][0], self._pictures, laid_over=part > 0)

    def _draw(
        self, state: SceneState, first: SceneState, atlas: Atlas, *, laid_over: bool, measured: bool = False
    ) -> None:
        size_px = atlas.width_px, atlas.height_px
        taps = 2 if atlas.height_px <= SMOOTH_UP_TO_PX else 1
        self._canvas.draw(state, first, size_px, laid_over=laid_over, measured=measured, taps=taps)


def _headless_context() -> Any:
    settings: dict[str, Any] = {"backend": "egl"}
    return moderngl.create_context(standalone=True, **settings)
