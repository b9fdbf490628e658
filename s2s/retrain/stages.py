"""What a retraining says while it works: which stage it is at, what that does, how far it is, and how long it takes.

A line where a stage begins, then at most one every ten seconds: it is read in a terminal and in a log file alike.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeVar

from s2s.retrain.budget import Budget

_log = logging.getLogger(__name__)

T = TypeVar("T")
EVERY_S: Final = 10.0
_LEAST_SHARE: Final = 0.02
"""Of all the minutes a stage may have as much, however much the others took."""


def in_words(seconds: float) -> str:
    """Return a time as one says it: `40 s`, `3 min`, `2.5 h`."""
    if seconds < 90.0:
        return f"{max(seconds, 1.0):.0f} s"
    return f"{seconds / 60.0:.0f} min" if seconds < 5400.0 else f"{seconds / 3600.0:.1f} h"


@dataclass(slots=True)
class Stages:
    """The stages of a retraining, `count` of them, and the time that they share."""

    budget: Budget
    count: int
    say: Callable[[str], None] = _log.info
    note: Callable[[float], None] = lambda _: None
    """Takes the seconds that are used, now and then: they count where the run is killed."""
    cut_short: list[str] = field(default_factory=list)
    _number: int = 0
    _began_s: float = 0.0
    _said_s: float = 0.0

    def begin(self, what: str) -> None:
        """Say that the next stage begins, and what it does."""
        self._number += 1
        self._began_s = self._said_s = self.budget.used_s()
        self.note(self._began_s)
        self.say(f"{self._number}/{self.count} {what}; {in_words(self.budget.left_s())} left for all of it")

    def skip(self, number: int) -> None:
        """Pass over stages that an earlier start has done."""
        self._number += number
        self.say(f"{self._number}/{self.count} done before; {in_words(self.budget.left_s())} left for all of it")

    def share_s(self, of: float) -> float:
        """Return `of` what is left in seconds, and a fiftieth of all the minutes at least."""
        return max(self.budget.share(of), _LEAST_SHARE * 60.0 * self.budget.minutes)

    def at(self, done: int, total: int, unit: str) -> None:
        """Say how far the stage is, now and then, and how long it still takes at this rate."""
        now_s = self.budget.used_s()
        if now_s - self._said_s < EVERY_S or not 0 < done < total:
            return
        self._said_s = now_s
        self.note(now_s)
        left_s = (now_s - self._began_s) / done * (total - done)
        self.say(f"{self._number}/{self.count}   {done} of {total} {unit}, about {in_words(left_s)} more")

    def within(self, items: Iterable[T], total: int, unit: str, seconds: float, fewest: int) -> Iterator[T]:
        """Yield `items`, and stop after `seconds` of work where `fewest` are done; what is cut short is said."""
        until_s = self.budget.used_s() + seconds
        for done, item in enumerate(items):
            if done >= fewest and self.budget.used_s() >= until_s:
                self.cut(f"{total - done} of {total} {unit} are left out: their share of the time is over")
                return
            self.at(done, total, unit)
            yield item

    def cut(self, words: str) -> None:
        """Say, and keep for the report, that something is not done for want of time."""
        self.cut_short.append(words)
        self.say(f"{self._number}/{self.count}   {words}; --minutes gives more")
