"""What the control surfaces rejected: counted, the last reason kept, floods logged as one line now and then.

Pure; used from the show thread and from the surfaces' own threads.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final

from installation.parameters import ParameterError, parameter

_REPORT_EVERY_S: Final = (5.0, 3_600.0)
"""At first, and after a flood that has not ended for long: twice as long after each line, so that years fit a log."""
_LONGEST_WORDS: Final = 200


class RejectionCounter:
    """Counts the messages a surface rejected and keeps the last reason; `report` logs a flood as one line now and then.

    A reason may be a function: finding the nearest address costs more than a flood should be able to buy.
    """

    def __init__(self, surface: str, logger: logging.Logger) -> None:
        self._surface = surface
        self._logger = logger
        self._lock = threading.Lock()
        self._count = 0
        self._reason: Callable[[], str] | str = ""
        self._reported = 0
        self._report_every_s = _REPORT_EVERY_S[0]
        self._next_report_at = -float("inf")

    @property
    def count(self) -> int:
        return self._count

    @property
    def last(self) -> str:
        """The last reason in words, empty when nothing was rejected."""
        with self._lock:
            if not isinstance(self._reason, str):
                self._reason = self._reason()
            return self._reason if len(self._reason) <= _LONGEST_WORDS else self._reason[:_LONGEST_WORDS] + "…"

    def add(self, reason: Callable[[], str] | str) -> None:
        """Note one rejected message; any thread."""
        with self._lock:
            self._count += 1
            self._reason = reason

    def report(self, now: float) -> None:
        """Log what came since the last line, at most one line every few seconds, later every hour; show thread."""
        new = self._count - self._reported
        if not new or now < self._next_report_at:
            return
        first, longest = _REPORT_EVERY_S
        calm = now > self._next_report_at + self._report_every_s  # as long as it was waited for, nothing came
        self._report_every_s = first if calm else min(2.0 * self._report_every_s, longest)
        self._reported += new
        self._next_report_at = now + self._report_every_s
        self._logger.warning("%s refused %d, the last: %s", self._surface, new, self.last)


def why_unknown(address: str) -> str:
    """Return the line that names the parameter nearest to `address`, an address no parameter has."""
    try:
        parameter(address)
    except ParameterError as error:
        return str(error)
    return f"{address} is a parameter"
