"""Work beside the pictures: a less urgent thread, whose outcome is fetched and never waited for."""

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from s2s.files.quote import one_line

log = logging.getLogger(__name__)

T = TypeVar("T")

_LESS_URGENT: Final = 10
"""The picture's own process has 5: beside it on one core the work has a quarter of the time, and all that it leaves."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no outcome, in one line."""

    reason: str


class Job(threading.Thread, Generic[T]):
    """Does `work` once. What nobody wants any more goes to `discard`, on whichever thread learns of it last."""

    def __init__(
        self, name: str, work: Callable[[], T], began_at: float, discard: Callable[[T], None] = lambda _outcome: None
    ) -> None:
        # No daemon: a thread inside torch when the interpreter ends aborts the process.
        super().__init__(name=name)
        self.began_at = began_at
        self._work: Callable[[], T] | None = work
        self._discard = discard
        self._lock = threading.Lock()
        self._outcome: T | Failed | None = None
        self._unwanted = False

    def run(self) -> None:
        be_less_urgent(_LESS_URGENT)
        outcome = self._done()
        self._work = None
        with self._lock:
            self._outcome = outcome
            unwanted = self._unwanted
        if unwanted:
            self.abandon()

    def take(self) -> T | Failed | None:
        """Return the outcome, once; None while there is none yet."""
        with self._lock:
            outcome, self._outcome = self._outcome, None
        return outcome

    def abandon(self) -> None:
        """Let the outcome go, now or when it comes."""
        self._unwanted = True
        outcome = self.take()
        if outcome is not None and not isinstance(outcome, Failed):
            self._discard(outcome)

    def _done(self) -> T | Failed:
        assert self._work is not None
        try:
            return self._work()
        except Exception as error:  # whatever a model's files bring about: the one that plays goes on
            log.debug("%s failed", self.name, exc_info=True)
            return Failed(one_line(error, 300) or type(error).__name__)


def be_less_urgent(niceness: int) -> None:
    """Give the calling thread that niceness. On Linux a thread has its own; elsewhere it stays as its process is."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
