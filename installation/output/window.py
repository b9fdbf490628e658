"""A real window by pyglet, on the monitor it was told; the only importer of pyglet.

Lives on the show process's main thread. Importing this module does nothing: pyglet connects to the display when its
window module is imported, so that happens inside the functions.
"""

import logging
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import moderngl

from installation.output.surface import DisplayError, KeyPress, Surface
from installation.output.x11 import Connection

_DEFAULT_SIZE: Final = (1280, 720)
_SETTLE_ATTEMPTS: Final = 40
_SETTLE_PAUSE_S: Final = 0.025
_LOOK_EVERY_S: Final = 1.0
_log = logging.getLogger(__name__)


class WindowSurface:
    """A pyglet window that only shows and listens; pyglet's own event loop and drawing stay unused."""

    def __init__(self, window: Any, find_screen: Callable[[], Any] | None = None) -> None:
        """`find_screen` says which monitor to cover, for a window that covers one whatever becomes of it."""
        self._window = window
        self._find_screen = find_screen
        self._keys: list[KeyPress] = []
        self._closed = False
        self._connection = Connection(getattr(window, "_x_display", None))
        self._desktop_size, self._looked_at = self._connection.desktop_size(), time.monotonic()
        window.push_handlers(on_key_press=self._on_key_press, on_close=self._on_close)
        window.switch_to()
        try:
            self.context = moderngl.create_context(require=330)
        # ModernGL reports a context that is too old as a bare Exception.
        except Exception as error:
            window.close()
            raise DisplayError(f"the display has no OpenGL 3.3 ({error})") from error
        self._target = self.context.detect_framebuffer()

    @property
    def size(self) -> tuple[int, int]:
        width, height = self._window.get_framebuffer_size()
        return max(int(width), 1), max(int(height), 1)

    @property
    def target(self) -> moderngl.Framebuffer:
        # The window's framebuffer does not tell ModernGL when it grows.
        if self._target.size != self.size:
            self._target.release()
            self._target = self.context.detect_framebuffer()
            self._target.viewport = (0, 0, *self.size)
        return self._target

    @property
    def closed(self) -> bool:
        return self._closed

    def poll(self) -> list[KeyPress]:
        if not self._closed:
            self._window.dispatch_events()
            self._check_connection()
            self._follow_monitor()
        keys, self._keys = self._keys, []
        return keys

    def present(self) -> None:
        if not self._closed:
            self._window.flip()
            self._check_connection()

    def close(self) -> None:
        self._closed = True
        if self._window is not None and not self._connection.lost:
            self.context.release()
            self._window.close()
            self._window = None

    def _check_connection(self) -> None:
        if self._connection.lost:
            self._closed = True
            raise DisplayError("the display is gone: its X server has ended")

    def _follow_monitor(self) -> None:
        """Cover the monitor anew when it has changed: a projector that wakes up late brings another size with it."""
        now = time.monotonic()
        if self._find_screen is None or now - self._looked_at < _LOOK_EVERY_S:
            return
        self._looked_at = now
        before, self._desktop_size = self._desktop_size, self._connection.desktop_size()
        if self._desktop_size is None or self._desktop_size == before:
            return
        try:
            screen = self._find_screen()
        except DisplayError as error:  # switched off: what was covered stays covered
            _log.warning("%s", error)
            return
        self._window.set_location(screen.x, screen.y)
        self._window.set_size(screen.width, screen.height)
        _log.warning("the monitor is %dx%d at %d,%d now: covered anew", *_rectangle(screen))

    def _on_key_press(self, symbol: int, _modifiers: int) -> bool:
        from pyglet.window import key

        name = key.symbol_string(symbol).lower().strip("_")
        self._keys.append(KeyPress(name))
        if symbol == key.ESCAPE:
            self._closed = True
        # Handled: pyglet's own handler would close the window under our feet at ESC.
        return True

    def _on_close(self) -> bool:
        self._closed = True
        return True


