"""An off-screen surface through EGL, for machines without a display, offline rendering and tests.

Lives on the show process's main thread; needs neither a window server nor a GPU (Mesa's llvmpipe is enough).
"""

import moderngl

from installation.output.surface import DisplayError, KeyEvent, Surface


class HeadlessSurface:
    """A picture in memory; `present` returns at once, pacing is the caller's business."""

    def __init__(self, context: moderngl.Context, size: tuple[int, int]) -> None:
        self.context = context
        self.size = size
        self.target = context.simple_framebuffer(size, components=4)
        self.closed = False

    def poll(self) -> list[KeyEvent]:
        return []

    def toggle_fullscreen(self) -> None:
        pass

    def present(self) -> None:
        pass

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.target.release()
            self.context.release()


def open_headless(size: tuple[int, int]) -> Surface:
    """Return an off-screen surface of `size` pixels.

    Raises DisplayError where EGL offers no OpenGL 3.3, or none that large.
    """
    if min(size) < 1:
        raise ValueError(f"a picture has at least 1x1 pixels, got {size[0]}x{size[1]}")
    try:
        # ModernGL's stub takes every keyword for a dictionary.
        context = moderngl.create_context(standalone=True, backend="egl", require=330)  # type: ignore[arg-type]
    # ModernGL reports a missing driver as a bare Exception; its loader raises what the platform gives.
    except Exception as error:
        raise DisplayError(f"no off-screen OpenGL 3.3 through EGL ({error}); install Mesa's libegl1") from error
    try:
        return HeadlessSurface(context, size)
    except moderngl.Error as error:
        context.release()
        words = f"this OpenGL cannot draw a picture of {size[0]}x{size[1]} pixels ({error})"
        raise DisplayError(words) from error
