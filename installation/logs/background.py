"""A thread that writes what others hand over: nobody waits for a disk, and what waits has a bound."""

import queue
import threading
from collections.abc import Callable
from typing import Final

_MOST_WAITING: Final = 1_000


class Background:
    """Does one piece of work after the other; the thread starts with the first. `failed` is told of an OSError, on
    that thread. `lost` pieces found no room.
    """

    def __init__(self, name: str, failed: Callable[[OSError], None], most_waiting: int = _MOST_WAITING) -> None:
        self.lost = 0
        self._name, self._failed = name, failed
        self._waiting: queue.Queue[Callable[[], None] | None] = queue.Queue(most_waiting)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def do(self, work: Callable[[], None]) -> None:
        """Have it done, or lose it where too much waits. Any thread; never waits for a disk."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait(work)
        except queue.Full:
            self.lost += 1

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
            except OSError as error:
                self._failed(error)
