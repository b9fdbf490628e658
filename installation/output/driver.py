"""Who draws: the OpenGL driver of the display or off the screen, in words, for `--diagnose`."""

import moderngl

from installation.output.surface import DisplayError


def describe_driver(*, display: bool) -> list[str]:
    """Return renderer and version of the display's OpenGL, or of that off the screen. Raises DisplayError below 3.3."""
    try:
        # The platform's own way leads to the display. ModernGL's stub takes every keyword for a dictionary.
        way = {} if display else {"backend": "egl"}
        context = moderngl.create_context(standalone=True, require=330, **way)  # type: ignore[arg-type]
    except (
        Exception
    ) as error:  # a missing driver comes as a bare Exception, a missing library as what the loader raises
        raise DisplayError(f"no OpenGL 3.3 ({error})") from error
    try:
        return [f"{context.info['GL_RENDERER']}, {context.info['GL_VENDOR']}", f"OpenGL {context.info['GL_VERSION']}"]
    finally:
        context.release()
