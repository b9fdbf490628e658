"""Pictures saved while the show runs, as they are shown: read on the show's thread, encoded and written in another.

A disk that is full, slow or gone costs a reason in words, never a picture on the wall.
"""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from installation.output.dated_files import claim, local_now
from installation.output.snapshot import save_png
from installation.status import SnapshotStatus
from installation.values import Pixels
from s2s.files.names import shown
from s2s.files.quote import why

log = logging.getLogger(__name__)

_QUEUE_PICTURES: Final = 4
_APART_S: Final = 0.5
"""Whoever asks more often, a flood on the network, gets two pictures a second."""
_SAID_APART_S: Final = 5.0
_TOLD_S: Final = 60.0
"""So long a picture that could not be saved is a reason for not being well."""
_CLOSE_TIMEOUT_S: Final = 5.0


class Snapshots:
    """Saves the next picture as PNG in `folder` when `take` was called. Everything belongs to the show's thread.

    `wall_time` names the files.
    """

    name = "snapshot"

    def __init__(
        self,
        folder: Path,
        wall_time: Callable[[], datetime] = local_now,
        *,
        close_timeout_s: float = _CLOSE_TIMEOUT_S,
    ) -> None:
        self._folder, self._wall_time, self._close_timeout_s = folder, wall_time, close_timeout_s
        self._wanted = False
        self._next_at = self._said_at = float("-inf")
        self._queue: queue.Queue[tuple[Pixels, datetime] | None] = queue.Queue(_QUEUE_PICTURES)
        self._thread: threading.Thread | None = None
        self._closed = False
        self._saved, self._file, self._failure = 0, "", ""
        self._problem, self._problem_at = "", 0.0

    def take(self) -> None:
        """Save the next picture."""
        self._wanted = True

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:
        """Take the picture that `read` gives, if one was asked for and the last is half a second ago."""
        self._tell(now)
        if not self._wanted or now < self._next_at or self._closed:
            return
        self._wanted, self._next_at = False, now + _APART_S
        if self._queue.full():
            self._failure = f"a picture was not saved: {self._folder} is too slow for so many"
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._write, name="snapshots", daemon=True)
            self._thread.start()
        self._queue.put((read(), self._wall_time()))

    def status(self) -> SnapshotStatus:
        """Return how many pictures were saved, and why the last was not, for a minute; any thread."""
        return SnapshotStatus(problem=self._problem, saved=self._saved, file=self._file)

    def close(self) -> None:
        """Wait for what is still to be written, but not for ever. Harmless when repeated."""
        if self._closed:
            return
        self._closed = True
        if self._thread is not None:
            with contextlib.suppress(queue.Full):
                self._queue.put(None, timeout=self._close_timeout_s)
            self._thread.join(self._close_timeout_s)

    def _tell(self, now: float) -> None:
        """Say what the writing thread could not do, a line each few seconds at most, and forget it after a minute."""
        failure, self._failure = self._failure, ""
        if failure:
            if now - self._said_at >= _SAID_APART_S:
                self._said_at = now
                log.error("%s", failure)
            self._problem, self._problem_at = failure, now
        elif self._problem and now - self._problem_at >= _TOLD_S:
            self._problem = ""

    def _write(self) -> None:
        while (entry := self._queue.get()) is not None:
            pixels, moment = entry
            try:
                self._save(pixels, moment)
            except Exception as error:  # whatever a disk or a picture brings about
                self._failure = f"a picture was not saved: {why(error)}"

    def _save(self, pixels: Pixels, moment: datetime) -> None:
        path = claim(self._folder, moment, ".png")
        try:
            save_png(path, pixels)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        self._saved, self._file = self._saved + 1, path.name
        level = logging.INFO if self._saved <= 100 else logging.DEBUG  # a flood of wishes fills no log
        log.log(level, "picture saved: %s", shown(path))
