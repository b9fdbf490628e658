"""What went wrong in a run, in words, for the report: each kind once, how often and when it happened. Pure, bounded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_KINDS_KEPT: Final = 100
_LONGEST_WORDS: Final = 500


@dataclass(frozen=True, slots=True)
class Incident:
    """One kind: its `words`, when it happened last (monotonic seconds), and how many `times`."""

    words: str
    since: float
    times: int = 1


class Incidents:
    """Keeps the first hundred kinds in the order of their first time; of further ones only the number.

    `now` tells the time, in monotonic seconds. `all` is replaced whole, so any thread may read it.
    """

    def __init__(self, now: Callable[[], float] = lambda: 0.0) -> None:
        self.all: tuple[Incident, ...] = ()
        self._now = now
        self._known: dict[str, Incident] = {}
        self._further = 0

    def append(self, words: str) -> None:
        """Note that it happened (again)."""
        words = words[:_LONGEST_WORDS]
        before = self._known.get(words)
        if before is None and len(self._known) >= _KINDS_KEPT:
            self._further += 1
            return
        self._known[words] = Incident(words, self._now(), 1 if before is None else before.times + 1)
        self.all = tuple(self._known.values())

    def lines(self) -> list[str]:
        """Return one line a kind, and one for those that found no room."""
        lines = [one.words if one.times == 1 else f"{one.words} (×{one.times})" for one in self._known.values()]
        return [*lines, f"and {self._further} more"] if self._further else lines
