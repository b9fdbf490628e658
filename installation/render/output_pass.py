"""Draws the finished picture on one output: its part, fitted, flipped, turned, pinned to four corners, masked, blended.

Lives on the show's main thread, with the OpenGL context of the output's own window, which shares pictures with the one
that the show draws in.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Final

import moderngl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from installation.outputs.fitting import Size, seen_part, size_on_wall
from installation.outputs.geometry import Matrix, to_picture, unpin
from installation.outputs.layout import MASK_POINTS, UNPINNED, Part, Point
from installation.outputs.marks import Marks
from installation.outputs.motion import Seen
from installation.render.render_target import is_software
from installation.render.shader import SHADERS, Shader, Uniform, read_shader

_INK: Final = (255, 255, 255)
_GROUND: Final = (20, 20, 20)
_LABEL_WIDTH: Final = 0.5
_LABEL_PX: Final = 64


class OutputPass:
    """One output's drawing. Textures of the window's own context are its; the picture is only looked at."""

    def __init__(self, context: moderngl.Context) -> None:
        """Raises ShaderError."""
        self._move, self._warp, self._pattern = (
            _stage(context, name) for name in ("output_move", "output_warp", "output_pattern")
        )
        self._light = LightPicture(context)
        self._label = LabelPicture(context)
        self._shaped: tuple[tuple[Seen, Size, Size], Part, dict[str, Uniform]] | None = None
        self._waits = context if is_software(context) else None
        self.draw_s = 0.0

    def draw(self, target: moderngl.Framebuffer, picture: moderngl.Texture, seen: Seen, marks: Marks) -> None:
        """Draw what is `seen` of `picture` on the whole of `target`, and `marks` over it.

        `draw_s` says what it took of the time of a turn, where OpenGL runs on the CPU.
        """
        started = time.monotonic()
        if self._shaped is None or self._shaped[0] != (seen, target.size, picture.size):
            part = seen_part(seen.output, seen.fit, target.size, picture.size)
            self._shaped = (seen, target.size, picture.size), part, _shape(seen, part)
        _, part, shape = self._shaped
        uniforms, textures = dict(shape), {"u_picture": picture}
        if marks.pattern > 0.0 or marks.cursor is not None:
            textures["u_light"] = self._light.of(seen, target.size, uniforms)
            textures["u_label"] = self._label.of(marks.label)
            uniforms |= _marked(seen, marks, target.size, picture.size, textures["u_label"].size)
            shader = self._pattern
        elif _is_moved_only(seen, part):
            shader = self._move
        else:
            textures["u_light"] = self._light.of(seen, target.size, uniforms)
            shader = self._warp
        target.viewport = (0, 0, *target.size)
        shader.draw(target, uniforms, textures)
        if self._waits is not None:
            self._waits.finish()
        self.draw_s = time.monotonic() - started

    def release(self) -> None:
        for part in (self._move, self._warp, self._pattern, self._light, self._label):
            part.release()


class LightPicture:
    """How bright an output is where: its pinned edge, its blend and its masks, drawn anew where they have changed."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._fades = _stage(context, "output_light")
        self._mask = Shader(context, SHADERS / "stages" / "output_mask.frag")
        self._points = context.texture((MASK_POINTS[1], 1), 2, dtype="f4")
        self._picture: moderngl.Texture | None = None
        self._target: moderngl.Framebuffer | None = None
        self._drawn: tuple[object, ...] = ()

    def of(self, seen: Seen, size: Size, shape: Mapping[str, Uniform]) -> moderngl.Texture:
        """Return the light of an output of `size` pixels, one colour; `shape` are its matrices."""
        wanted = (seen.output.corners, seen.masks, seen.output.blend, size)
        if self._picture is None or self._drawn != wanted:
            self._draw(seen, size, shape)
            self._drawn = wanted
        assert self._picture is not None
        return self._picture

    def _draw(self, seen: Seen, size: Size, shape: Mapping[str, Uniform]) -> None:
        if self._picture is None or self._target is None or self._picture.size != size:
            self._release_picture()
            self._picture = self._context.texture(size, 1, alignment=1)
            self._target = self._context.framebuffer([self._picture])
        blend = seen.output.blend
        edges = (blend.left, blend.right, blend.top, blend.bottom)
        self._fades.draw(self._target, {**shape, "u_blend": edges, "u_gamma": blend.gamma}, {})
        self._context.enable(moderngl.BLEND)
        self._context.blend_func = moderngl.ZERO, moderngl.SRC_COLOR
        for mask in seen.masks:
            count = len(mask.points)
            places = np.zeros((MASK_POINTS[1], 2), np.float32)
            places[:count] = [(point.x, point.y) for point in mask.points]
            self._points.write(places.tobytes())
            self._target.scissor = _around(places[:count], size)
            covers: dict[str, Uniform] = {"u_count": count, "u_share": mask.share, "u_resolution": size}
            self._mask.draw(self._target, covers, {"u_points": self._points})
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
        self._fades.release()
        self._mask.release()


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


def _stage(context: moderngl.Context, name: str) -> Shader:
    stages = SHADERS / "stages"
    path = stages / f"{name}.frag"
    return Shader(context, path, (read_shader(stages / "output.vert"), read_shader(path)))


def _shape(seen: Seen, part: Part) -> dict[str, Uniform]:
    to_square, to_part = unpin(seen.output.corners), to_picture(seen.output, part)
    matrices: dict[str, Uniform] = {"u_to_square": _columns(to_square), "u_to_picture": _columns(to_part)}
    return {**matrices, "u_share": seen.light, "u_bars": _has_bars(part)}


def _has_bars(part: Part) -> bool:
    return min(part[:2]) < 0.0 or max(part[2:]) > 1.0


def _is_moved_only(seen: Seen, part: Part) -> bool:
    return not _has_bars(part) and seen.output.corners == UNPINNED and not seen.masks and seen.output.blend.is_none


def _marked(seen: Seen, marks: Marks, size: Size, picture: Size, label: Size) -> dict[str, Uniform]:
    square = size_on_wall(seen.output.corners, size)
    return {
        "u_pattern": marks.pattern,
        "u_cursor": (0.0, 0.0, 0.0, 0.0) if marks.cursor is None else (*_on_screen(marks.cursor), 1.0, 0.0),
        "u_resolution": size,
        "u_picture_size": picture,
        "u_square_size": square,
        "u_label_box": _label_box(label, square),
    }


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
