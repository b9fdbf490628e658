"""What a page has still to be told. Bounded: of what is only of the moment the newest stays, values are never lost.

Pure; for the page's own thread, but for `Changes`.
"""

import threading
from collections import deque
from collections.abc import Mapping
from typing import Final

from installation.control.page import page_json
from installation.values import ParameterValue

_REFUSALS_KEPT: Final = 32
_ORDER: Final = ("hello", "parameters", "outputs", "presets", "events", "status", "pong", "meters")
"""What of each kind the newest is enough of, the most important first."""


class Changes:
    """Which parameters have changed. Any thread: the show's only puts an address here."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._addresses: set[str] = set()

    def note(self, address: str, _value: object = None, _origin: str = "") -> None:
        """Note that somebody moved `address`; it is looked up when it is told."""
        with self._lock:
            self._addresses.add(address)

    def take(self) -> set[str]:
        """Return what has changed since the last call."""
        with self._lock:
            taken, self._addresses = self._addresses, set()
        return taken


class Outbox:
    """The messages that wait for one page, which may be slow or stuck."""

    def __init__(self) -> None:
        self._newest: dict[str, str] = {}
        self._values: dict[str, ParameterValue] = {}
        self._refusals: deque[str] = deque(maxlen=_REFUSALS_KEPT)
        self._picture: bytes | None = None

    def put(self, kind: str, text: str) -> None:
        """Put in a message of which only the newest counts, in place of an older one."""
        self._newest[kind] = text

    def put_values(self, changed: Mapping[str, ParameterValue]) -> None:
        """Put in values, each in place of an older one of the same parameter."""
        self._values.update(changed)

    def put_refusal(self, text: str) -> None:
        """Put in why something was refused; of very many the oldest are forgotten."""
        self._refusals.append(text)

    def put_picture(self, jpeg: bytes) -> None:
        """Put in a picture, in place of one that was not yet sent."""
        self._picture = jpeg

    def take(self) -> str | bytes | None:
        """Return the next message, None when everything is told."""
        if (greeting := self._newest.pop("hello", None)) is not None:
            return greeting
        if self._refusals:
            return self._refusals.popleft()
        if self._values:
            changed, self._values = self._values, {}
            return page_json.as_text(page_json.values(changed))
        for kind in _ORDER:
            if kind in self._newest:
                return self._newest.pop(kind)
        picture, self._picture = self._picture, None
        return picture
