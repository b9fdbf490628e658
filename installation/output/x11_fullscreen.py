"""Asks an X window manager to let a window cover its monitor, and to frame it again. By ctypes through Xlib.

Extended Window Manager Hints 1.5, "_NET_WM_STATE"; the frame by Motif's hints, which all window managers read.
"""

import ctypes
from ctypes import byref, c_char_p, c_int, c_long, c_ubyte, c_ulong, c_void_p
from typing import Any, Final

from installation.output.x11 import Connection

_CLIENT_MESSAGE: Final = 33
_REPLACE: Final = 0
_FORMAT: Final = 32
_TO_ROOT: Final = (1 << 20) | (1 << 19)  # SubstructureRedirectMask | SubstructureNotifyMask
_FROM_APPLICATION: Final = 1
_DECORATIONS: Final = 2  # the flag that Motif's hints speak of the frame


class _ClientMessage(ctypes.Structure):
    """XClientMessageEvent, as long as an XEvent."""

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


def ask_for_fullscreen(connection: Connection, window: int, on: bool) -> bool:
    """Ask the window manager to show `window` on the whole of its monitor, or as a window again, in a frame.

    Returns whether there is a window manager that knows how; it takes its time.
    """
    xlib = connection.xlib
    if xlib is None or connection.lost or not _is_managed(connection):
        return False
    if not on:  # it may never have had one
        _put_frame(connection, window)
    message = _ClientMessage(type=_CLIENT_MESSAGE, window=window, format=_FORMAT)
    message.message_type = _atom(xlib, connection.display, "_NET_WM_STATE")
    message.data[0] = int(on)
    message.data[1] = _atom(xlib, connection.display, "_NET_WM_STATE_FULLSCREEN")
    message.data[3] = _FROM_APPLICATION
    xlib.XSendEvent.argtypes = (c_void_p, c_ulong, c_int, c_long, c_void_p)
    xlib.XSendEvent(connection.display, connection.root, False, _TO_ROOT, byref(message))
    return True


def _is_managed(connection: Connection) -> bool:
    """Return whether a window manager runs that names full-screen among what it supports."""
    xlib, display = connection.xlib, connection.display
    kind, form, count, after = c_ulong(), c_int(), c_ulong(), c_ulong()
    data = ctypes.POINTER(c_ulong)()
    xlib.XGetWindowProperty.argtypes = (
        *(c_void_p, c_ulong, c_ulong, c_long, c_long, c_int, c_ulong),
        *(c_void_p,) * 5,
    )
    places = (byref(value) for value in (kind, form, count, after, data))
    supported = _atom(xlib, display, "_NET_SUPPORTED")
    xlib.XGetWindowProperty(display, connection.root, supported, 0, 4096, False, 0, *places)
    if not data:
        return False
    atoms = data[: count.value] if form.value == _FORMAT else []
    xlib.XFree.argtypes = (c_void_p,)
    xlib.XFree(data)
    return _atom(xlib, display, "_NET_WM_STATE_FULLSCREEN") in atoms


def _put_frame(connection: Connection, window: int) -> None:
    xlib, display = connection.xlib, connection.display
    hints = (c_ulong * 5)(_DECORATIONS, 0, 1, 0, 0)
    name = _atom(xlib, display, "_MOTIF_WM_HINTS")
    xlib.XChangeProperty.argtypes = (c_void_p, c_ulong, c_ulong, c_ulong, c_int, c_int, c_void_p, c_int)
    data = ctypes.cast(hints, ctypes.POINTER(c_ubyte))
    xlib.XChangeProperty(display, window, name, name, _FORMAT, _REPLACE, data, len(hints))


def _atom(xlib: Any, display: Any, name: str) -> int:
    xlib.XInternAtom.argtypes, xlib.XInternAtom.restype = (c_void_p, c_char_p, c_int), c_ulong
    return int(xlib.XInternAtom(display, name.encode(), False))
