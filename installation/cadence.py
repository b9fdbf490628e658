"""The cadence of a running show: where its turns' time goes, minute by minute, and what the generator may take of it.

The show's thread alone.
"""

import logging
from collections.abc import Mapping
from typing import Any

from installation.garbage import GarbagePauses
from installation.generator_pace import WHOLE_SCALE, GeneratorPace
from installation.minutes import Minutes
from installation.plain import to_plain
from installation.turn_timing import TurnTiming

log = logging.getLogger(__name__)


class Cadence:
    """Follows a show that presents `fps` pictures a second; `pace` makes the generator give way, None leaves it alone.

    `timing` is told the parts of each turn; `garbage` is a context for the whole run. `most_fps` pictures a second may
    be generated, None while nobody bounds them.
    """

    def __init__(self, fps: float, pace: GeneratorPace | None = None) -> None:
        self.timing, self.garbage = TurnTiming(1.0 / fps), GarbagePauses()
        self.most_fps: float | None = None
        self._pace, self._minutes = pace, Minutes()
        self._gave_way = False

    def end_turn(
        self,
        now: float,
        interval_ms: float | None,
        internal_scale: float,
        *,
        living: bool,
        is_short: bool = False,
    ) -> None:
        """End a turn whose picture was presented at `now`, `interval_ms` after the one before, None for the first.

        `internal_scale` is the passes' height as a part of the window's, which takes too long where it `is_short` of
        time; a picture that is not `living` yet says nothing of what the generator takes.
        """
        missed = self.timing.end(garbage_s=self.garbage.since_last())
        if interval_ms is None:
            return
        self._minutes.presented(now, interval_ms, missed, internal_scale)
        if living and self._pace is not None:
            self.most_fps = self._pace.presented(now, interval_ms, internal_scale, is_short=is_short)
            self._tell(self._pace)

    @property
    def least_scale(self) -> float:
        """Not below what part of the window's height the passes are to be drawn: the generator gives way first."""
        return WHOLE_SCALE if self._pace is not None and self._pace.may_give_way else 0.0

    def is_minute_over(self, now: float) -> bool:
        """Return whether the running minute is to be ended."""
        return self._minutes.is_over(now)

    def end_minute(self, now: float, painted: int, rss_mib: Mapping[str, float]) -> None:
        """End the running minute, as `Minutes.end_minute`."""
        self._minutes.end_minute(now, painted, rss_mib)

    def summary(self) -> dict[str, Any]:
        """Return what the report says of it."""
        return {
            "parts_ms": to_plain(self.timing.parts_ms()),
            "missed": self.timing.missed(),
            "minutes": self._minutes.summary(),
            "most_fps": self.most_fps,
            "garbage": {"rounds": self.garbage.rounds, "longest_ms": round(self.garbage.longest_s * 1e3, 2)},
        }

    def _tell(self, pace: GeneratorPace) -> None:
        if pace.gives_way and not self._gave_way:
            self._gave_way = True
            words = "the display wants the time: the generator paints %g pictures a second, fewer if need be"
            log.info(words, pace.fps)
