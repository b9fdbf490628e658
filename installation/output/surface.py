"""What the show draws on: a window or an off-screen picture behind one small seam.

Lives on the show process's main thread. Knows nothing of passes, parameters or pictures.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import moderngl

from installation.exit_codes import ExitCode


class DisplayError(Exception):
    """There is nothing to draw on, or not what was asked for; the message is one line for a technician."""

    exit_code: Final = ExitCode.DISPLAY


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """One key going down or coming up, by its place: "b", "7", "space", "escape", "f11", "up", "slash".

    The name is what an American keyboard engraves there; `question` is whichever key writes a question mark. `repeat`
    is a key that is held, `shift` whether Shift is, too; `at` is when it happened, in monotonic seconds, None where the
    window system does not say.
    """

    name: str
    down: bool = True
    repeat: bool = False
    at: float | None = None
    shift: bool = False


class Surface(Protocol):
    """A picture of `size` pixels that somebody, or a file, gets to see."""

    @property
    def context(self) -> moderngl.Context:
        """The OpenGL context, current on the thread that opened the surface."""
        ...

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of `target` in pixels; a window's may change at any `poll`."""
        ...

    @property
    def target(self) -> moderngl.Framebuffer:
        """Where the last pass draws."""
        ...

    @property
    def closed(self) -> bool:
        """Whether somebody closed it; `poll` and `present` then do nothing."""
        ...

    def poll(self) -> list[KeyEvent]:
        """Handle what the window system has to say and return what keys did since. Never blocks."""
        ...

    def toggle_fullscreen(self) -> None:
        """Cover the monitor, or no longer; nothing where there is no window. `size` follows at a later `poll`."""
        ...

    def present(self) -> None:
        """Show `target`. With vsync this is where the show waits for the display."""
        ...

    def close(self) -> None:
        """Give everything back; harmless when repeated."""
        ...
