"""Survives the death of the X server: Xlib would end the process without a word as soon as it notices.

Lives on the show's main thread, like the window; only Xlib's C interface is used, and nothing where there is none.
"""

import ctypes
import logging
from typing import Any, Final

_log = logging.getLogger(__name__)

_LIBRARY: Final = "libX11.so.6"
_ON_ERROR: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
_ON_EXIT: Final = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
_kept: Final[list[Any]] = []
"""Xlib calls its handlers until the process ends: they are never given back."""


class Connection:
    """One connection to an X server, by Xlib's `Display *`. `lost` turns true, for good, when the server has gone.

    Calls on a lost connection return at once and do nothing.
    """

    def __init__(self, display: Any) -> None:
        """`display` is a ctypes pointer; None where the window system is another."""
        self.lost = False
        self.display = None if display is None else ctypes.cast(display, ctypes.c_void_p)
        self.xlib: Any = None
        """libX11, None where there is none."""
        if self.display is None:
            return
        try:
            self.xlib = xlib = ctypes.CDLL(_LIBRARY)
            set_exit_handler = xlib.XSetIOErrorExitHandler
        except (OSError, AttributeError):  # libX11 before 1.7: the process will end with its display
            _log.debug("this libX11 cannot survive its server")
            return
        # Both: Xlib's own error handler exits, and after one that returns its exit handler would.
        on_error, on_exit = _ON_ERROR(lambda _display: 0), _ON_EXIT(self._on_loss)
        _kept.extend((on_error, on_exit))
        xlib.XSetIOErrorHandler.argtypes = (_ON_ERROR,)
        xlib.XSetIOErrorHandler(on_error)
        set_exit_handler.argtypes, set_exit_handler.restype = (ctypes.c_void_p, _ON_EXIT, ctypes.c_void_p), None
        set_exit_handler(self.display, on_exit, None)

    @property
    def root(self) -> int:
        """The root window, behind all others."""
        self.xlib.XDefaultRootWindow.argtypes = (ctypes.c_void_p,)
        self.xlib.XDefaultRootWindow.restype = ctypes.c_ulong
        return int(self.xlib.XDefaultRootWindow(self.display))

    def desktop_size(self) -> tuple[int, int] | None:
        """Ask the server how large the whole desktop is, all monitors together; None where it cannot be asked."""
        if self.xlib is None or self.lost:
            return None
        root = self.root
        other, x, y = ctypes.c_ulong(), ctypes.c_int(), ctypes.c_int()
        width, height, border, depth = (ctypes.c_uint() for _ in range(4))
        places = (ctypes.byref(value) for value in (other, x, y, width, height, border, depth))
        self.xlib.XGetGeometry.argtypes = (ctypes.c_void_p, ctypes.c_ulong, *(ctypes.c_void_p,) * 7)
        return (width.value, height.value) if self.xlib.XGetGeometry(self.display, root, *places) else None

    def _on_loss(self, _display: int | None, _data: int | None) -> None:
        self.lost = True
