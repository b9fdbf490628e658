"""Who draws: the OpenGL driver of the display or off the screen, in words, for `--diagnose`."""

from typing import Literal

import moderngl

from installation.render.surface import DisplayError


def describe_driver(backend: Literal["egl", "x11"]) -> list[str]:
    """Return renderer and version of the OpenGL behind `backend`. Raises DisplayError where it is not 3.3 or newer."""
    try:
        # ModernGL's stub takes every keyword for a dictionary.
        context = moderngl.create_context(standalone=True, backend=backend, require=330)  # type: ignore[arg-type]
    except (
        Exception
    ) as error:  # a missing driver comes as a bare Exception, a missing library as what the loader raises
        raise DisplayError(f"no OpenGL 3.3 ({error})") from error
    try:
        return [f"{context.info['GL_RENDERER']}, {context.info['GL_VENDOR']}", f"OpenGL {context.info['GL_VERSION']}"]
    finally:
        context.release()
