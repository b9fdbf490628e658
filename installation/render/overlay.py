"""The rehearsal overlay: a few lines of text over the picture.

Lives on the show's main thread. Text is drawn by Pillow, at most a few times a second: it costs milliseconds.
"""

from collections.abc import Sequence
from typing import Final

import moderngl
from PIL import Image, ImageDraw, ImageFont

from installation.render.shader import SHADERS, Shader

_SHORTEST_INTERVAL_S: Final = 0.25
_SMALLEST_TEXT: Final = 12
_LINES_A_WINDOW: Final = 40
"""Text is a fortieth of the window high, so that it reads the same on a laptop and on a wall."""
_BACKGROUND: Final = (0, 0, 0, 150)
_INK: Final = (235, 235, 225, 255)


class HeadUpDisplay:
    """Shows the lines it was given last, in the window's top left corner."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._shader = Shader(context, SHADERS / "stages" / "overlay.frag")
        self._texture: moderngl.Texture | None = None
        self._written: tuple[tuple[str, ...], int] | None = None
        self._written_at = 0.0

    def draw(self, target: moderngl.Framebuffer, lines: Sequence[str], now: float) -> None:
        """Draw `lines` over `target`; new text may come a quarter of a second late."""
        self._write(tuple(lines), max(target.size[1] // _LINES_A_WINDOW, _SMALLEST_TEXT), now)
        if self._texture is None:
            return
        width, height = self._texture.size
        viewport = target.viewport
        target.viewport = (0, target.size[1] - height, width, height)
        self._context.enable(moderngl.BLEND)
        self._context.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        self._shader.draw(target, {}, {"u_picture": self._texture})
        self._context.disable(moderngl.BLEND)
        target.viewport = viewport

    def _write(self, lines: tuple[str, ...], text_height: int, now: float) -> None:
        content = (lines, text_height)
        if content == self._written or (self._written and 0 <= now - self._written_at < _SHORTEST_INTERVAL_S):
            return
        image = write_lines(lines, text_height)
        if self._texture is None or self._texture.size != image.size:
            self.release_texture()
            self._texture = self._context.texture(image.size, 4, alignment=1)
        self._texture.write(image.tobytes(), alignment=1)
        self._written, self._written_at = content, now

    def release_texture(self) -> None:
        if self._texture is not None:
            self._texture.release()
            self._texture = None

    def release(self) -> None:
        self.release_texture()
        self._shader.release()


def write_lines(lines: Sequence[str], text_height: int) -> Image.Image:
    """Return `lines` as an RGBA picture on a half-transparent ground, `text_height` pixels a line."""
    font = ImageFont.load_default(size=text_height)
    text, margin = "\n".join(lines), text_height // 2
    measure = ImageDraw.Draw(Image.new("RGBA", (1, 1)))
    _, _, right, bottom = measure.multiline_textbbox((margin, margin), text, font=font)
    image = Image.new("RGBA", (int(right) + margin, int(bottom) + margin), _BACKGROUND)
    ImageDraw.Draw(image).multiline_text((margin, margin), text, font=font, fill=_INK)
    return image
