"""Two questions to a window server that no command-line tool answers, through Xlib itself."""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_short, c_ulong, c_ushort, c_void_p
from typing import Final

_CLIENT_MESSAGE: Final = 33


class _CursorImage(ctypes.Structure):
    """XFixesCursorImage, as far as it is read here."""

    _fields_ = (
        ("x", c_short),
        ("y", c_short),
        ("width", c_ushort),
        ("height", c_ushort),
        ("xhot", c_ushort),
        ("yhot", c_ushort),
        ("cursor_serial", c_ulong),
        ("pixels", POINTER(c_ulong)),
    )


class _ClientMessage(ctypes.Structure):
    """XClientMessageEvent, padded to the size of XEvent."""

    _fields_ = (
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        ("window", c_ulong),
        ("message_type", c_ulong),
        ("format", c_int),
        ("data", c_long * 5),
        ("padding", c_long * 16),
    )


class Connection:
    """A client of the display `name`."""

    def __init__(self, name: str) -> None:
        self._x11, self._xfixes = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXfixes.so.3")
        self._x11.XOpenDisplay.restype = c_void_p
        self._x11.XInternAtom.restype = c_ulong
        self._xfixes.XFixesGetCursorImage.restype = POINTER(_CursorImage)
        self._display = c_void_p(self._x11.XOpenDisplay(c_char_p(name.encode())))
        assert self._display, f"no display {name}"

    def cursor_pixels(self) -> int:
        """Return how many pixels of the mouse cursor can be seen."""
        major, minor = c_int(), c_int()
        self._xfixes.XFixesQueryVersion(self._display, byref(major), byref(minor))
        image = self._xfixes.XFixesGetCursorImage(self._display).contents
        return sum(image.pixels[place] >> 24 & 0xFF > 0 for place in range(image.width * image.height))

    def ask_to_close(self, window: int) -> None:
        """Ask politely, as a window manager does when somebody clicks the cross."""
        message = _ClientMessage(type=_CLIENT_MESSAGE, window=window, format=32)
        message.message_type = self._atom(b"WM_PROTOCOLS")
        message.data[0] = self._atom(b"WM_DELETE_WINDOW")
        self._x11.XSendEvent(self._display, c_ulong(window), 0, c_long(0), byref(message))
        self._x11.XFlush(self._display)

    def close(self) -> None:
        self._x11.XCloseDisplay(self._display)

    def _atom(self, name: bytes) -> int:
        return int(self._x11.XInternAtom(self._display, c_char_p(name), 0))