def open_window(
    *,
    monitor: int | None,
    size: tuple[int, int] | None,
    fullscreen: bool,
    vsync: bool,
    title: str,
) -> Surface:
    """Open a window on `monitor` (0 is the first; None the primary one).

    Full-screen it covers the monitor and hides the cursor; otherwise it has `size` and can be resized.

    Raises DisplayError when there is no display, no such monitor (the message lists them) or no OpenGL 3.3.
    """
    _check_display()
    screen = _choose_screen(monitor)
    if fullscreen:
        window = _open_fullscreen(screen, vsync=vsync, title=title)
        return WindowSurface(window, find_screen=partial(_choose_screen, monitor))
    width, height = size or _DEFAULT_SIZE
    window = _create(screen, width=width, height=height, resizable=True, vsync=vsync, caption=title)
    window.set_visible(True)
    # Window managers overlook a place that was chosen before the window was to be seen.
    window.set_location(
        screen.x + max((screen.width - width) // 2, 0), screen.y + max((screen.height - height) // 2, 0)
    )
    return WindowSurface(window)


def list_monitors() -> list[str]:
    """Return the monitors in words, in the order of their numbers. Raises DisplayError when there is no display."""
    _check_display()
    return [_describe(number, screen) for number, screen in enumerate(_screens())]


def _check_display() -> None:
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        raise DisplayError("there is no display (DISPLAY is not set); log in to a desktop or use --output headless")


def _screens() -> list[Any]:
    import pyglet

    # The shadow window would be a second GL context nobody uses; debug_gl asks the driver after every call.
    pyglet.options["shadow_window"] = False
    pyglet.options["debug_gl"] = False
    pyglet.options["audio"] = ("silent",)
    try:
        from pyglet.display import get_display

        return [screen for screen in get_display().get_screens() if screen.width > 0 and screen.height > 0]
    # Each platform of pyglet has exceptions of its own, one of them named alike in two modules; missing system
    # libraries come as ImportError.
    except Exception as error:
        raise DisplayError(f"cannot open the display {os.environ.get('DISPLAY', '')!r} ({error})") from error


def _choose_screen(monitor: int | None) -> Any:
    screens = _screens()
    if not screens:
        raise DisplayError("the display has no monitor that is switched on")
    if monitor is None:
        return next((screen for screen in screens if getattr(screen, "is_primary", False)), screens[0])
    if not 0 <= monitor < len(screens):
        listed = "; ".join(_describe(number, screen) for number, screen in enumerate(screens))
        raise DisplayError(f"there is no monitor {monitor}; there are: {listed}")
    return screens[monitor]


def _rectangle(screen: Any) -> tuple[int, int, int, int]:
    return screen.width, screen.height, screen.x, screen.y


def _describe(number: int, screen: Any) -> str:
    name = screen.get_monitor_name()
    return f"{number}: {name} {screen.width}x{screen.height} at {screen.x},{screen.y}"


def _create(screen: Any, **settings: Any) -> Any:
    try:
        from pyglet.window import Window

        return Window(screen=screen, visible=False, **settings)
    # Each platform of pyglet has exceptions of its own; a driver that is too old shows as missing functions, or as
    # whatever the first call to it raises.
    except Exception as error:
        words = " ".join(str(error).split()) or type(error).__name__
        raise DisplayError(f"cannot open a window with OpenGL 3.3 ({words})") from error


def _open_fullscreen(screen: Any, *, vsync: bool, title: str) -> Any:
    """Cover `screen` with a borderless window.

    pyglet's own `fullscreen=True` opens on the first monitor under some window managers whatever `screen` says
    (pyglet #1330), so the window is placed by hand and the window manager is told only when it is there.
    """
    if sys.platform == "darwin":  # only the real thing hides the menu bar there
        window = _create(screen, fullscreen=True, vsync=vsync, caption=title)
        window.set_visible(True)
    else:
        window = _create(
            screen, width=screen.width, height=screen.height, style="borderless", vsync=vsync, caption=title
        )
        window.set_location(screen.x, screen.y)
        window.set_visible(True)
        window.set_location(screen.x, screen.y)
        _ask_for_fullscreen(window)
    window.activate()
    window.set_mouse_visible(False)
    _settle(window, screen)
    return window


def _ask_for_fullscreen(window: Any) -> None:
    # Panels stay above a merely borderless window; X11 window managers lift one that asks for this state, on the
    # monitor where it is. pyglet offers that only while it creates a window, where it knows no place yet.
    set_state = getattr(window, "_set_wm_state", None)
    if set_state is not None:
        set_state("_NET_WM_STATE_FULLSCREEN")


def _settle(window: Any, screen: Any) -> None:
    """Wait until the window lies where it should; window managers take their time, and some need to be told twice."""
    expected = (screen.x, screen.y, screen.width, screen.height)
    actual = None
    for attempt in range(_SETTLE_ATTEMPTS):
        window.dispatch_events()
        actual = (*window.get_location(), *window.get_size())
        if actual == expected:
            return
        if attempt == _SETTLE_ATTEMPTS // 2:
            window.set_location(screen.x, screen.y)
        time.sleep(_SETTLE_PAUSE_S)
    _log.warning("the window lies at %s (x, y, width, height), the monitor at %s", actual, expected)
