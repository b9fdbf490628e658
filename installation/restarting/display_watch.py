"""Whether a display has come since the show began without one. Asked in a thread: a window server may not answer."""

import ctypes
import os
import threading
from collections.abc import Callable
from typing import Final

_EVERY_S: Final = (1.0, 60.0, 600.0, 3_600.0)
"""How long between two looks; longer after each display that was there and could not be used."""


class DisplayWatch:
    """Belongs to the show's thread. `tries` is how often a display that was seen turned out to be of no use."""

    def __init__(self, tries: int = 0, opens: Callable[[], bool] | None = None) -> None:
        self._opens = opens or display_opens
        self._every_s = _EVERY_S[min(max(tries, 0), len(_EVERY_S) - 1)]
        self._look_at: float | None = None
        self._thread: threading.Thread | None = None
        self._seen = False

    def has_come(self, now: float) -> bool:
        """Return whether one has been seen; looks now and then. Never waits."""
        if self._look_at is None:
            self._look_at = now + self._every_s
        if not self._seen and now >= self._look_at and (self._thread is None or not self._thread.is_alive()):
            self._look_at = now + self._every_s
            self._thread = threading.Thread(target=self._look, name="display", daemon=True)
            self._thread.start()
        return self._seen

    def _look(self) -> None:
        self._seen = self._opens()


def display_opens() -> bool:
    """Return whether the X server that DISPLAY names lets us in."""
    if not os.environ.get("DISPLAY"):
        return False
    try:
        xlib = ctypes.CDLL("libX11.so.6")
    except OSError:
        return False
    xlib.XOpenDisplay.argtypes, xlib.XOpenDisplay.restype = (ctypes.c_char_p,), ctypes.c_void_p
    xlib.XCloseDisplay.argtypes = (ctypes.c_void_p,)
    display = xlib.XOpenDisplay(None)
    if not display:
        return False
    xlib.XCloseDisplay(display)
    return True
