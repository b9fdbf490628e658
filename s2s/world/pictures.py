"""The pictures of the synthetic world: one fragment shader a scene, many takes tiled into one framebuffer.

Runs in whichever thread made it (a GL context belongs to one thread). Every random number is drawn here in float64
from the take and handed to the shader, which only ever hashes small numbers; nothing else may bring chance in.
"""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import moderngl
import numpy as np
from numpy.typing import NDArray

from s2s.world.state import SceneState

NUM_DRAWS: Final = 96  # `draws` of take.glsl
SMOOTH_UP_TO_PX: Final = 128  # pictures up to this size take four samples a pixel; larger ones could not afford it
MAX_ATLAS_PX: Final = 1024  # a side of the shared framebuffer; larger ones gain no speed under llvmpipe

_GLSL: Final = Path(__file__).parent / "glsl"
_BEFORE_SCENE: Final = ("take", "noise", "shapes", "light", "sky", "land")
_AFTER_SCENE: Final = ("finish",)
_VERTEX: Final = """#version 330
in vec2 corner;
out vec2 at;
void main() { at = corner; gl_Position = vec4(2.0 * corner - 1.0, 0.0, 1.0); }
"""


def fragment_source(scene: str) -> str:
    """Return the whole fragment shader of `scene`: the shared libraries, the scene, the finish."""
    parts = [*_BEFORE_SCENE, scene, *_AFTER_SCENE]
    return "#version 330\n" + "\n".join((_GLSL / f"{part}.glsl").read_text() for part in parts)


class Painter:
    """Paints `SceneState`s without a window; the picture of a take depends on that take alone.

    Makes its own EGL context unless one is given, and makes that the thread's current one at every call; where a
    window draws in the same thread, give the window's. A given context must be current, is left as it was found,
    and stays its owner's.
    """

    def __init__(self, size_px: int, *, context: moderngl.Context | None = None) -> None:
        if not 8 <= size_px <= 4096:
            raise ValueError(f"size_px must lie in 8..4096, got {size_px}")
        self._size_px = size_px
        self._taps = 2 if size_px <= SMOOTH_UP_TO_PX else 1
        self._owns_context = context is None
        self._context: Any = context or _headless_context()
        self._columns = max(1, MAX_ATLAS_PX // size_px)
        side_px = self._columns * size_px
        self._atlas = self._context.simple_framebuffer((side_px, side_px), components=4)
        self._scope = self._context.scope(self._atlas, enable_only=moderngl.NOTHING)
        corners = np.array([0, 0, 1, 0, 0, 1, 1, 1], dtype=np.float32)
        self._corners = self._context.buffer(corners.tobytes())
        self._canvases: dict[str, Any] = {}  # scene → vertex array; a shader is compiled at its first take

    def paint(self, states: Sequence[SceneState]) -> NDArray[np.uint8]:
        """Return the pictures of `states`, [n, size_px, size_px, 3], row 0 at the top, sRGB 0..255."""
        pictures = np.empty((len(states), self._size_px, self._size_px, 3), dtype=np.uint8)
        tiles = self._columns**2
        for start in range(0, len(states), tiles):
            part = states[start : start + tiles]
            pictures[start : start + len(part)] = self._paint_atlas(part)
        return pictures

    def close(self) -> None:
        """Release what was made; the context too if it was made here. A second call does nothing."""
        if self._context is None:
            return
        self._make_current()
        for canvas in self._canvases.values():
            canvas.program.release()
            canvas.release()
        self._corners.release()
        for attachment in self._atlas.color_attachments:
            attachment.release()
        self._atlas.release()
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

    def _paint_atlas(self, states: Sequence[SceneState]) -> NDArray[np.uint8]:
        # By scene, because changing the program is what costs between two tiles.
        order = sorted(range(len(states)), key=lambda tile: states[tile].scene)
        self._make_current()
        with self._scope:
            for tile in order:
                self._paint_tile(tile, states[tile])
            return self._read(len(states))

    def _paint_tile(self, tile: int, state: SceneState) -> None:
        row, column = divmod(tile, self._columns)
        size_px = self._size_px
        canvas = self._canvas(state.scene)
        self._atlas.viewport = (column * size_px, row * size_px, size_px, size_px)
        draws = state.rng("picture").uniform(size=NUM_DRAWS).astype(np.float32)
        _set(canvas.program, "draws", draws.tobytes())
        _set(canvas.program, "nearness", np.float32(state.nearness).tobytes())
        _set(canvas.program, "hour", np.float32(state.hour).tobytes())
        _set(canvas.program, "taps", np.int32(self._taps).tobytes())
        _set(canvas.program, "pixel", np.float32(1.0 / (size_px * self._taps)).tobytes())
        canvas.render(moderngl.TRIANGLE_STRIP)

    def _canvas(self, scene: str) -> Any:
        if scene not in self._canvases:
            program = self._context.program(vertex_shader=_VERTEX, fragment_shader=fragment_source(scene))
            self._canvases[scene] = self._context.vertex_array(program, [(self._corners, "2f", "corner")])
        return self._canvases[scene]

    def _read(self, count: int) -> NDArray[np.uint8]:
        size_px, columns = self._size_px, self._columns
        rows = -(-count // columns)
        viewport = (0, 0, columns * size_px, rows * size_px)
        raw = np.frombuffer(self._atlas.read(viewport=viewport, components=4, alignment=1), dtype=np.uint8)
        tiles = raw.reshape(rows, size_px, columns, size_px, 4).transpose(0, 2, 1, 3, 4)
        # GL counts rows from the bottom, pictures from the top.
        return tiles.reshape(rows * columns, size_px, size_px, 4)[:count, ::-1, :, :3]


def _headless_context() -> Any:
    settings: dict[str, Any] = {"backend": "egl"}
    return moderngl.create_context(standalone=True, **settings)


def _set(program: Any, name: str, value: bytes) -> None:
    # The compiler removes a uniform that the scene has no use for, and the unused end of an array.
    if name in program:
        uniform = program[name]
        uniform.write(value[: 4 * uniform.array_length])
