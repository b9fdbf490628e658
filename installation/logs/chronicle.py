"""Keeps the show's events while it runs, as one of its control surfaces: nothing of it waits for a disk."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from installation.clock import unix_time_s
from installation.control_status import ControlStatus
from installation.disk_queue import DiskQueue, why
from installation.events import Event
from installation.logs.history import HistoryFile, PastEvent, earlier_event, past_event

log = logging.getLogger(__name__)

_EVERY_S: Final = 2.0
_OF_EVERY_START: Final = "pictures: the model is starting"
_SHOWN_EARLIER: Final = 30
"""The page shows so many of earlier runs; the file has the others."""


class Chronicle:
    """Keeps what `events` tells in the file at `path`, None keeps nothing. `wall_s` is seconds since 1970.

    `events` are this run's; they are asked for only while the show runs.
    """

    def __init__(
        self, path: Path | None, events: Callable[[], Sequence[Event]], wall_s: Callable[[], float] = unix_time_s
    ) -> None:
        self._path, self._events, self._wall_s = path, events, wall_s
        self._file = None if path is None else HistoryFile(path)
        self._disk = DiskQueue("events", self._fail, most_waiting=32)
        self._run = round(wall_s(), 3)
        self._past: list[PastEvent] = []
        self._kept: dict[tuple[float, str], PastEvent] = {}
        self._next_at = float("-inf")
        self._offset_s = 0.0
        self._said = False

    def start(self) -> None:
        """Begin to read what earlier runs have left."""
        if self._file is not None:
            self._disk.run(self._read)

    def poll(self, now: float) -> None:
        """Keep what has changed, every two seconds; show thread."""
        if self._file is None or now < self._next_at:
            return
        self._next_at = now + _EVERY_S
        self._offset_s = self._wall_s() - now
        self._keep(self._events())

    def status(self) -> ControlStatus:
        """Return nothing that is wrong: a history that is not kept is one line, and no matter of the show's health."""
        return ControlStatus()

    def close(self) -> None:
        """Keep the last of it."""
        if self._file is not None:
            self._keep(self._events())
        self._disk.close()

    def shown(self) -> list[Event]:
        """Return this run's events and the newest of earlier runs, for the page. Any thread."""
        earlier = [earlier_event(past, self._offset_s) for past in self._past[-_SHOWN_EARLIER:]]
        return [*self._events(), *reversed(earlier)]

    def _keep(self, events: Sequence[Event]) -> None:
        file = self._file
        told = {past.key: past for past in (past_event(event, self._run, self._offset_s) for event in events)}
        told = {key: past for key, past in told.items() if past.what != _OF_EVERY_START}
        new = [past for key, past in told.items() if self._differs(key, past)]
        self._kept = {**{key: self._kept.get(key, past) for key, past in told.items()}, **{one.key: one for one in new}}
        if new and file is not None:
            self._disk.run(partial(file.append, new))

    def _differs(self, key: tuple[float, str], past: PastEvent) -> bool:
        """Return whether an event is another than the one that was kept; numbers that count on alone are none."""
        before = self._kept.get(key)
        return before is None or (before.times, before.over) != (past.times, past.over)

    def _read(self) -> None:
        if self._file is not None:
            self._past = self._file.read()

    def _fail(self, error: Exception) -> None:
        if not self._said:
            self._said = True
            log.warning("events are not kept in %s: %s", self._path, why(error))
