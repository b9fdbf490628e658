"""The whole generated picture on a wall of another shape: its edges carried on softly into what is left.

Lives on the show's main thread. Works at the generator's own resolution, so the passes see one picture of the wall's
shape, and paint over where the generated one ends.
"""

import moderngl

from installation.render.framing import Size, extended_size
from installation.render.layer import Layer, sized
from installation.render.shader import SHADERS, Shader

_STAGES = SHADERS / "stages"
_SOFTENED = 4  # of the size before, each of the two times


class Extension:
    """Draws a picture with borders that continue it."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._soften = Shader(context, _STAGES / "soften.frag")
        self._extend = Shader(context, _STAGES / "extend.frag")
        self._layers: dict[str, Layer] = {}

    def draw(self, source: Layer, window: Size) -> Layer:
        """Return `source` extended to the aspect of `window`; `source` itself where it has that already."""
        size = extended_size(source.size, window)
        if size == source.size:
            return source
        soft = self._draw("soft", self._soften, _softened(source.size), {"u_picture": source.texture})
        softer = self._draw("softer", self._soften, _softened(soft.size), {"u_picture": soft.texture})
        textures = {"u_picture": source.texture, "u_soft": soft.texture, "u_softer": softer.texture}
        return self._draw("whole", self._extend, size, textures)

    def _draw(self, name: str, shader: Shader, size: Size, textures: dict[str, moderngl.Texture]) -> Layer:
        layer = self._layers[name] = sized(self._context, self._layers.get(name), size)
        shader.draw(layer.framebuffer, {"u_resolution": size}, textures)
        return layer

    def release(self) -> None:
        for layer in self._layers.values():
            layer.release()
        self._soften.release()
        self._extend.release()


def _softened(size: Size) -> Size:
    return max(size[0] // _SOFTENED, 1), max(size[1] // _SOFTENED, 1)
