"""A small copy of what is on the wall, with everything over it, for whoever looks from elsewhere.

The show's thread only draws it small when somebody has asked, and fetches it a turn later, when it is finished anyway;
it becomes a JPEG in the thread of whoever wants to send it. Nobody looks: nothing is done.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Final

import moderngl
from PIL import Image

from installation.output.snapshot import encoded_jpeg
from installation.output.surface import Surface
from installation.status import SinkStatus
from installation.values import Pixels

_WIDTH_PX: Final = 480
_MOST_FPS: Final = 10.0
_VERTEX: Final = """
#version 330
out vec2 place;
void main() {
    place = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
    gl_Position = vec4(2.0 * place - 1.0, 0.0, 1.0);
}
"""
_FRAGMENT: Final = """
#version 330
uniform sampler2D u_wall;
in vec2 place;
out vec4 colour;
void main() { colour = vec4(texture(u_wall, place).rgb, 1.0); }
"""


class WallPicture:
    """One picture, RGBA bytes of `size` pixels from the bottom row up; `serial` counts them."""

    def __init__(self, serial: int, size: tuple[int, int], pixels: bytes) -> None:
        self.serial = serial
        self._size, self._pixels = size, pixels

    @cached_property
    def jpeg(self) -> bytes:
        """The picture as a JPEG file. Takes milliseconds: for any thread but the show's."""
        return encoded_jpeg(Image.frombytes("RGB", self._size, self._pixels, "raw", "RGBX", 0, -1), 75)


class WallView:
    """Takes pictures of `surface`'s target, as a sink of the show. `ask` and `newest` are for any thread."""

    name = "wall"

    def __init__(self, surface: Surface) -> None:
        self.newest: WallPicture | None = None
        self._surface = surface
        self._copier: _Copier | None = None
        self._every_s: float | None = None
        self._due_at = float("-inf")
        self._drawn = False
        self._serial = 0
        self._problem = ""

    def ask(self, fps: float) -> None:
        """Take `fps` pictures a second from now on, at most ten; none at 0."""
        self._every_s = 1.0 / min(fps, _MOST_FPS) if fps > 0.0 else None

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:
        """Take a picture if somebody asks and one is due."""
        del read  # it gives the whole picture, and costs more than a small one
        if self._drawn and self._copier is not None:
            self._serial += 1
            self.newest = WallPicture(self._serial, self._copier.small_size, self._copier.fetch())
            self._drawn = False
        if self._every_s is None or now < self._due_at or self._problem:
            return
        # The rate is kept on average: turns do not fall on the times when a picture is due.
        self._due_at = max(self._due_at + self._every_s, now)
        try:
            self._copy()
        except moderngl.Error as error:
            self._problem = f"no picture of the wall for the page: {error}"

    def status(self) -> SinkStatus:
        """Return what is wrong with it; any thread."""
        return SinkStatus(problem=self._problem)

    def close(self) -> None:
        """Give the graphics card its memory back."""
        self._every_s = None
        self._let_go()

    def _copy(self) -> None:
        if self._copier is None or self._copier.size != self._surface.size:
            self._let_go()
            self._copier = _Copier(self._surface.context, self._surface.size)
        self._copier.draw(self._surface.target)
        self._drawn = True

    def _let_go(self) -> None:
        self._drawn = False
        if self._copier is not None:
            self._copier.release()
            self._copier = None


class _Copier:
    """Makes pictures of `size` pixels small. A window's own picture cannot be sampled: it is copied as it is first."""

    def __init__(self, context: moderngl.Context, size: tuple[int, int]) -> None:
        self.size = size
        width = min(_WIDTH_PX, size[0])
        self.small_size = (width, max(round(width * size[1] / size[0]), 1))
        self._context = context
        self._whole = context.texture(size, 4)
        self._whole.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self._whole.repeat_x = self._whole.repeat_y = False
        self._whole_frame = context.framebuffer([self._whole])
        self._small = context.simple_framebuffer(self.small_size, components=4)
        self._program = context.program(vertex_shader=_VERTEX, fragment_shader=_FRAGMENT)
        self._corners = context.vertex_array(self._program, [])
        self._buffer = context.buffer(reserve=4 * self.small_size[0] * self.small_size[1])

    def draw(self, target: moderngl.Framebuffer) -> None:
        """Draw what `target` shows, small."""
        self._context.copy_framebuffer(self._whole_frame, target)
        self._small.use()
        self._whole.use(0)
        self._corners.render(moderngl.TRIANGLES, vertices=3)

    def fetch(self) -> bytes:
        """Return what was drawn small, RGBA from the bottom row up."""
        self._small.read_into(self._buffer, components=4, alignment=1)
        return bytes(self._buffer.read())

    def release(self) -> None:
        for part in (self._corners, self._program, self._buffer, self._small, self._whole_frame, self._whole):
            part.release()
