"""What is wanted of a disk, done on a thread of its own: a folder that does not answer holds up no picture."""

import logging
import queue
import threading
from collections.abc import Callable
from typing import Final

from s2s.files.quote import one_line

_MOST_WAITING: Final = 32
_log = logging.getLogger(__name__)

Work = Callable[[], None]


class DiskQueue:
    """Does one piece of work after the other; the thread starts with the first. `failed` is told on that thread what a
    piece has raised, whatever it is: the next one is done all the same. `lost` pieces found no room.
    """

    def __init__(
        self, name: str, failed: Callable[[Exception], None] | None = None, most_waiting: int = _MOST_WAITING
    ) -> None:
        self.lost = 0
        self._name, self._failed = name, failed or self._note
        self._waiting: queue.Queue[Work | None] = queue.Queue(most_waiting)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def run(self, work: Work) -> bool:
        """Have `work` done; return whether it will be: not where too many wait already. Any thread; never waits."""
        try:
            self._waiting.put_nowait(work)
        except queue.Full:
            self.lost += 1
            return False
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
        return True

    def close(self, wait_s: float = 1.0) -> None:
        """End when what waits is done, but be waited for no longer than `wait_s`."""
        if self._thread is None:
            return
        try:
            self._waiting.put_nowait(None)
        except queue.Full:  # a disk that does not answer
            return
        self._thread.join(wait_s)

    def _work(self) -> None:
        while (work := self._waiting.get()) is not None:
            try:
                work()
            except Exception as error:  # whatever a disk brings about
                self._failed(error)

    def _note(self, _error: Exception) -> None:
        _log.debug("work of %s", self._name, exc_info=True)


def why(error: Exception) -> str:
    """Return what the system says was wrong, or else the error's own words, as one line."""
    return one_line(getattr(error, "strerror", None) or error)
