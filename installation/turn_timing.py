"""Where the time of a turn goes, part by part, and what a late picture waited for. Pure; the show's thread alone.

A deadline is missed when a picture comes more than one and a half intervals after the one before. The cause is the part
that took longest beyond its own median, or garbage collection, where that explains more than half of the delay.
"""

from collections import Counter
from enum import StrEnum
from typing import Final

from installation.histogram import Histogram
from installation.status import Percentiles

_MISSED_FROM: Final = 1.5
_WARM_UP: Final = 60
"""Turns before the first miss can be counted: until then workers start, shaders are built, and no median is known."""


class TurnPart(StrEnum):
    """The parts of one turn of the show, in their order."""

    LATE = "late"
    """From when the turn was due to when it began: the machine did something else."""
    TAKE = "take"
    """Workers, controls, sound, parameters, and the newest picture."""
    DRAW = "draw"
    """The passes, as far as the driver does them at once."""
    READ = "read"
    """Pictures for a recording and the page."""
    PRESENT = "present"
    """The flip: what the driver still had to do, and the wait for the screen."""


GARBAGE: Final = "garbage"
"""The cause of a miss during which the collector of garbage held the thread."""


class TurnTiming:
    """Follows the turns of a show that presents every `interval_s` seconds."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._parts = {part: Histogram() for part in TurnPart}
        self._took_ms = dict.fromkeys(TurnPart, 0.0)
        self._missed: Counter[str] = Counter()
        self._at = 0.0
        self._presented_at: float | None = None
        self._turns = 0

    def begin(self, due_at: float, now: float) -> None:
        """Begin a turn that was due at `due_at`."""
        self._took_ms = dict.fromkeys(TurnPart, 0.0)
        self._took_ms[TurnPart.LATE] = max(now - due_at, 0.0) * 1e3
        self._at = now

    def did(self, part: TurnPart, now: float) -> None:
        """Count what passed since the last part's end as `part`."""
        self._took_ms[part] += max(now - self._at, 0.0) * 1e3
        self._at = now

    def end(self, *, garbage_s: float = 0.0) -> str | None:
        """End a turn whose last part was the presented picture, and return why that came late, None where it did not;
        `garbage_s` of the turn were spent collecting.
        """
        before, self._presented_at = self._presented_at, self._at
        self._turns += 1
        cause = None
        if before is not None and self._turns > _WARM_UP and self._at - before > _MISSED_FROM * self._interval_s:
            cause = self._cause(self._at - before, garbage_s)
            self._missed[cause] += 1
        for part, took_ms in self._took_ms.items():
            self._parts[part].add(took_ms)
        return cause

    def parts_ms(self) -> dict[str, Percentiles]:
        """Return the median and the 95th percentile of each part in ms."""
        return {part.value: histogram.percentiles() for part, histogram in self._parts.items()}

    def missed(self) -> dict[str, int]:
        """Return how many pictures came late, by cause, the most frequent first."""
        return dict(self._missed.most_common())

    def _cause(self, interval_s: float, garbage_s: float) -> str:
        if garbage_s > 0.5 * (interval_s - self._interval_s):
            return GARBAGE
        beyond_ms = {part: took - (self._parts[part].percentile_ms(50) or 0.0) for part, took in self._took_ms.items()}
        return max(TurnPart, key=lambda part: beyond_ms[part]).value
