"""Which monitors are on: asked once a second, and told when they are others. Lives on the show's main thread."""

import time
from typing import Final

from installation.output.window_screens import known_monitors
from installation.output.x11 import Connection
from installation.output.x11_monitors import monitors_on

_LOOK_EVERY_S: Final = 1.0


class MonitorWatch:
    """`monitors` are those that are on, for those who are no window themselves."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._there, self.monitors = monitors_on(connection), known_monitors()
        self._looked_at = time.monotonic()

    def changed(self, *, one_is_missing: bool) -> bool:
        """Return whether to look anew where the outputs go; `one_is_missing` is whether any goes nowhere."""
        now = time.monotonic()
        if now - self._looked_at < _LOOK_EVERY_S:
            return False
        self._looked_at = now
        before, self._there = self._there, monitors_on(self._connection)
        if self._there is None:  # another window system: asking is cheap there, but worth it only for what is missing
            return one_is_missing
        if self._there == before:
            return False
        self.monitors = known_monitors()
        return True
