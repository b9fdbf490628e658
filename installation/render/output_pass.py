"""Draws the finished picture on one output: its part, flipped, turned, pinned to four corners, masked and blended.

Lives on the show's main thread, with the OpenGL context of the output's own window, which shares pictures with the one
that the show draws in.
"""

from collections.abc import Sequence
from typing import Final

import moderngl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from installation.outputs.geometry import Matrix, to_picture, unpin
from installation.outputs.layout import MASK_POINTS, Output, Point
from installation.outputs.marks import Marks
from installation.render.shader import SHADERS, Shader, Uniform

_INK: Final = (255, 255, 255)
_GROUND: Final = (20, 20, 20)
_LABEL_WIDTH: Final = 0.5
_LABEL_PX: Final = 64

Mask = tuple[Point, ...]


class OutputPass:
    """One output's drawing. Textures of the window's own context are its; the picture is only looked at."""

    def __init__(self, context: moderngl.Context) -> None:
        """Raises ShaderError."""
        self._context = context
        self._warp = Shader(context, SHADERS / "stages" / "output_warp.frag")
        self._mask = MaskPicture(context)
        self._label = LabelPicture(context)
        self._shaped: tuple[Output, Matrix, Matrix] | None = None

    def draw(self, target: moderngl.Framebuffer, picture: moderngl.Texture, output: Output, marks: Marks) -> None:
        """Draw what `output` shows of `picture` on the whole of `target`, and `marks` over it."""
        size = target.size
        if self._shaped is None or self._shaped[0] is not output:
            self._shaped = output, unpin(output.corners), to_picture(output)
        _, to_square, source = self._shaped
        blend, square_size = output.blend, _size_on_wall(output, size)
        uniforms: dict[str, Uniform] = {
            "u_to_square": _columns(to_square),
            "u_to_picture": _columns(source),
            "u_blend": (blend.left, blend.right, blend.top, blend.bottom),
            "u_gamma": blend.gamma,
            "u_pattern": marks.pattern,
            "u_cursor": (0.0, 0.0, 0.0, 0.0) if marks.cursor is None else (*_on_screen(marks.cursor), 1.0, 0.0),
            "u_resolution": size,
            "u_picture_size": picture.size,
            "u_square_size": square_size,
        }
        textures = {"u_picture": picture, "u_mask": self._mask.of(output.masks, size)}
        if marks.pattern > 0.0:
            textures["u_label"] = self._label.of(marks.label)
            uniforms["u_label_box"] = _label_box(textures["u_label"].size, square_size)
        target.viewport = (0, 0, *size)
        self._warp.draw(target, uniforms, textures)

    def release(self) -> None:
        self._warp.release()
        self._mask.release()
        self._label.release()


