"""Evidence made up of arrays, for metrics that need no network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from s2s.data.clip_source import Sound
from s2s.evaluate.metrics.clips import Kind, Picture
from s2s.evaluate.metrics.evidence import Evidence
from s2s.evaluate.metrics.readings import USABLE, Readings


@dataclass(frozen=True)
class MadeUpClips:
    """Clips that are only names."""

    labels: Sequence[str | None]
    recordings: Sequence[str]
    name: str = "made up"
    kind: Kind = "films"
    has_pictures: bool = True
    ids: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", [f"clip-{number}" for number in range(len(self.labels))])

    def sound(self, row: int) -> Sound:
        raise AssertionError("nothing here may be listened to")

    def picture(self, row: int) -> Picture:
        raise AssertionError("nothing here may be looked at")


def evidence_of(
    arrays: Mapping[str, Mapping[str, NDArray[Any]]],
    *,
    labels: Sequence[str | None],
    names: Mapping[str, Sequence[str]] | None = None,
    recordings: Sequence[str] | None = None,
    missing: Mapping[str, str] | None = None,
) -> Evidence:
    """Return evidence of the sets in `arrays`, each with a row, or several, for every label."""
    readings = {}
    for of, read in arrays.items():
        count = len(next(iter(read.values())))
        whole: dict[str, NDArray[Any]] = {name: values.astype(np.float32) for name, values in read.items()}
        readings[of] = Readings(of, count // len(labels), {**whole, USABLE: np.ones(count, np.uint8)})
    clips = MadeUpClips(labels, recordings or [f"film-{number}" for number in range(len(labels))])
    return Evidence(clips, readings, names or {}, missing=missing or {})
