"""All that metrics are computed from: clips, and what judges read of every set of pictures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from s2s.evaluate.metrics.clip_text import PROMPTS
from s2s.evaluate.metrics.clips import Clips
from s2s.evaluate.metrics.judges import CLASS_FEATURES, CLASS_LOGITS, SEEN, THING_LOGITS
from s2s.evaluate.metrics.readings import Readings
from s2s.evaluate.report.model import Value

UNKNOWN: Final = -1


class CannotMeasureError(Exception):
    """What a metric needs is not there; the message says what, in a line."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its interval, and what has to be said of it."""

    value: Value
    note: str = ""


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """A metric as it is registered: its name and unit, the sets of pictures (or films) that it is measured of, its
    options, a dataclass, and how it is computed. `measure` raises CannotMeasureError.
    """

    name: str
    unit: str
    of: tuple[str, ...]
    options: Any
    measure: Callable[["Evidence", str, Any], Measured]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """`names` are the classes behind the logits of each judge, by array; `shapes` the height and width of each set's
    pictures; `missing` says why a set, or a judge's array, is not there.
    """

    clips: Clips
    readings: Mapping[str, Readings]
    names: Mapping[str, Sequence[str]]
    shapes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str, *arrays: str) -> Readings:
        """Return what was read of a set of pictures, by the judges that fill `arrays`. Raises CannotMeasureError."""
        if name not in self.readings:
            raise CannotMeasureError(self.missing.get(name, f"there are no {name}"))
        for array in arrays:
            if array not in self.readings[name]:
                raise CannotMeasureError(self.missing.get(array, f"nothing read {array}"))
        return self.readings[name]

    def targets(self, readings: Readings, array: str) -> NDArray[np.int64]:
        """Return the number of each row's class among the names of a judge, -1 where it knows no such class.

        Raises CannotMeasureError where the judge knows none of them, or its names are not known.
        """
        if array not in self.names:
            raise CannotMeasureError(self.missing.get(f"{array}-names", "nobody knows what its classes are called"))
        numbers = {name: number for number, name in enumerate(self.names[array])}
        labels = np.array([numbers.get(label, UNKNOWN) if label else UNKNOWN for label in self.clips.labels])
        targets: NDArray[np.int64] = labels[readings.clips]
        if not (targets != UNKNOWN).any():
            raise CannotMeasureError("no clip has a class that the judge knows")
        return targets

    def recordings(self, clips: NDArray[np.int64]) -> list[str]:
        """Return what each of `clips` was cut from."""
        return [self.clips.recordings[clip] for clip in clips]

    @property
    def features(self) -> str:
        """The array of features that pictures are compared in: the corpus's classifier's, else f_V's."""
        return CLASS_FEATURES if CLASS_LOGITS not in self.missing else SEEN

    @property
    def ranking(self) -> str:
        """The array of logits by which R@k is told first: CLIP's as in the paper, else the best there is."""
        known = [array for array in (next(iter(PROMPTS)), CLASS_LOGITS, THING_LOGITS) if array in self.names]
        return known[0] if known else CLASS_LOGITS