class MaskPicture:
    """What of an output shows and what stays black, drawn anew where the polygons or the size have changed."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._shader = Shader(context, SHADERS / "stages" / "output_mask.frag")
        self._points = context.texture((MASK_POINTS[1], 1), 2, dtype="f4")
        self._nothing_masked = context.texture((1, 1), 1, b"\xff", alignment=1)
        self._picture: moderngl.Texture | None = None
        self._target: moderngl.Framebuffer | None = None
        self._drawn: tuple[Sequence[Mask], tuple[int, int]] | None = None

    def of(self, masks: Sequence[Mask], size: tuple[int, int]) -> moderngl.Texture:
        """Return the mask of an output of `size` pixels, one colour, 1 where it shows."""
        if not masks:
            return self._nothing_masked
        if self._drawn != (masks, size) or self._picture is None:
            self._draw(masks, size)
            self._drawn = masks, size
        assert self._picture is not None
        return self._picture

    def _draw(self, masks: Sequence[Mask], size: tuple[int, int]) -> None:
        if self._picture is None or self._target is None or self._picture.size != size:
            self._release_picture()
            self._picture = self._context.texture(size, 1, alignment=1)
            self._target = self._context.framebuffer([self._picture])
        self._target.use()
        self._target.clear(1.0, 1.0, 1.0, 1.0)
        self._context.enable(moderngl.BLEND)
        self._context.blend_func = moderngl.ZERO, moderngl.SRC_COLOR
        for mask in masks:
            places = np.zeros((MASK_POINTS[1], 2), np.float32)
            places[: len(mask)] = [(point.x, point.y) for point in mask]
            self._points.write(places.tobytes())
            self._target.scissor = _around(places[: len(mask)], size)
            self._shader.draw(self._target, {"u_count": len(mask), "u_resolution": size}, {"u_points": self._points})
        self._target.scissor = None  # type: ignore[assignment] # ModernGL takes it; its stub leaves it out
        self._context.disable(moderngl.BLEND)

    def _release_picture(self) -> None:
        if self._target is not None:
            self._target.release()
        if self._picture is not None:
            self._picture.release()
        self._picture = self._target = None

    def release(self) -> None:
        self._release_picture()
        self._points.release()
        self._nothing_masked.release()
        self._shader.release()


class LabelPicture:
    """Lines of text as a picture, written anew where they have changed."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._picture: moderngl.Texture | None = None
        self._lines: Sequence[str] | None = None

    def of(self, lines: Sequence[str]) -> moderngl.Texture:
        """Return `lines` in the middle of a picture that has room for them, row 0 at the top."""
        if self._picture is None or lines != self._lines:
            image = _written(lines)
            self.release()
            self._picture = self._context.texture(image.size, 3, image.tobytes(), alignment=1)
            self._picture.filter = (moderngl.LINEAR, moderngl.LINEAR)
            self._picture.repeat_x = self._picture.repeat_y = False
            self._lines = lines
        return self._picture

    def release(self) -> None:
        if self._picture is not None:
            self._picture.release()
            self._picture = None


def _written(lines: Sequence[str]) -> Image.Image:
    font, text = ImageFont.load_default(size=_LABEL_PX), "\n".join(lines)
    measure = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    left, top, right, bottom = measure.multiline_textbbox((0, 0), text or " ", font=font, align="center")
    margin = _LABEL_PX // 2
    image = Image.new("RGB", (int(right - left) + 2 * margin, int(bottom - top) + 2 * margin), _GROUND)
    ImageDraw.Draw(image).multiline_text((margin - left, margin - top), text, font=font, fill=_INK, align="center")
    return image


def _label_box(text: tuple[int, int], square: tuple[float, float]) -> tuple[float, float, float, float]:
    """Return left, top, width and height, in shares of the output, of a label in its middle, its letters upright."""
    width = min(_LABEL_WIDTH, 0.4 * square[1] / square[0] * text[0] / text[1])
    height = width * square[0] / square[1] * text[1] / text[0]
    return (1.0 - width) / 2, (1.0 - height) / 2, width, height


def _size_on_wall(output: Output, size: tuple[int, int]) -> tuple[float, float]:
    """Return about how many pixels of the monitor the pinned square is wide and high."""
    corners = np.array([(corner.x * size[0], corner.y * size[1]) for corner in output.corners])
    top, right, bottom, left = (float(np.linalg.norm(corners[n] - corners[(n + 1) % 4])) for n in range(4))
    return max((top + bottom) / 2, 1.0), max((left + right) / 2, 1.0)


def _columns(matrix: Matrix) -> tuple[float, ...]:
    return tuple(float(value) for value in matrix.T.reshape(-1))


def _on_screen(place: Point) -> tuple[float, float]:
    return min(max(place.x, 0.0), 1.0), min(max(place.y, 0.0), 1.0)


def _around(
    places: np.ndarray[tuple[int, ...], np.dtype[np.float32]], size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Return the pixels that a mask can touch: x, y from the bottom, width, height."""
    low, high = places.min(axis=0) * size, places.max(axis=0) * size
    left, right = int(low[0]) - 2, int(high[0]) + 3
    return left, size[1] - int(high[1]) - 3, right - left, int(high[1]) - int(low[1]) + 5
