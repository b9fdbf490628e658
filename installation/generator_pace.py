"""How many pictures a second the generator may paint: as many as the display shows, fewer where it takes the display's
time. Pure; time comes in as an argument. Runs on the show's main thread.

On a machine with few cores both want the same ones. A picture that fades in a little later is seen by nobody, a display
that stutters by everybody: so the generator gives way first, and comes back only when there has been time to spare.
"""

from collections import deque
from typing import Final

MOST_FPS: Final = 24.0
"""More are not told apart from a cross-fade between these."""
RATES_FPS: Final = (MOST_FPS, 20.0, 16.0, 14.0, 12.5)
"""From all to the least with which a scene still moves: twelve, and what late turns cost of them."""

_WINDOW_S: Final = 2.0
_LATE_FROM: Final = 1.25
"""A picture this many intervals after the one before came late."""
_MOST_LATE: Final = 0.08
_FEW_LATE: Final = 0.02
WHOLE_SCALE: Final = 0.5
"""Passes under half of the window's height are soft to see: the generator gives way before that."""
_PROOF_S: Final = 10.0
_LONGEST_PATIENCE_S: Final = 600.0


class GeneratorPace:
    """Follows the display of `cadence_fps` pictures a second and says how many the generator may paint (`fps`).

    A step up that had to be taken back doubles the wait before the next attempt.
    """

    def __init__(self, cadence_fps: float) -> None:
        self._late_ms = 1e3 * _LATE_FROM / cadence_fps
        self._rates = [rate for rate in RATES_FPS if rate <= cadence_fps] or [cadence_fps]
        self._index = 0
        self._turns: deque[tuple[float, bool]] = deque()
        self._spare_since: float | None = None
        self._decided_at: float | None = None
        self._raised_at: float | None = None
        self._patience_s = _PROOF_S

    @property
    def fps(self) -> float:
        return self._rates[self._index]

    @property
    def gives_way(self) -> bool:
        """Whether the generator paints less than the display could show."""
        return self._index > 0

    @property
    def may_give_way(self) -> bool:
        """Whether the generator could paint less than it does."""
        return self._index < len(self._rates) - 1

    def presented(self, now: float, interval_ms: float, internal_scale: float, *, is_short: bool = False) -> float:
        """Take in a picture that was shown at `now`, `interval_ms` after the one before, its passes at `internal_scale`
        of the window's height, which took too long where it `is_short` of time; return how many pictures a second the
        generator may paint.
        """
        self._turns.append((now, interval_ms > self._late_ms))
        while self._turns[0][0] < now - _WINDOW_S:
            self._turns.popleft()
        self._decided_at = now if self._decided_at is None else self._decided_at
        if now - self._decided_at < _WINDOW_S:
            return self.fps  # what was decided last shows only in turns since
        late = sum(is_late for _, is_late in self._turns) / len(self._turns)
        if late > _MOST_LATE or is_short or internal_scale < WHOLE_SCALE:
            self._give_way(now)
        else:
            self._come_back(now, spare=late <= _FEW_LATE)
        return self.fps

    def _give_way(self, now: float) -> None:
        self._spare_since = None
        if not self.may_give_way:
            return
        if self._raised_at is not None and now - self._raised_at < 2 * self._patience_s:
            self._patience_s = min(2 * self._patience_s, _LONGEST_PATIENCE_S)
        self._raised_at = None
        self._move(self._index + 1, now)

    def _come_back(self, now: float, *, spare: bool) -> None:
        if not spare or self._index == 0:
            self._spare_since = None
            return
        if self._spare_since is None:
            self._spare_since = now
        if now - self._spare_since >= self._patience_s:
            self._raised_at = now
            self._move(self._index - 1, now)

    def _move(self, index: int, now: float) -> None:
        self._index, self._decided_at, self._spare_since = index, now, None
