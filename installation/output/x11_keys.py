"""The keys of an X keyboard by their place: what the X Keyboard Extension calls each key, whatever its layout writes.

Xlib's C interface by ctypes; nothing here where there is no Xlib or no extension.
"""

import ctypes
import re
from ctypes import POINTER, c_char, c_int, c_ubyte, c_uint, c_ulong, c_ushort, c_void_p
from typing import Any, Final

from installation.output.x11 import Connection

_CORE_KEYBOARD: Final = 0x0100
_KEY_NAMES: Final = 1 << 9
_SUCCESS: Final = 0
_KEYMAP_NOTIFY: Final = 11
_NEWEST_S: Final = 5.0
_WRAPS_MS: Final = 1 << 32

_ROWS: Final = {
    "AE": ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "minus", "equal"),
    "AD": ("q", "w", "e", "r", "t", "y", "u", "i", "o", "p", "bracketleft", "bracketright"),
    "AC": ("a", "s", "d", "f", "g", "h", "j", "k", "l", "semicolon", "apostrophe"),
    "AB": ("z", "x", "c", "v", "b", "n", "m", "comma", "period", "slash"),
}
"""The rows of the main block from the left, as ISO/IEC 9995-1 names them: E is that of the digits."""
_SINGLE: Final = {
    **{"SPCE": "space", "ESC": "escape", "UP": "up", "DOWN": "down", "LEFT": "left", "RGHT": "right"},
    **{"RTRN": "return", "KPEN": "enter", "BKSP": "backspace", "TAB": "tab"},
}


class _Names(ctypes.Structure):
    """XkbNamesRec, as far as it is read here."""

    _fields_ = (
        ("atoms", c_ulong * 5),
        ("virtual_modifiers", c_ulong * 16),
        ("indicators", c_ulong * 32),
        ("groups", c_ulong * 4),
        ("keys", POINTER(c_char * 4)),
    )


class _Keyboard(ctypes.Structure):
    """XkbDescRec, as far as it is read here."""

    _fields_ = (
        ("display", c_void_p),
        ("flags", c_ushort),
        ("device", c_ushort),
        ("lowest", c_ubyte),
        ("highest", c_ubyte),
        ("controls", c_void_p),
        ("server", c_void_p),
        ("map", c_void_p),
        ("indicator_map", c_void_p),
        ("names", POINTER(_Names)),
    )


def place(name: str) -> str:
    """Return what an American keyboard engraves on the key that X calls `name`; empty for a key that no show needs.

    A digit of the number pad is that digit, whether or not Num Lock is on.
    """
    row, number = name[:2], name[2:]
    if row in _ROWS and number.isdecimal() and 1 <= int(number) <= len(_ROWS[row]):
        return _ROWS[row][int(number) - 1]
    if (found := re.fullmatch(r"KP(\d)", name)) is not None:
        return found[1]
    if (found := re.fullmatch(r"FK(\d\d)", name)) is not None:
        return f"f{int(found[1])}"
    return _SINGLE.get(name, "")


def key_places(connection: Connection) -> dict[int, str]:
    """Return the places of the keys by X's key codes; empty where the server does not tell."""
    xlib, display = connection.xlib, connection.display
    if xlib is None or connection.lost:
        return {}
    xlib.XkbGetMap.argtypes, xlib.XkbGetMap.restype = (c_void_p, c_uint, c_uint), POINTER(_Keyboard)
    xlib.XkbGetNames.argtypes = (c_void_p, c_uint, POINTER(_Keyboard))
    xlib.XkbFreeKeyboard.argtypes = (POINTER(_Keyboard), c_uint, c_int)
    keyboard = xlib.XkbGetMap(display, 0, _CORE_KEYBOARD)
    if not keyboard:
        return {}
    try:
        if xlib.XkbGetNames(display, _KEY_NAMES, keyboard) != _SUCCESS:
            return {}
        return _places_of(keyboard.contents)
    finally:
        xlib.XkbFreeKeyboard(keyboard, 0, True)


def _places_of(keyboard: Any) -> dict[int, str]:
    if not keyboard.names or not keyboard.names.contents.keys:
        return {}
    keys = keyboard.names.contents.keys
    codes = range(keyboard.lowest, keyboard.highest + 1)
    places = {code: place(bytes(keys[code]).rstrip(b"\0").decode("ascii", "replace")) for code in codes}
    return {code: found for code, found in places.items() if found}


class _KeymapEvent(ctypes.Structure):
    """XKeymapEvent, as long as an XEvent."""

    _fields_ = (
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        ("window", c_ulong),
        ("keys", c_ubyte * 32),
        ("padding", c_ulong * 16),
    )


def keys_held_at_focus(connection: Connection) -> list[int]:
    """Return the codes of the keys that were down when the window got the keyboard, and forget what was told before.

    To be called once a turn, too: X tells of them at other times as well, and keeps what nobody fetches. (Asking which
    keys are down *now* would take one that was pressed just after for one that was held before.)
    """
    if connection.xlib is None or connection.lost:
        return []
    event, told = _KeymapEvent(), list[bytes]()
    connection.xlib.XCheckTypedEvent.argtypes = (c_void_p, c_int, c_void_p)
    while connection.xlib.XCheckTypedEvent(connection.display, _KEYMAP_NOTIFY, ctypes.byref(event)):
        told.append(bytes(event.keys))
    return [code for code in range(256) if told and told[0][code // 8] >> code % 8 & 1]


def monotonic_s(server_ms: int, now: float) -> float | None:
    """Return when an event of `server_ms` happened in the monotonic seconds of `now`; None where the server's clock is
    another: X servers count the milliseconds of the machine's monotonic clock, in 32 bits.
    """
    ago_s = (round(now * 1e3) - server_ms) % _WRAPS_MS / 1e3
    if _WRAPS_MS / 1e3 - ago_s < 0.01:  # rounded into the future
        return now
    return now - ago_s if ago_s <= _NEWEST_S else None
