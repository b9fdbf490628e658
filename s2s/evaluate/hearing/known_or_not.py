"""How well a score tells unknown sounds from known ones: the ROC, its area, and what is recognised at 5 %. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from s2s.evaluate.hearing.intervals import Share, recording_weights, share_by_recording

FALSE_ALARMS: Final = 0.05
"""The share of known sounds that may be called unknown."""
_DRAWS: Final = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Scores [n], higher for what is better known, and the recording that each sound is of."""

    values: NDArray[np.float64]
    recordings: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Roc:
    """An alarm is a sound called unknown: `false_alarms` [k] among known sounds and `recognised` [k] among unknown.

    `area` with its 95 % interval is how often an unknown sound scores below a known one; `at_few` is what is recognised
    at `FALSE_ALARMS`.
    """

    false_alarms: NDArray[np.float64]
    recognised: NDArray[np.float64]
    area: float
    low: float
    high: float
    at_few: Share

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, without the curve."""
        area = {"area": self.area, "low": self.low, "high": self.high}
        return {
            **{name: round(value, 4) for name, value in area.items()},
            "recognised at 5 % false alarms": self.at_few.as_dict(),
        }


def roc(known: Scores, unknown: Scores, seed: int = 0) -> Roc:
    """Return how well a score parts `known` from `unknown`; the interval draws recordings anew, of both.

    Ties count half. Raises ValueError where one of them is empty.
    """
    if not len(known.values) or not len(unknown.values):
        raise ValueError("a ROC needs known sounds and unknown ones")
    thresholds = np.unique(np.concatenate([known.values, unknown.values, [np.inf]]))
    alarms = [np.searchsorted(np.sort(one.values), thresholds) / len(one.values) for one in (known, unknown)]
    area, low, high = _area(known, unknown, seed)
    least = np.quantile(known.values, FALSE_ALARMS)
    at_few = share_by_recording(unknown.values < least, unknown.recordings)
    return Roc(alarms[0], alarms[1], area, low, high, at_few)


def _area(known: Scores, unknown: Scores, seed: int) -> tuple[float, float, float]:
    above = known.values[:, None] > unknown.values
    wins = above + 0.5 * (known.values[:, None] == unknown.values)  # [known, unknown]
    rng = np.random.default_rng(seed)
    of_known = recording_weights(known.recordings, _DRAWS, rng)
    of_unknown = recording_weights(unknown.recordings, _DRAWS, rng)
    sums = ((of_known @ wins) * of_unknown).sum(axis=1)
    areas = sums / (of_known.sum(axis=1) * of_unknown.sum(axis=1))
    low, high = np.quantile(areas, (0.025, 0.975))
    return float(wins.mean()), float(low), float(high)
