"""What the control surfaces rejected: counted, the last reason kept, floods logged as one line now and then.

Pure; used from the show thread and from the surfaces' own threads.
"""

import logging
import threading
from collections.abc import Callable, Hashable
from typing import Final

from installation.parameter import ParameterError
from installation.parameters import parameter

_REPORT_EVERY_S: Final = (5.0, 3_600.0)
"""At first, and after a flood that has not ended for long: twice as long after each line, so that years fit a log."""
_CALM_S: Final = 600.0
"""A message now and then is no new flood each time."""
_KINDS_TOLD: Final = 32
"""So many new kinds of reason have a line of their own; a sender that makes up ever new ones is only counted."""
_LONGEST_WORDS: Final = 200

Reason = Callable[[], str] | str


class RejectionCounter:
    """Counts the messages a surface rejected and keeps the last reason; `report` logs a line for what is new, and then
    how often, at growing intervals.

    A reason may be a function: finding the nearest address costs more than a flood should be able to buy.
    """

    def __init__(self, surface: str, logger: logging.Logger) -> None:
        self._surface = surface
        self._logger = logger
        self._lock = threading.Lock()
        self._count = 0
        self._reason: Reason = ""
        self._kinds: set[Hashable] = set()
        self._kinds_since: set[Hashable] = set()
        self._new: Reason | None = None
        self._new_kind: Hashable = None
        self._reported = 0
        self._report_every_s = _REPORT_EVERY_S[0]
        self._next_report_at = self._next_new_at = self._last_at = -float("inf")

    @property
    def count(self) -> int:
        return self._count

    @property
    def last(self) -> str:
        """The last reason in words, empty when nothing was rejected."""
        with self._lock:
            if not isinstance(self._reason, str):
                self._reason = self._reason()
            return _shortened(self._reason)

    def add(self, reason: Reason, kind: Hashable = None) -> None:
        """Note one rejected message; any thread. `kind` is what makes one reason another than before."""
        with self._lock:
            self._count += 1
            self._reason = reason
            if len(self._kinds_since) < _KINDS_TOLD:
                self._kinds_since.add(kind)
            is_new = kind not in self._kinds and len(self._kinds) < _KINDS_TOLD
            if is_new:
                self._kinds.add(kind)
                self._new_kind = kind
            if is_new or (self._new is not None and kind == self._new_kind):
                self._new = reason

    def report(self, now: float) -> None:
        """Log what came since the last line: at most one every few seconds, later every hour; show thread."""
        new = self._count - self._reported
        if not new:
            return
        first, longest = _REPORT_EVERY_S
        if now > max(self._next_report_at, self._last_at + _CALM_S):  # as long as it was waited for, nothing came
            self._report_every_s = first
            with self._lock:
                self._kinds &= self._kinds_since
        self._last_at = now
        told = self._news(now) or (self.last if now >= self._next_report_at else "")
        if told:
            self._reported += new
            self._next_new_at = now + first
            self._next_report_at = now + self._report_every_s
            self._report_every_s = min(2.0 * self._report_every_s, longest)
            self._logger.warning("%s refused %d, the last: %s", self._surface, new, told)

    def _news(self, now: float) -> str:
        """Return the newest reason of a kind that has had no line yet, empty where there is none or it is too early."""
        with self._lock:
            self._kinds_since.clear()
            if self._new is None or now < self._next_new_at:
                return ""
            reason, self._new = self._new, None
        return _shortened(reason if isinstance(reason, str) else reason())


def why_unknown(address: str) -> str:
    """Return the line that names the parameter nearest to `address`, an address no parameter has."""
    try:
        parameter(address)
    except ParameterError as error:
        return str(error)
    return f"{address} is a parameter"


def _shortened(reason: str) -> str:
    return reason if len(reason) <= _LONGEST_WORDS else reason[:_LONGEST_WORDS] + "…"
