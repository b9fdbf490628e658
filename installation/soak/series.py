"""Figures over time. Pure: a value each, in stretches that begin anew with each start of the process they are of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_WINDOWS: Final = 200
"""A series is reduced to so many medians at most: pairs grow with the square."""
_SHORTEST_WINDOW_S: Final = 10.0


@dataclass(slots=True)
class Series:
    """One figure: its values at `t_s` seconds of the run, and the stretch to which each belongs."""

    name: str
    unit: str
    t_s: list[float] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    stretch: list[int] = field(default_factory=list)

    def add(self, t_s: float, value: float | None, stretch: int = 0) -> None:
        """Note one value; None is none."""
        if value is not None and np.isfinite(value):
            self.t_s.append(round(t_s, 2))
            self.value.append(float(value))
            self.stretch.append(stretch)

    def after_warm_up(self, run_s: float, stretch_s: float) -> Self:
        """Return the series without the first `run_s` seconds of the run and the first `stretch_s` of each stretch."""
        begun: dict[int, float] = {}
        for t_s, stretch in zip(self.t_s, self.stretch, strict=True):
            begun.setdefault(stretch, t_s)
        kept = [i for i, t_s in enumerate(self.t_s) if t_s >= max(run_s, begun[self.stretch[i]] + stretch_s)]
        return self._only(kept)

    def medians(self) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """Return times in hours, values and stretches, each a median of a window of the same stretch."""
        if not self.t_s:
            return np.zeros(0), np.zeros(0), np.zeros(0, np.int64)
        width_s = max((self.t_s[-1] - self.t_s[0]) / _WINDOWS, _SHORTEST_WINDOW_S)
        windows: dict[tuple[int, int], list[int]] = {}
        for index, (t_s, stretch) in enumerate(zip(self.t_s, self.stretch, strict=True)):
            windows.setdefault((stretch, int(t_s // width_s)), []).append(index)
        groups = list(windows.items())
        hours = np.array([np.median([self.t_s[i] for i in group]) for _, group in groups]) / 3600.0
        values = np.array([np.median([self.value[i] for i in group]) for _, group in groups])
        return hours, values, np.array([stretch for (stretch, _), _ in groups])

    def lines(self) -> Iterable[list[tuple[float, float]]]:
        """Yield the points of each stretch, for a plot."""
        for stretch in dict.fromkeys(self.stretch):
            yield [(t, v) for t, v, s in zip(self.t_s, self.value, self.stretch, strict=True) if s == stretch]

    def as_document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        cuts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(self.stretch)) if a != b)]
        values = [round(value, 3) for value in self.value]
        return {"name": self.name, "unit": self.unit, "t_s": self.t_s, "value": values, "begins_at": cuts}

    def _only(self, kept: list[int]) -> Self:
        return type(self)(
            self.name,
            self.unit,
            [self.t_s[i] for i in kept],
            [self.value[i] for i in kept],
            [self.stretch[i] for i in kept],
        )
