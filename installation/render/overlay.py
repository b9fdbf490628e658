"""Text over the picture: the rehearsal overlay in a corner, and a panel in the middle that is read from a distance.

Lives on the show's main thread. Text is drawn by Pillow, at most a few times a second: it costs milliseconds.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Final

import moderngl
from PIL import Image, ImageDraw, ImageFont

from installation.render.crossfade import Ramp
from installation.render.shader import SHADERS, Shader
from installation.render.text_pace import FADE_S, TextPace

_SHORTEST_INTERVAL_S: Final = 0.25
_SMALLEST_TEXT: Final = 12
_LINES_A_WINDOW: Final = 40
"""Text is a fortieth of the window high, so that it reads the same on a laptop and on a wall."""
_BACKGROUND: Final = (0, 0, 0, 150)
_INK: Final = (235, 235, 225, 255)
_PANEL_LINES_A_WINDOW: Final = 20
"""Twice as large as the overlay's: whoever looks for a key stands at the controls, not at the wall."""
_PANEL_BACKGROUND: Final = (0, 0, 0, 205)
_PANEL_LABEL: Final = (255, 205, 90, 255)
_LINE_HEIGHT: Final = 1.28
_MOST_OF_WINDOW: Final = 0.96
_WARM_UP_PX: Final = (30, 20)


