"""The whole generated picture on a wall of another shape: its edges carried on softly into what is left.

Lives on the show's main thread. Works at the generator's own resolution, so the passes see one picture of the wall's
shape, and paint over where the generated one ends.
"""

import moderngl

from installation.render.framing import Size, extended_size
from installation.render.render_target import RenderTarget, resized
from installation.render.shader import SHADERS, Shader

_STAGES = SHADERS / "stages"
_SOFTENED = 4  # of the size before, each of the two times


class Extension:
    """Draws a picture with borders that continue it."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._soften = Shader(context, _STAGES / "soften.frag")
        self._extend = Shader(context, _STAGES / "extend.frag")
        self._targets: dict[str, RenderTarget] = {}

    def draw(self, source: RenderTarget, window: Size) -> RenderTarget:
        """Return `source` extended to the aspect of `window`; `source` itself where it has that already."""
        size = extended_size(source.size, window)
        if size == source.size:
            return source
        soft = self._draw("soft", self._soften, _softened(source.size), {"u_picture": source.texture})
        softer = self._draw("softer", self._soften, _softened(soft.size), {"u_picture": soft.texture})
        textures = {"u_picture": source.texture, "u_soft": soft.texture, "u_softer": softer.texture}
        return self._draw("whole", self._extend, size, textures)

    def _draw(self, name: str, shader: Shader, size: Size, textures: dict[str, moderngl.Texture]) -> RenderTarget:
        target = self._targets[name] = resized(self._context, self._targets.get(name), size)
        shader.draw(target.framebuffer, {"u_resolution": size}, textures)
        return target

    def release(self) -> None:
        for target in self._targets.values():
            target.release()
        self._soften.release()
        self._extend.release()


def _softened(size: Size) -> Size:
    return max(size[0] // _SOFTENED, 1), max(size[1] // _SOFTENED, 1)
