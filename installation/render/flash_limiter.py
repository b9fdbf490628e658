"""How much of a new picture may be shown, so that nobody sees more than three flashes in a second. Pure.

A picture that the count allows is shown as it is. From the first one that it does not, the wall moves towards what is
asked for so slowly that the slowness alone keeps it below three flashes; that ends when what is asked for would be
harmless by itself, and has been for a second. Whatever is shown, slow or not, was counted before it is shown, and not
shown at all where the count does not allow it: a wall that stands still has no flash.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.render.flash_meter import COLUMNS, ROWS, Count, FlashMeter, Grid, Thresholds
from installation.status import FlashStatus

_MOST: Final = 6
"""Transitions in a second: three flashes."""
_PACE: Final = 5.0
"""Thresholds a second at which the wall moves while it is held back: fewer transitions than are allowed."""
_LANDING_S: Final = 0.5
_LONGEST_STEP_S: Final = 0.1
_FEW_CELLS: Final = ROWS * COLUMNS // 50
"""Fewer than any field's flash needs: what sparkles in so few places does not hold the rest."""
_LUMINANCE: Final = np.array((0.2126, 0.7152, 0.0722), np.float32)
_RED: Final = np.array((1.0, -1.0, -1.0), np.float32)


class FlashLimiter:
    """Decides picture by picture. Begins with a black wall. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._careful = Thresholds.careful()
        # A smaller threshold is met earlier by a slow change: what is late by the criterion's own has to count as well.
        self._exact_meter = FlashMeter(Thresholds(second_s=self._careful.second_s))
        self._shown_meter = FlashMeter(self._careful)
        self._asked_meter: FlashMeter | None = None
        self._shown: Grid = np.zeros((ROWS, COLUMNS, 3), np.float32)
        for meter in (self._shown_meter, self._exact_meter):
            meter.show(self._shown, float("-inf"))
        self._now: float | None = None
        self._calm_since: float | None = None
        self._farthest = 1e-6
        self._most_shown = self._most_asked = Count()
        self._interventions, self._limited_s = 0, 0.0

    @property
    def is_holding(self) -> bool:
        """Whether the wall is held back now."""
        return self._asked_meter is not None

    @property
    def room(self) -> int:
        """How many transitions there may still be within this second."""
        return _MOST - self._count.most

    @property
    def _count(self) -> Count:
        return _worst(self._shown_meter.count, self._exact_meter.count)

    def share(self, grid: Grid, now: float, others: int = 0) -> float:
        """Return how much of the picture `grid` (as `FlashMeter.read` takes it) is to be shown, over what is there: 1
        is the picture as it is, 0 leaves the wall as it was.

        `others` are transitions within this second by what is drawn over the picture.
        """
        since_s = 0.0 if self._now is None else min(max(now - self._now, 0.0), _LONGEST_STEP_S)
        self._now = now
        most = _MOST - others
        if self._asked_meter is None:
            if self._try(grid, 1.0, now, most):
                self._most_asked = _worst(self._most_asked, self._count)
                return 1.0
            self._asked_meter, self._calm_since, self._farthest = self._shown_meter.copy(), None, 1e-6
            self._interventions += 1
        self._limited_s += since_s
        return self._hold(self._asked_meter, grid, now, since_s, most)

    def status(self) -> FlashStatus:
        """Return what was shown, asked for and done."""
        return FlashStatus(
            on=True,
            holding=self.is_holding,
            general=self._most_shown.general / 2.0,
            red=self._most_shown.red / 2.0,
            asked=self._most_asked.most / 2.0,
            interventions=self._interventions,
            limited_s=round(self._limited_s, 2),
        )

    def _hold(self, asked: FlashMeter, grid: Grid, now: float, since_s: float, most: int) -> float:
        count = asked.show(grid, now)
        self._most_asked = _worst(self._most_asked, count)
        # By equal shares the wall comes to the middle of what flashes; by equal steps it would not.
        self._farthest = max(self._farthest, self._distance(grid))
        slow = min(_PACE * since_s / self._farthest, 1.0)
        if count.most > most:
            self._calm_since = None
        elif self._calm_since is None:
            self._calm_since = now
        calm_s = 0.0 if self._calm_since is None else now - self._calm_since
        landing = min(calm_s / _LANDING_S, 1.0) ** 2
        for share in (max(landing, slow), slow):
            if self._try(grid, share, now, most):
                if landing == 1.0 == share:
                    self._asked_meter = None
                return share
        return 0.0

    def _try(self, grid: Grid, share: float, now: float, most: int) -> bool:
        """Show `share` of `grid` where the count allows it, and say whether it does."""
        mixed = grid if share == 1.0 else self._shown + np.float32(share) * (grid - self._shown)
        meters = (self._shown_meter, self._exact_meter)
        readings = [meter.read(mixed, now) for meter in meters]
        if any(reading.is_change and reading.count.most > most for reading in readings):
            return False
        for meter, reading in zip(meters, readings, strict=True):
            meter.take(reading)
            self._most_shown = _worst(self._most_shown, reading.count)
        self._shown = mixed
        return True

    def _distance(self, grid: Grid) -> float:
        """Return how far the wall is from `grid`, in thresholds, all but for a few cells."""
        change = grid - self._shown
        reddish = _is_reddish(grid) | _is_reddish(self._shown)
        apart = np.maximum(
            np.abs(change @ _LUMINANCE) / self._careful.luminance,
            np.where(reddish, np.abs(change @ _RED), 0.0) / self._careful.red,
        )
        return float(np.partition(apart, -_FEW_CELLS - 1, axis=None)[-_FEW_CELLS - 1])


def _is_reddish(grid: Grid) -> NDArray[np.bool_]:
    return np.asarray(grid[..., 0] > 0.5 * grid.sum(axis=2), np.bool_)


def _worst(one: Count, other: Count) -> Count:
    return Count(max(one.general, other.general), max(one.red, other.red))