class _Lettering:
    """A texture with text in it, written anew where the text has changed."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._shader = Shader(context, SHADERS / "stages" / "overlay.frag")
        self._texture: moderngl.Texture | None = None
        self._written: Hashable = None
        self._written_at = 0.0

    def _write(self, content: Hashable, image_of: Callable[[], Image.Image], now: float) -> None:
        if content == self._written or (self._written and 0 <= now - self._written_at < _SHORTEST_INTERVAL_S):
            return
        image = image_of()
        if self._texture is None or self._texture.size != image.size:
            self.release_texture()
            self._texture = self._context.texture(image.size, 4, alignment=1)
        self._texture.write(image.tobytes(), alignment=1)
        self._written, self._written_at = content, now

    def _draw_at(self, target: moderngl.Framebuffer, left: int, bottom: int, opacity: float = 1.0) -> None:
        if self._texture is None:
            return
        viewport = target.viewport
        target.viewport = (left, bottom, *self._texture.size)
        self._context.enable(moderngl.BLEND)
        self._context.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        self._shader.draw(target, {"u_opacity": opacity}, {"u_picture": self._texture})
        self._context.disable(moderngl.BLEND)
        target.viewport = viewport

    def warm_up(self, target: moderngl.Framebuffer) -> None:
        """Draw a text that nobody is shown: the driver compiles now what the first one would wait for."""
        self._write("", lambda: Image.new("RGBA", _WARM_UP_PX), 0.0)
        self._draw_at(target, 0, 0)
        self._written = None

    @property
    def _size(self) -> tuple[int, int]:
        return (0, 0) if self._texture is None else self._texture.size

    def release_texture(self) -> None:
        if self._texture is not None:
            self._texture.release()
            self._texture = None

    def release(self) -> None:
        self.release_texture()
        self._shader.release()


class HeadUpDisplay(_Lettering):
    """Shows the lines it was given last, in the window's top left corner."""

    def draw(self, target: moderngl.Framebuffer, lines: Sequence[str], now: float, opacity: float = 1.0) -> None:
        """Draw `lines` over `target`; new text may come a quarter of a second late."""
        content, text_height = tuple(lines), max(target.size[1] // _LINES_A_WINDOW, _SMALLEST_TEXT)
        self._write((content, text_height), lambda: write_lines(content, text_height), now)
        self._draw_at(target, 0, target.size[1] - self._size[1], opacity)


class KeyPanel(_Lettering):
    """Shows the rows it was given last, a label and words each, in the middle of the window."""

    def draw(
        self, target: moderngl.Framebuffer, rows: Sequence[tuple[str, str]], now: float, opacity: float = 1.0
    ) -> None:
        """Draw `rows` over `target`; new text may come a quarter of a second late, the first comes at once."""
        content, size = tuple(rows), target.size
        self._write((content, size), lambda: write_rows(content, size), now)
        self._draw_at(target, (size[0] - self._size[0]) // 2, (size[1] - self._size[1]) // 2, opacity)

    def hide(self) -> None:
        """Show nothing for now: what comes next is not held up by what there was."""
        self._written = None


class Overlays:
    """All text over the picture. It fades in and out, about once a second at most and only where that is no flash too
    many.
    """

    def __init__(self, context: moderngl.Context) -> None:
        self._hud, self._panel = HeadUpDisplay(context), KeyPanel(context)
        self._hud_pace, self._panel_pace = TextPace(), TextPace()
        self._hud_fade, self._panel_fade = Ramp(FADE_S), Ramp(FADE_S)
        self._now: float | None = None
        self._lines: Sequence[str] = ()
        self._rows: Sequence[tuple[str, str]] = ()

    def warm_up(self, target: moderngl.Framebuffer) -> None:
        """Compile what text takes; `target` is drawn on, unseen."""
        self._hud.warm_up(target)
        self._panel.warm_up(target)

    def draw(
        self,
        target: moderngl.Framebuffer,
        lines: Sequence[str],
        rows: Sequence[tuple[str, str]],
        now: float,
        *,
        room: int | None,
    ) -> None:
        """Draw `lines` and `rows` over `target`, where there are any. `room` is how many more half flashes
        there may be within this second, None where nobody counts.
        """
        self._lines, self._rows = lines or self._lines, rows or self._rows
        since_s = 0.0 if self._now is None else max(now - self._now, 0.0)
        self._now = now
        hud = self._hud_fade.update(self._may_show(self._hud_pace, bool(lines), now, room), since_s)
        panel = self._panel_fade.update(self._may_show(self._panel_pace, bool(rows), now, room), since_s)
        if hud > 0.0:
            self._hud.draw(target, self._lines, now, hud)
        if panel > 0.0:
            self._panel.draw(target, self._rows, now, panel)
        else:
            self._panel.hide()

    def changes(self, now: float) -> int:
        """Return how often text came or went within the last second."""
        return self._hud_pace.changes(now) + self._panel_pace.changes(now)

    def _may_show(self, pace: TextPace, wanted: bool, now: float, room: int | None) -> bool:
        return wanted if room is None else pace.follow(wanted, now, room=room > self.changes(now))

    def release(self) -> None:
        self._hud.release()
        self._panel.release()


def write_lines(lines: Sequence[str], text_height: int) -> Image.Image:
    """Return `lines` as an RGBA picture on a half-transparent ground, `text_height` pixels a line."""
    font = ImageFont.load_default(size=text_height)
    text, margin = "\n".join(lines), text_height // 2
    measure = ImageDraw.Draw(Image.new("RGBA", (1, 1)))
    _, _, right, bottom = measure.multiline_textbbox((margin, margin), text, font=font)
    image = Image.new("RGBA", (int(right) + margin, int(bottom) + margin), _BACKGROUND)
    ImageDraw.Draw(image).multiline_text((margin, margin), text, font=font, fill=_INK)
    return image


def write_rows(rows: Sequence[tuple[str, str]], size: tuple[int, int]) -> Image.Image:
    """Return `rows` of a label and words as an RGBA picture in two columns, as large as a window of `size` has room
    for, up to a twentieth of its height a letter.
    """
    widest = [max(_width(text, 100.0) / 100.0 for text in column) for column in zip(*rows, strict=True)]
    gap, margin = 1.0, 0.8  # in heights of a letter, like `widest`
    text_height = min(
        size[1] / _PANEL_LINES_A_WINDOW,
        _MOST_OF_WINDOW * size[0] / (sum(widest) + gap + 2 * margin),
        _MOST_OF_WINDOW * size[1] / (len(rows) * _LINE_HEIGHT + 2 * margin),
    )
    font = ImageFont.load_default(size=max(text_height, 1.0))
    width = round((sum(widest) + gap + 2 * margin) * text_height)
    height = round((len(rows) * _LINE_HEIGHT + 2 * margin) * text_height)
    image = Image.new("RGBA", (max(width, 1), max(height, 1)), _PANEL_BACKGROUND)
    draw = ImageDraw.Draw(image)
    for number, (label, words) in enumerate(rows):
        top = (margin + number * _LINE_HEIGHT) * text_height
        draw.text((margin * text_height, top), label, font=font, fill=_PANEL_LABEL)
        draw.text(((margin + widest[0] + gap) * text_height, top), words, font=font, fill=_INK)
    return image


def _width(text: str, text_height: float) -> float:
    return ImageFont.load_default(size=text_height).getlength(text)
