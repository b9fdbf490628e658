"""A real window by pyglet, on the monitor it was told.

Lives on the show process's main thread. Importing this module does nothing: pyglet connects to the display when its
window module is imported, so that happens inside the functions.
"""

import logging
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

import moderngl

from installation.output.held_keys import HeldKeys
from installation.output.surface import DisplayError, KeyEvent
from installation.output.window_screens import check_display, choose_screen, monitor_at, rectangle
from installation.output.x11 import Connection
from installation.output.x11_fullscreen import ask_for_fullscreen
from installation.output.x11_keys import key_places, keys_held_at_focus, monotonic_s

DEFAULT_SIZE: Final = (1280, 720)
_SETTLE_ATTEMPTS: Final = 40
_SETTLE_PAUSE_S: Final = 0.025
_LOOK_EVERY_S: Final = 1.0
_QUESTION_MARK: Final = 0x3F
_SHIFT: Final = 0x01
_COMMAND_MODIFIERS: Final = 0x4C
"""Control, Alt and Super (Mod4) of an X event: with them a key is somebody else's."""
_log = logging.getLogger(__name__)


class WindowSurface:
    """A pyglet window that only shows and listens; pyglet's own event loop and drawing stay unused."""

    def __init__(
        self, window: Any, find_screen: Callable[[], Any] | None = None, connection: Connection | None = None
    ) -> None:
        """`find_screen` says which monitor to cover, for a window that covers one whatever becomes of it; `connection`
        is that of the window beside which this one is opened.
        """
        self._window = window
        self._find_screen = find_screen
        self._frame_before: tuple[int, int, int, int] | None = None
        self._keys: list[KeyEvent] = []
        self._held = HeldKeys()
        self._closed = False
        self._connection = connection or Connection(getattr(window, "_x_display", None))
        self._desktop_size, self._looked_at = self._connection.desktop_size(), time.monotonic()
        window.push_handlers(on_key_press=self._on_symbol_down, on_key_release=self._on_symbol_up)
        window.push_handlers(on_close=self._on_close, on_activate=self._on_focus, on_deactivate=self._on_focus_lost)
        self._places = key_places(self._connection)
        if self._places:
            _take_keys(window, self._on_x_key)
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
        # A window's framebuffer grows with it, but to ModernGL it is as large as on its first day: whoever draws over
        # the picture or reads it back would take that for its size.
        if self._target.size != self.size:
            self._target._size = self.size  # type: ignore[attr-defined] # ModernGL's stub leaves it out
            self._target.viewport = (0, 0, *self.size)
        return self._target

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def connection(self) -> Connection:
        """The connection to the X server, which all windows of the show have in common."""
        return self._connection

    def make_current(self) -> None:
        """Let OpenGL draw in this window from now on."""
        self._window.switch_to()

    def set_vsync(self, on: bool) -> None:
        """Let `present` wait for the display, or no longer. Of several windows one waits."""
        self._window.set_vsync(on)

    def put_aside(self) -> None:
        """Be seen no longer, also where somebody has closed it, and keep the context and all that is in it."""
        self._find_screen, self._closed = None, False
        self._window.set_visible(False)

    def cover(self, monitor: int | str | None) -> None:
        """Be seen, and cover `monitor` whatever becomes of it. Raises DisplayError where there is none."""
        screen = choose_screen(monitor)
        self._find_screen = partial(choose_screen, monitor)
        self._window.set_visible(True)
        self._window.set_mouse_visible(False)
        if sys.platform == "darwin":
            self._window.set_fullscreen(True, screen=screen)
            return
        self._lay(screen.x, screen.y, screen.width, screen.height)
        ask_for_fullscreen(self._connection, self._x_window, True)  # above panels, on the monitor where it is by now

    def stand_on(self, monitor: int | str | None, size: tuple[int, int]) -> None:
        """Be seen, as a window of `size` in the middle of `monitor`. Raises DisplayError where there is none."""
        screen = choose_screen(monitor)
        self._find_screen = None
        self._window.set_visible(True)
        x, y = (screen.width - size[0]) // 2, (screen.height - size[1]) // 2
        self._lay(screen.x + max(x, 0), screen.y + max(y, 0), *size)

    def poll(self) -> list[KeyEvent]:
        if not self._closed:
            self._window.dispatch_events()
            self._check_connection()
            keys_held_at_focus(self._connection)  # a telling that no focus asked for would be taken for the next one's
            self._follow_monitor()
        keys, self._keys = self._keys, []
        return keys

    def present(self) -> None:
        if not self._closed:
            self._window.flip()
            self._check_connection()

    def toggle_fullscreen(self) -> None:
        if self._closed:
            return
        covers = self._find_screen is None
        if covers:
            self._cover_monitor()
        else:
            self._uncover_monitor()
        self._window.set_mouse_visible(not covers)
        self._window.activate()

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
        _log.warning("the monitor is %dx%d at %d,%d now: covered anew", *rectangle(screen))

    def _cover_monitor(self) -> None:
        """Cover the monitor that the window is on; what it covered before comes back afterwards."""
        x, y, width, height = self._frame_before = (*self._window.get_location(), *self._window.get_size())
        number = monitor_at(x + width // 2, y + height // 2)
        screen = choose_screen(number)
        self._find_screen = partial(choose_screen, number)
        if sys.platform == "darwin":
            self._window.set_fullscreen(True, screen=screen)
        elif not ask_for_fullscreen(self._connection, self._x_window, True):
            self._lay(screen.x, screen.y, screen.width, screen.height)

    def _uncover_monitor(self) -> None:
        """Be a window again, where it was one before, or in the middle of the monitor."""
        assert self._find_screen is not None
        screen, self._find_screen = self._find_screen(), None
        if sys.platform == "darwin":
            self._window.set_fullscreen(False)
            return
        is_managed = ask_for_fullscreen(self._connection, self._x_window, False)
        if not is_managed or self._frame_before is None:  # a window manager knows where it was
            self._lay(*(self._frame_before or _in_the_middle(screen)))

    @property
    def _x_window(self) -> int:
        return int(getattr(self._window, "_window", None) or 0)

    def _lay(self, x: int, y: int, width: int, height: int) -> None:
        self._window.set_size(width, height)
        self._window.set_location(x, y)

    def _on_x_key(self, event: Any) -> None:
        """Take a key by its place; X tells it and when, pyglet only what the layout writes there."""
        from pyglet.libs.x11 import xlib

        key = event.xkey
        at = monotonic_s(int(key.time), time.monotonic())
        if event.type == xlib.KeyRelease:
            self._note(self._held.up(int(key.keycode), at))
        elif not key.state & _COMMAND_MODIFIERS:
            self._note(self._held.down(int(key.keycode), self._name_of(key), at), bool(key.state & _SHIFT))

    def _name_of(self, key: Any) -> str:
        from pyglet.libs.x11 import xlib

        symbol = xlib.KeySym()
        # Past any input method: nobody writes Chinese to a show, and one that composes would hold keys back.
        xlib.XLookupString(key, None, 0, symbol, None)
        return "question" if symbol.value == _QUESTION_MARK else self._places.get(int(key.keycode), "")

    def _on_symbol_down(self, symbol: int, modifiers: int) -> bool:
        """Take a key as pyglet knows it, where no X server tells its place: macOS by place, Windows by letter."""
        self._note(self._held.down(symbol, _symbol_name(symbol), None), bool(modifiers & _SHIFT))
        # Handled: pyglet's own handler would close the window under our feet at ESC.
        return True

    def _on_symbol_up(self, symbol: int, _modifiers: int) -> None:
        self._note(self._held.up(symbol, None))

    def _note(self, event: KeyEvent | None, shift: bool = False) -> None:
        if event is not None:
            self._keys.append(replace(event, shift=shift))

    def _on_focus(self) -> None:
        self._held.gain_focus(keys_held_at_focus(self._connection) if self._places else ())

    def _on_focus_lost(self) -> None:
        self._keys += self._held.lose_focus()

    def _on_close(self) -> bool:
        self._closed = True
        return True


def open_window(
    *,
    monitor: int | str | None,
    size: tuple[int, int] | None,
    fullscreen: bool,
    vsync: bool,
    title: str,
    beside: WindowSurface | None = None,
) -> WindowSurface:
    """Open a window on `monitor` (0 is the first; a name as the system has it; None the primary one).

    Full-screen it covers the monitor and hides the cursor; otherwise it has `size` and can be resized. `beside` is the
    window whose pictures it can show, too; the context of the new window is current then.

    Raises DisplayError when there is no display, no such monitor (the message lists them) or no OpenGL 3.3.
    """
    check_display()
    screen = choose_screen(monitor)
    connection = None if beside is None else beside.connection
    if beside is not None:
        beside.make_current()  # pyglet lets a new context share with the one that is current
    if fullscreen:
        window = _open_fullscreen(screen, vsync=vsync, title=title)
        return WindowSurface(window, partial(choose_screen, monitor), connection)
    width, height = size or DEFAULT_SIZE
    window = _create(screen, width=width, height=height, resizable=True, vsync=vsync, caption=title)
    window.set_visible(True)
    # Window managers overlook a place that was chosen before the window was to be seen.
    window.set_location(
        screen.x + max((screen.width - width) // 2, 0), screen.y + max((screen.height - height) // 2, 0)
    )
    return WindowSurface(window, connection=connection)


def open_hidden_window(*, fullscreen: bool, title: str) -> WindowSurface:
    """Open a window that nobody sees yet: all its monitors are missing. Raises DisplayError as `open_window` does."""
    check_display()
    style = {"style": "borderless"} if fullscreen else {}
    window = _create(choose_screen(None), width=64, height=36, resizable=True, vsync=True, caption=title, **style)
    return WindowSurface(window)


def _in_the_middle(screen: Any) -> tuple[int, int, int, int]:
    """Return x, y, width and height of a window that was never one: of the usual size, or what has room."""
    width, height = min(DEFAULT_SIZE[0], screen.width * 3 // 4), min(DEFAULT_SIZE[1], screen.height * 3 // 4)
    return screen.x + (screen.width - width) // 2, screen.y + (screen.height - height) // 2, width, height


def _take_keys(window: Any, take: Callable[[Any], None]) -> None:
    """Let `take` have the X events of keys instead of pyglet, which keeps none of them for us to read."""
    from pyglet.libs.x11 import xlib

    for handlers in (window._event_handlers, window._view_event_handlers):
        handlers[xlib.KeyPress] = handlers[xlib.KeyRelease] = take


def _symbol_name(symbol: int) -> str:
    from pyglet.window import key

    return str(key.symbol_string(symbol)).lower().strip("_").removeprefix("num_")


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
            screen,
            width=screen.width,
            height=screen.height,
            style="borderless",
            resizable=sys.platform.startswith("linux"),  # by window managers, when it is to be a window
            vsync=vsync,
            caption=title,
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
