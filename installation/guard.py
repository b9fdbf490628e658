"""The guard of the show's loop: whatever one step of a turn raises, the show goes on, says why, and counts.

Used by the show's thread alone. Each kind of fault is logged once with its traceback and then at growing intervals, so
that a fault in every turn of a night fills no disk.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from installation.incidents import Incidents

log = logging.getLogger(__name__)

_FORGOTTEN_AFTER_S: Final = 10.0
_KINDS_KEPT: Final = 50


@dataclass(slots=True)
class _Fault:
    words: str
    count: int = 0


class Guard:
    """Runs the steps of a turn. `passing` are the exceptions that do end the show."""

    def __init__(self, incidents: Incidents, passing: tuple[type[Exception], ...] = ()) -> None:
        self._incidents, self._passing = incidents, passing
        self._faults: dict[tuple[type[Exception], str], _Fault] = {}
        self._newest: _Fault | None = None
        self._newest_at = 0.0

    def attempt(self, step: Callable[[float], None], now: float) -> bool:
        """Take one step of the turn at `now`; return whether it went well. Raises what is `passing` alone."""
        try:
            step(now)
        except self._passing:
            raise
        except Exception as error:  # a bug, an odd driver, an odd message: all of them
            self._note(error, now)
            return False
        return True

    def words(self, now: float) -> str:
        """Return the newest fault in words, empty when there was none for a while."""
        if self._newest is None or now - self._newest_at > _FORGOTTEN_AFTER_S:
            return ""
        return f"{self._newest.words} ({self._newest.count} times)" if self._newest.count > 1 else self._newest.words

    def _note(self, error: Exception, now: float) -> None:
        place = traceback.extract_tb(error.__traceback__)[-1]
        kind = (type(error), f"{place.filename}:{place.lineno}")
        if kind not in self._faults and len(self._faults) >= _KINDS_KEPT:
            kind = (Exception, "others")
        fault = self._faults.setdefault(kind, _Fault(_in_words(error)))
        fault.count += 1
        self._newest, self._newest_at = fault, now
        self._incidents.append(fault.words)
        if fault.count == 1:
            log.error("the show goes on after a fault of its own: %s", fault.words, exc_info=error)
        elif _is_power_of_ten(fault.count):
            log.error("the same fault for the %dth time: %s", fault.count, fault.words)


def _in_words(error: Exception) -> str:
    line = " ".join(str(error).split())
    return f"{type(error).__name__}: {line[:200]}" if line else type(error).__name__


def _is_power_of_ten(count: int) -> bool:
    return str(count).strip("0") == "1"
