"""Chooses the passes' internal resolution from measured time: the picture may soften, the cadence may not.

Pure; time comes in as an argument. Runs on the show's main thread.
"""

from collections import deque
from collections.abc import Sequence
from statistics import median
from typing import Final

SCALES: Final = (1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 0.25)
"""Internal height as a part of the window's; what is not fixed of the cost goes with the square."""

_WINDOW_S: Final = 0.75
"""Decisions rest on the median of this long, so that no hiccup decides anything, nor what another process is busy with
for a few pictures."""
_FEWEST: Final = 5
"""And of so many frames at least, however long they take."""
_FAR_OVER: Final = 1.2
"""Who needs so many times the budget gives way after `_WINDOW_S`; who needs less too much, after `_PROOF_S`."""
_PROOF_S: Final = 3.0
"""Going up needs this long of spare time, going down by a little this long of too little."""
_SPARE: Final = 0.9
"""Go up only where the predicted time is at most this part of the budget."""
_FIXED: Final = 0.4
"""What is spent at any resolution, as a part of what grows with it: the last step runs at the window's own size, the
first ones at the generator's. Measured on llvmpipe: 20 ms beside 47. (At the window's own size there is no last step,
so the highest resolution costs less than is predicted.)"""
_LONGEST_PATIENCE_S: Final = 300.0


class ResolutionChooser:
    """Steps through `scales`, largest first, so that a frame takes at most `budget_s`, which may be changed.

    `fixed` is the part of the cost at the largest that is spent at any.

    A step up that had to be taken back doubles the wait before the next attempt, so a machine at the edge does not
    swing for ever.
    """

    def __init__(
        self, budget_s: float, start: float = 0.5, scales: Sequence[float] = SCALES, *, fixed: float = _FIXED
    ) -> None:
        if start not in scales:
            raise ValueError(f"scale is one of {scales}, got {start}")
        self.budget_s = budget_s
        self.least, self.is_short = 0.0, False
        """Not below `least`, however long a frame takes: then it `is_short` of time, for something else to give way."""
        self._scales, self._fixed = scales, fixed
        self._start = self._index = scales.index(start)
        self._times: deque[tuple[float, float]] = deque()
        self._since = 0.0
        self._spare_since: float | None = None
        self._patience_s = _PROOF_S
        self._raised_at: float | None = None

    @property
    def scale(self) -> float:
        return self._scales[self._index]

    def update(self, frame_s: float, now: float) -> float:
        """Take in one frame's time and return the scale for the next one."""
        if not self._times:
            self._since = now
        self._times.append((now, frame_s))
        while len(self._times) > _FEWEST and self._times[0][0] < now - _PROOF_S:
            self._times.popleft()
        if len(self._times) < _FEWEST or now - self._since < _WINDOW_S:
            return self.scale
        usual_s = self._usual_s(now - _WINDOW_S)
        is_proved = now - self._since >= _PROOF_S
        is_over = usual_s > _FAR_OVER * self.budget_s or (is_proved and self._usual_s(now - _PROOF_S) > self.budget_s)
        below = min(self._index + 1, len(self._scales) - 1)
        self.is_short = is_over and self._scales[below] < self.least
        if is_over and not self.is_short:
            self._step_down(below, now)
        elif not is_over and self._may_rise(usual_s, now):
            self._step_up(now)
        return self.scale

    def _usual_s(self, since: float) -> float:
        """Return what a frame usually took from `since` on, of the newest few at least."""
        recent = [frame_s for at, frame_s in self._times if at >= since]
        return median(recent if len(recent) >= _FEWEST else [frame_s for _, frame_s in self._times][-_FEWEST:])

    def restart(self) -> None:
        """Judge anew from the first scale on: what was measured until now was a machine busy with something else."""
        self._patience_s, self._raised_at = _PROOF_S, None
        self._move(self._start)

    def _step_down(self, below: int, now: float) -> None:
        if self._raised_at is not None and now - self._raised_at < 2 * self._patience_s:
            self._patience_s = min(2 * self._patience_s, _LONGEST_PATIENCE_S)
        self._raised_at = None
        self._move(below)

    def _step_up(self, now: float) -> None:
        self._raised_at = now
        self._move(self._index - 1)

    def _may_rise(self, usual_s: float, now: float) -> bool:
        if self._index == 0:
            return False
        growth = (self._scales[self._index - 1] ** 2 + self._fixed) / (self.scale**2 + self._fixed)
        if usual_s * growth > self.budget_s * _SPARE:
            self._spare_since = None
            return False
        if self._spare_since is None:
            self._spare_since = now
        return now - self._spare_since >= self._patience_s

    def _move(self, index: int) -> None:
        # What was measured at the old scale says nothing about the new one.
        self._index, self.is_short = index, False
        self._times.clear()
        self._spare_since = None
