"""What a surface wants of a disk, done on a thread of its own: a folder that does not answer holds up no picture."""

import logging
import queue
import threading
from collections.abc import Callable
from typing import Final

_MOST_WAITING: Final = 32
_log = logging.getLogger(__name__)

Work = Callable[[], None]


class DiskQueue:
    """Does one thing after the other. The thread starts with the first."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: queue.Queue[Work | None] = queue.Queue(_MOST_WAITING)
        self._thread: threading.Thread | None = None

    def run(self, work: Work) -> bool:
        """Have `work` done; return whether it will be: not where too many wait already. Any thread."""
        try:
            self._waiting.put_nowait(work)
        except queue.Full:
            return False
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
            except Exception:  # whatever a disk brings about: the next thing is done all the same
                _log.debug("work of %s", self._name, exc_info=True)
