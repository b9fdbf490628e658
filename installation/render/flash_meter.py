"""Counts flashes as WCAG 2.2 does (success criterion 2.3.1, "general flash and red flash thresholds"). Pure.

A picture comes as a coarse grid of linear light. For each cell two signals are followed: relative luminance, and
R - G - B, which tells of red. A *transition* is a change of a signal by its threshold against its direction before; two
of them, opposing, are a *flash*. A field of the grid, as large as what an eye takes in at once, has had as many as the
larger of two counts: those that a quarter of its cells have each had within a second, whenever; and those in which a
quarter of its cells changed at once, in the same direction, wherever in the field.

A wall may be near or far: a field is a third of its width by a third of its height, as the criterion's own 341 by 256
pixels are of a screen of 1024 by 768, and a quarter of it the 0.006 steradians.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float32]
_Signals = NDArray[np.float32]
_Mask = NDArray[np.bool_]

COLUMNS: Final = 48
ROWS: Final = 27
_FIELD: Final = (ROWS // 3, COLUMNS // 3)
_FIELDS: Final = (ROWS - _FIELD[0] + 1, COLUMNS - _FIELD[1] + 1)
_OF_RGB: Final = np.array(((0.2126, 1.0, 1.0), (0.7152, -1.0, 1.0), (0.0722, -1.0, 1.0)), np.float32)
"""Relative luminance, R - G - B and R + G + B, of linear RGB."""
_AT_ONCE_S: Final = 1.0 / 30.0
"""What two of the criterion's own pictures are apart counts as one moment; a display at 60 Hz has two of them then."""
_SECOND_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What counts. The defaults are the criterion's; `careful` finds all that they find, and a little more.

    `luminance` and `red` (of R - G - B, linear: 20/320) are the changes that count; in a general flash the darker
    state is below `dark`, in a red one R / (R + G + B) of either is `saturated` or more; `area` is the part of a field.
    """

    luminance: float = 0.1
    red: float = 20.0 / 320.0
    dark: float = 0.8
    saturated: float = 0.8
    area: float = 0.25
    second_s: float = _SECOND_S

    @classmethod
    def careful(cls) -> Self:
        """Return thresholds with room for what 8 bits, dither and another meter's grid and clock make of a picture."""
        return cls(luminance=0.09, red=0.055, dark=0.82, saturated=0.77, area=0.21, second_s=1.05)


@dataclass(frozen=True, slots=True)
class Count:
    """Transitions within the last second in the worst field, general and red; two are a flash."""

    general: int = 0
    red: int = 0

    @property
    def most(self) -> int:
        return max(self.general, self.red)


