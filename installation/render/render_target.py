"""Render targets: pictures on the graphics card that can be drawn on and sampled.

Lives on the show's main thread.
"""

import moderngl

_SOFTWARE: tuple[str, ...] = ("llvmpipe", "softpipe", "swiftshader", "software")


def is_software(context: moderngl.Context) -> bool:
    """Return whether OpenGL runs on the CPU."""
    renderer = str(context.info["GL_RENDERER"]).lower()
    return any(name in renderer for name in _SOFTWARE)


def pixel_type(context: moderngl.Context) -> str:
    """Return ModernGL's dtype for render targets: floats, because 8 bits would leave trails in the feedback for ever.

    Measured on llvmpipe: sampling half floats costs twice as much as sampling bytes or full floats.
    """
    return "f4" if is_software(context) else "f2"


class RenderTarget:
    """An RGBA picture of `size` (width, height), sampled smoothly, edges repeated outwards: of floats, or `in_bytes`
    where nothing accumulates.
    """

    def __init__(self, context: moderngl.Context, size: tuple[int, int], *, in_bytes: bool = False) -> None:
        self.size = size
        self.texture = context.texture(size, 4, dtype="f1" if in_bytes else pixel_type(context))
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self.texture.repeat_x = self.texture.repeat_y = False
        self.framebuffer = context.framebuffer([self.texture])
        self.framebuffer.use()
        self.framebuffer.clear(0.0, 0.0, 0.0, 1.0)

    def release(self) -> None:
        self.framebuffer.release()
        self.texture.release()


def resized(
    context: moderngl.Context, target: RenderTarget | None, size: tuple[int, int], *, in_bytes: bool = False
) -> RenderTarget:
    """Return `target` where it has `size` already, else a new one in its place; the old one is released."""
    if target is not None and target.size == size:
        return target
    if target is not None:
        target.release()
    return RenderTarget(context, size, in_bytes=in_bytes)
