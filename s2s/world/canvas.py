"""The world's shaders in one OpenGL context: compiled at first use, drawn into whatever is bound there.

Shared by the painter of clips and by the show, which paints the world in its window. GL; its context's thread. Every
random number is drawn here in float64 from the take and handed to the shader, which only ever hashes small numbers;
nothing else may bring chance in.
"""

from pathlib import Path
from typing import Any, Final

import moderngl
import numpy as np
from numpy.typing import NDArray

from s2s.world.state import SceneState

NUM_DRAWS: Final = 96  # `draws` of take.glsl

_GLSL: Final = Path(__file__).parent / "glsl"
_BEFORE_SCENE: Final = ("take", "noise", "shapes", "light", "sky", "land")
_AFTER_SCENE: Final = ("finish",)
_SCENE_DRAWS: Final = 64  # the others are light, sky and finish: of the first part, for all
_VERTEX: Final = """#version 330
in vec2 corner;
out vec2 at;
uniform float aspect;  // width by height: a wide picture shows more to both sides, nothing is stretched
void main() {
    at = vec2((corner.x - 0.5) * aspect + 0.5, corner.y);
    gl_Position = vec4(2.0 * corner - 1.0, 0.0, 1.0);
}
"""


def fragment_source(scene: str) -> str:
    """Return the whole fragment shader of `scene`: the shared libraries, its setting and thing, the finish."""
    parts = [*_BEFORE_SCENE, scene, *_AFTER_SCENE]
    return "#version 330\n" + "\n".join((_GLSL / f"{part}.glsl").read_text() for part in parts)


class Canvas:
    """Draws moments of scenes over the whole viewport that is bound in `context`, which stays its owner's."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context: Any = context
        corners = np.array([0, 0, 1, 0, 0, 1, 1, 1], dtype=np.float32)
        self._corners = self._context.buffer(corners.tobytes())
        self._scenes: dict[str, Any] = {}  # scene → vertex array

    def compile(self, scene: str) -> None:
        """Compile and link the shader of `scene` unless it is there. Raises moderngl.Error where the driver cannot.

        Many a driver does most of its work only when something is drawn first.
        """
        if scene not in self._scenes:
            program = self._context.program(vertex_shader=_VERTEX, fragment_shader=fragment_source(scene))
            self._scenes[scene] = self._context.vertex_array(program, [(self._corners, "2f", "corner")])

    def draw(
        self,
        state: SceneState,
        first: SceneState,
        size_px: tuple[int, int],
        *,
        laid_over: bool,
        measured: bool = False,
        taps: int = 1,
    ) -> None:
        """Draw one part of a moment whose first part is `first`, for a picture of `size_px` (width, height).

        Of a part `laid_over` only the thing is drawn, over what is there. `measured` leaves the thing's coverage in
        the alpha channel and blends nothing. `taps` by `taps` samples make a pixel.
        """
        self.compile(state.scene)
        vertices = self._scenes[state.scene]
        for name, value in _uniforms(state, first, size_px, laid_over=laid_over, measured=measured, taps=taps).items():
            _set(vertices.program, name, value)
        blended = laid_over and not measured
        if blended:
            self._context.enable(moderngl.BLEND)
            self._context.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        vertices.render(moderngl.TRIANGLE_STRIP)
        if blended:
            self._context.disable(moderngl.BLEND)

    def release(self) -> None:
        """Give the memory back; the context must be current."""
        for vertices in self._scenes.values():
            vertices.program.release()
            vertices.release()
        self._scenes.clear()
        self._corners.release()


def _uniforms(
    state: SceneState, first: SceneState, size_px: tuple[int, int], *, laid_over: bool, measured: bool, taps: int
) -> dict[str, bytes]:
    width_px, height_px = size_px
    draws = _draws(state)
    draws[_SCENE_DRAWS:] = _draws(first)[_SCENE_DRAWS:]
    return {
        "draws": draws.tobytes(),
        "nearness": np.float32(state.nearness).tobytes(),
        "hour": np.float32(_light_over(first) if laid_over else first.hour).tobytes(),
        "presence": np.float32(state.presence).tobytes(),
        "seconds": np.float32(state.seconds).tobytes(),
        "layer": np.int32(laid_over).tobytes(),
        "measured": np.int32(measured).tobytes(),
        "taps": np.int32(taps).tobytes(),
        "pixel": np.float32(1.0 / (height_px * taps)).tobytes(),
        "aspect": np.float32(width_px / height_px).tobytes(),
    }


def _draws(state: SceneState) -> NDArray[np.float32]:
    return state.rng("picture").uniform(size=NUM_DRAWS).astype(np.float32)


def _light_over(first: SceneState) -> float:
    """Return the hour of the light on what is laid over `first`: fires burn in the dark, a rooster crows at dawn."""
    if first.scene == "fire":
        return 19.2
    if first.scene == "rooster":
        return 6.6 + 0.2 * (first.hour - 12.0)  # as rooster.glsl draws every hour towards dawn
    if first.scene in {"owl", "fireworks"}:
        return 0.5 * first.hour if first.hour < 12.0 else 12.0 + 0.5 * first.hour  # as they draw noon towards dusk
    return first.hour


def _set(program: Any, name: str, value: bytes) -> None:
    # The compiler removes a uniform that the scene has no use for, and the unused end of an array.
    if name in program:
        uniform = program[name]
        uniform.write(value[: 4 * uniform.array_length])
