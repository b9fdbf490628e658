"""Which monitors an X server has on, asked in a way that costs no picture: nothing is probed. By ctypes through Xrandr.

The X Resize, Rotate and Reflect Extension 1.5, RRGetMonitors.
"""

import ctypes
from ctypes import POINTER, byref, c_int, c_ulong, c_void_p
from functools import cache
from typing import Any, Final

from installation.output.x11 import Connection

_LIBRARY: Final = "libXrandr.so.2"


class _Monitor(ctypes.Structure):
    """XRRMonitorInfo."""

    _fields_ = (
        ("name", c_ulong),
        ("primary", c_int),
        ("automatic", c_int),
        ("outputs", c_int),
        ("x", c_int),
        ("y", c_int),
        ("width", c_int),
        ("height", c_int),
        ("width_mm", c_int),
        ("height_mm", c_int),
        ("output", c_void_p),
    )


def monitors_on(connection: Connection) -> tuple[tuple[int, ...], ...] | None:
    """Return a name, x, y, width and height for each monitor that is on; None where the server cannot be asked so."""
    xrandr = None if connection.xlib is None or connection.lost else _xrandr()
    if xrandr is None:
        return None
    count = c_int()
    found = xrandr.XRRGetMonitors(connection.display, connection.root, True, byref(count))
    if not found:
        return None
    try:
        listed = [found[number] for number in range(max(count.value, 0))]
        return tuple((one.name, one.x, one.y, one.width, one.height) for one in listed)
    finally:
        xrandr.XRRFreeMonitors(found)


@cache
def _xrandr() -> Any:
    try:
        library = ctypes.CDLL(_LIBRARY)
        get, free = library.XRRGetMonitors, library.XRRFreeMonitors
    except (OSError, AttributeError):  # before 1.5
        return None
    get.argtypes, get.restype = (c_void_p, c_ulong, c_int, POINTER(c_int)), POINTER(_Monitor)
    free.argtypes, free.restype = (POINTER(_Monitor),), None
    return library