@dataclass(slots=True)
class _State:
    """What is known of each cell ([2, rows, columns]: luminance, red) and each field, up to one picture."""

    high: _Signals
    low: _Signals
    red_at_high: _Mask
    red_at_low: _Mask
    direction: NDArray[np.int8]
    changed: NDArray[np.int16]
    """Transitions of each cell within the last second."""
    at: tuple[NDArray[np.float64], NDArray[np.float64]]
    """When each cell last rose, and fell."""
    field_direction: NDArray[np.int8]
    field_changed: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a picture would make of the count: nothing has happened until the meter is told to `take` it."""

    now: float
    count: Count
    _state: _State
    _cells: _Mask | None
    _fields: _Mask | None

    @property
    def is_change(self) -> bool:
        """Whether the picture itself adds to the count; all else in it was there before."""
        return self._cells is not None


class FlashMeter:
    """Counts the transitions of the pictures that it takes. Times are monotonic seconds."""

    def __init__(self, thresholds: Thresholds | None = None) -> None:
        self.thresholds = thresholds or Thresholds()
        self.count = Count()
        self._state: _State | None = None
        self._history: deque[tuple[float, _Mask | None, _Mask | None]] = deque()
        self._steps = np.array((self.thresholds.luminance, self.thresholds.red), np.float32)[:, None, None]
        self._enough = max(int(np.ceil(self.thresholds.area * _FIELD[0] * _FIELD[1])), 1)

    def copy(self) -> "FlashMeter":
        """Return a meter that has seen the same and goes on by itself."""
        other = FlashMeter(self.thresholds)
        other.count, other._state, other._history = self.count, self._state, deque(self._history)
        return other

    def show(self, grid: Grid, now: float) -> Count:
        """Take the picture `grid` of `now` and return the count with it."""
        self.take(self.read(grid, now))
        return self.count

    def read(self, grid: Grid, now: float) -> Reading:
        """Return what `grid`, linear RGB of `[ROWS, COLUMNS, 3]`, 0..1, would make of the count at `now`."""
        signals, saturated = self._signals(grid)
        if self._state is None:
            return Reading(now, Count(), _first(signals, saturated), None, None)
        state = self._aged(now)
        rose, fell = self._transitions(state, signals, saturated)
        if not (rose.any() or fell.any()):
            return Reading(now, self._counted(state), state, None, None)
        at_rise, at_fall = (np.where(new, now, before) for new, before in zip((rose, fell), state.at, strict=True))
        state.at = at_rise, at_fall
        cells = rose | fell
        state.changed = state.changed + cells
        fields = self._fields(state, now)
        return Reading(now, self._counted(state), state, cells, fields)

    def take(self, reading: Reading) -> None:
        """Let the picture of `reading`, the newest of this meter, have been shown."""
        self._state, self.count = reading._state, reading.count
        while self._history and self._history[0][0] <= reading.now - self.thresholds.second_s:
            self._history.popleft()
        if reading._cells is not None:
            self._history.append((reading.now, reading._cells, reading._fields))

    def _signals(self, grid: Grid) -> tuple[_Signals, _Mask]:
        # One product of two tables: with sums along an axis of three all of this takes numpy three times as long.
        planes = np.ascontiguousarray((grid.reshape(-1, 3) @ _OF_RGB).T).reshape(3, ROWS, COLUMNS)
        total, red = planes[2], grid[..., 0]
        np.maximum(planes[1], 0.0, out=planes[1])
        saturated = (red >= self.thresholds.saturated * total) & (total > 0.0)
        return planes[:2], saturated

    def _aged(self, now: float) -> _State:
        """Return a copy of the state in which what happened more than a second before `now` is forgotten."""
        state = self._state
        assert state is not None
        changed, field_changed = state.changed, state.field_changed
        for at, cells, fields in self._history:
            if at > now - self.thresholds.second_s:
                break
            changed = changed if cells is None else changed - cells
            field_changed = field_changed if fields is None else field_changed - fields
        return _State(
            state.high,
            state.low,
            state.red_at_high,
            state.red_at_low,
            state.direction,
            changed,
            state.at,
            state.field_direction,
            field_changed,
        )

    def _transitions(self, state: _State, signals: _Signals, saturated: _Mask) -> tuple[_Mask, _Mask]:
        """Return which cells have risen and which have fallen, and move `state` on to `signals`."""
        higher, lower = signals > state.high, signals < state.low
        high, low = np.where(higher, signals, state.high), np.where(lower, signals, state.low)
        red_at_high = np.where(higher[1], saturated, state.red_at_high)
        red_at_low = np.where(lower[1], saturated, state.red_at_low)
        fell = (state.direction >= 0) & (high - signals >= self._steps)
        rose = (state.direction <= 0) & (signals - low >= self._steps)
        fell[0] &= signals[0] < self.thresholds.dark
        rose[0] &= low[0] < self.thresholds.dark
        fell[1] &= red_at_high | saturated
        rose[1] &= red_at_low | saturated
        turned = fell | rose
        state.direction = np.where(rose, np.int8(1), np.where(fell, np.int8(-1), state.direction))
        # After a rise only what is highest counts, after a fall what is lowest: from there the next one is measured.
        state.high = np.where(turned | (state.direction < 0), signals, high)
        state.low = np.where(turned | (state.direction > 0), signals, low)
        state.red_at_high = np.where(turned[1] | (state.direction[1] < 0), saturated, red_at_high)
        state.red_at_low = np.where(turned[1] | (state.direction[1] > 0), saturated, red_at_low)
        return rose, fell

    def _fields(self, state: _State, now: float) -> _Mask:
        """Return the fields in which so many cells changed at once that it is a transition of the field."""
        risen, fallen = (self._have_enough(at >= now - _AT_ONCE_S) for at in state.at)
        up = risen & (state.field_direction <= 0)
        down = fallen & (state.field_direction >= 0) & ~up
        state.field_direction = np.where(up, np.int8(1), np.where(down, np.int8(-1), state.field_direction))
        fields = up | down
        state.field_changed = state.field_changed + fields
        return fields

    def _counted(self, state: _State) -> Count:
        """Return the count of the worst field: of its cells, the least of the quarter that changed most often."""
        counts = [int(state.field_changed[signal].max()) for signal in (0, 1)]
        for signal in (0, 1):
            most = int(state.changed[signal].max())
            while most > counts[signal]:
                if self._have_enough(state.changed[signal] >= most).any():
                    counts[signal] = most
                most -= 1
        return Count(*counts)

    def _have_enough(self, cells: _Mask) -> _Mask:
        """Return which fields, `[..., rows, columns]`, hold enough of `cells`."""
        if np.count_nonzero(cells) < self._enough:  # so few that no field can: almost every picture
            return np.zeros((*cells.shape[:-2], *_FIELDS), np.bool_)
        return _sums(cells) >= self._enough


def _first(signals: _Signals, saturated: _Mask) -> _State:
    fields = (2, *_FIELDS)
    never = np.full(signals.shape, -np.inf)
    return _State(
        high=signals,
        low=signals,
        red_at_high=saturated,
        red_at_low=saturated,
        direction=np.zeros(signals.shape, np.int8),
        changed=np.zeros(signals.shape, np.int16),
        at=(never, never),
        field_direction=np.zeros(fields, np.int8),
        field_changed=np.zeros(fields, np.int16),
    )


def _sums(cells: _Mask) -> NDArray[np.int32]:
    """Return how many of `cells`, `[..., ROWS, COLUMNS]`, are in each field, wherever that lies."""
    summed = np.zeros((*cells.shape[:-2], ROWS + 1, COLUMNS + 1), np.int32)
    summed[..., 1:, 1:] = cells.cumsum(axis=-2, dtype=np.int32).cumsum(axis=-1)
    height, width = _FIELD
    return (
        summed[..., height:, width:]
        - summed[..., :-height, width:]
        - summed[..., height:, :-width]
        + summed[..., :-height, :-width]
    )
