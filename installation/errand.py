"""Work that a disk may hold up, in a thread of its own that the show never waits for."""

import logging
import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from installation.presets.preset import PresetError
from s2s.files.quote import one_line

log = logging.getLogger(__name__)

TIME_LIMIT_S: Final = 5.0
MOST_STUCK: Final = 4
"""Threads that a dead disk may hold; then it is not tried again before one of them is back."""

T = TypeVar("T")


class Errand(threading.Thread, Generic[T]):
    """Does one thing with presets; when it has ended, `outcome` is what came of it or, as text, why nothing did.

    `what` names it in words, `began_at` is in monotonic seconds.
    """

    def __init__(self, what: str, work: Callable[[], T], began_at: float) -> None:
        super().__init__(name="preset", daemon=True)
        self.what, self.began_at = what, began_at
        self.outcome: T | str = "it was not done"
        self._work = work

    def run(self) -> None:
        try:
            self.outcome = self._work()
        except PresetError as error:
            self.outcome = str(error)
        except Exception as error:  # whatever a file brings about, it is the file's fault and no reason to end
            log.debug("%s", self.what, exc_info=True)
            self.outcome = f"{self.what} failed: {type(error).__name__}: {one_line(error)}"


class Errands(Generic[T]):
    """One errand at a time, and those that a dead disk holds. The show's thread alone."""

    def __init__(self) -> None:
        self._errand: Errand[T] | None = None
        self._stuck: list[Errand[T]] = []

    @property
    def busy(self) -> bool:
        """Whether one is on its way."""
        return self._errand is not None

    def send(self, what: str, work: Callable[[], T], now: float) -> str:
        """Send one; return why none can be sent, empty where it is on its way."""
        self._stuck = [errand for errand in self._stuck if errand.is_alive()]
        if len(self._stuck) >= MOST_STUCK:
            return "the folders of presets do not answer"
        self._errand = Errand(what, work, now)
        self._errand.start()
        return ""

    def finish(self, within_s: float) -> None:
        """Wait for the one on its way, at the end of a show, but not for ever."""
        if self._errand is not None:
            self._errand.join(within_s)

    def back(self, now: float) -> T | str | None:
        """Return what the errand has brought, or why it brings nothing; None while it is on its way."""
        errand = self._errand
        if errand is None:
            return None
        if errand.is_alive():
            if now - errand.began_at <= TIME_LIMIT_S:
                return None
            self._errand = None
            self._stuck.append(errand)
            return f"{errand.what} takes longer than {TIME_LIMIT_S:g} s"
        self._errand = None
        return errand.outcome
