"""Whether a display has come since the show began without one. Asked in a thread: a window server may not answer."""

import os
import re
import socket
import threading
from collections.abc import Callable
from typing import Final

_EVERY_S: Final = 1.0
_DISPLAY: Final = re.compile(r"([\w.-]*):(\d{1,4})(?:\.\d+)?")
_SOCKETS: Final = "/tmp/.X11-unix/X"
_FIRST_PORT: Final = 6_000
_PATIENCE_S: Final = 1.0


class DisplayWatch:
    """Belongs to the show's thread."""

    def __init__(self, opens: Callable[[], bool] | None = None) -> None:
        self._opens = opens or display_opens
        self._look_at: float | None = None
        self._thread: threading.Thread | None = None
        self._seen = False

    def has_come(self, now: float) -> bool:
        """Return whether one has been seen; looks now and then. Never waits."""
        if self._look_at is None:
            self._look_at = now + _EVERY_S
        if not self._seen and now >= self._look_at and (self._thread is None or not self._thread.is_alive()):
            self._look_at = now + _EVERY_S
            self._thread = threading.Thread(target=self._look, name="display", daemon=True)
            self._thread.start()
        return self._seen

    def _look(self) -> None:
        self._seen = self._opens()


def display_opens(name: str | None = None) -> bool:
    """Return whether an X server listens at the display `name`, by default the one that DISPLAY names.

    Only its socket is tried: Xlib is the window's, and its thread's own.
    """
    name = os.environ.get("DISPLAY", "") if name is None else name
    found = _DISPLAY.fullmatch(name)
    if found is None:
        return False
    host, number = found[1], int(found[2])
    places: list[str | tuple[str, int]] = [f"\0{_SOCKETS}{number}", f"{_SOCKETS}{number}"]
    if host not in ("", "unix"):
        places = [(host, _FIRST_PORT + number)]
    return any(_answers(place) for place in places)


def _answers(place: str | tuple[str, int]) -> bool:
    family = socket.AF_UNIX if isinstance(place, str) else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(_PATIENCE_S)
            connection.connect(place)
    except OSError:
        return False
    return True
