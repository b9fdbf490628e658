"""Whether a worker gets done what it is there for. A worker may beat all night and do nothing. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_LONGEST_LOOK_S: Final = 1.0
"""Between two looks no more than this counts: who looks may have stood still itself."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to be done: `done` counts how often it was, `asked` how often there was reason to, None for always.

    `words` say what is amiss when it stands still for `limit_s` seconds in which there was reason to.
    """

    words: str
    done: int
    limit_s: float
    asked: int | None = None


class Progress:
    """Follows the marks of one worker from its first word on."""

    def __init__(self) -> None:
        self._seen: dict[str, Mark] = {}
        self._still_s: dict[str, float] = {}
        self._looked_at: float | None = None

    def complaint(self, marks: Sequence[Mark], now: float) -> str:
        """Take in what the worker says of itself at `now`; return in words what has stood still for too long, or ""."""
        passed_s = 0.0 if self._looked_at is None else min(max(now - self._looked_at, 0.0), _LONGEST_LOOK_S)
        self._looked_at = now
        complaints = [self._follow(mark, passed_s) for mark in marks]
        return next(filter(None, complaints), "")

    def _follow(self, mark: Mark, passed_s: float) -> str:
        before = self._seen.get(mark.words)
        self._seen[mark.words] = mark
        if before is None or mark.done != before.done:
            self._still_s[mark.words] = 0.0
            return ""
        if mark.asked is None or mark.asked != before.asked:
            self._still_s[mark.words] += passed_s
        return f"{mark.words} for {mark.limit_s:g} s" if self._still_s[mark.words] > mark.limit_s else ""
