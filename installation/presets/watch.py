"""The names of the presets there are now, for keys and controllers: read again and again beside the show's thread."""

import threading
from collections.abc import Callable, Sequence
from typing import Final

EVERY_S: Final = 2.0


class PresetWatch:
    """Follows `list_names`, which may take as long as a disk does. `poll` belongs to the show's thread."""

    def __init__(self, list_names: Callable[[], Sequence[str]]) -> None:
        self._list_names = list_names
        self._names = tuple(list_names())
        self._reader: threading.Thread | None = None
        self._next_at: float | None = None

    @property
    def names(self) -> Sequence[str]:
        """The names as they were read last; any thread."""
        return self._names

    def poll(self, now: float) -> None:
        """Read again where it is time, and no disk still holds the last reading."""
        if self._next_at is None:
            self._next_at = now + EVERY_S
        if now < self._next_at or (self._reader is not None and self._reader.is_alive()):
            return
        self._next_at = now + EVERY_S
        self._reader = threading.Thread(target=self._read, name="preset list", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        try:
            self._names = tuple(self._list_names())
        except OSError:  # a folder that is away for a while: what was there is what is known
            return
