"""An output's window, what draws in it, and the show's pictures as its own OpenGL context knows them.

Lives on the show's main thread.
"""

from typing import Final, Protocol

import moderngl

from installation.output.window import WindowSurface
from installation.output.windows_places import Place
from installation.outputs.marks import Marks
from installation.outputs.motion import Seen

_MOST_WRAPPED: Final = 64


class OutputDrawer(Protocol):
    """Draws one output in the context of its window."""

    @property
    def draw_s(self) -> float: ...

    def draw(self, target: moderngl.Framebuffer, picture: moderngl.Texture, seen: Seen, marks: Marks) -> None: ...

    def release(self) -> None: ...


class Pictures(Protocol):
    """The pictures of the last turns, in the context that the show draws in."""

    def prepare(self, size: tuple[int, int], longest_delay: int) -> None: ...

    @property
    def target(self) -> moderngl.Framebuffer: ...

    def picture(self, delay: int) -> moderngl.Texture: ...

    def advance(self) -> None: ...

    def release(self) -> None: ...


class Shown:
    """An output's window and what draws in it."""

    def __init__(self, window: WindowSurface, drawer: OutputDrawer, place: Place) -> None:
        self.window, self.drawer, self.place = window, drawer, place
        self._wrapped: dict[tuple[int, tuple[int, int]], moderngl.Texture] = {}

    def draw(self, picture: moderngl.Texture, seen: Seen, marks: Marks) -> None:
        self.drawer.draw(self.window.target, self._own(picture), seen, marks)

    def _own(self, picture: moderngl.Texture) -> moderngl.Texture:
        """Return `picture` as the window's own context knows it."""
        if picture.ctx is self.window.context:
            return picture
        key = (picture.glo, picture.size)
        if key not in self._wrapped:
            if len(self._wrapped) >= _MOST_WRAPPED:
                self._wrapped.clear()
            self._wrapped[key] = self.window.context.external_texture(picture.glo, picture.size, 4, 0, "f1")
        return self._wrapped[key]
