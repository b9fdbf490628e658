"""The five classes of section 4.3, with which the paper stands beside S2I: R@1 among those five alone.

The paper trains on them anew; here the model stays as it is, and its pictures are told apart among the five. Of those
that the data do not have the table says so.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from s2s.evaluate.metrics import intervals
from s2s.evaluate.metrics.evidence import CannotMeasureError, Evidence
from s2s.evaluate.metrics.picture_sets import FROM_SOUNDS, REAL
from s2s.evaluate.metrics.recall import Hits, hits_of
from s2s.evaluate.report.model import Column, Row, Table, Value

FIVE: Final[Mapping[str, tuple[str, ...]]] = {
    "Baby cry": ("baby_cry", "baby crying"),
    "Dog": ("dog", "dog barking"),
    "Rail transport": ("rail_transport", "railroad car, train wagon", "train"),
    "Fireworks": ("fireworks",),
    "Water flowing": ("water_flowing", "stream burbling", "stream"),
}
"""Each with what VEGAS, VGGSound and the world call it."""
_SETS: Final = {"sounds": FROM_SOUNDS, "real": REAL}
_COLUMNS: Final = (
    Column("sounds", "R@1, from sounds", "share", "up"),
    Column("real", "R@1, real pictures", "share", "up"),
)


def five_classes(evidence: Evidence) -> Table:
    """Return R@1 of each of the five and of all together. Raises CannotMeasureError for fewer than two of them."""
    names = {title: name for title in FIVE if (name := _called(evidence, title)) is not None}
    if len(names) < 2:
        raise CannotMeasureError(f"the data and the judge share {len(names)} of {', '.join(FIVE)}")
    numbers = [list(evidence.names[evidence.ranking]).index(name) for name in names.values()]
    hits = {key: found for key, of in _SETS.items() if (found := _hits(evidence, of, numbers)) is not None}
    cells = [_cells(evidence, hits, number) for number in numbers]
    rows = [Row(title, few, {}) for title, few in zip(names, cells, strict=True)]
    rows.append(Row("together", _cells(evidence, hits, None), {}))
    missing = [title for title in FIVE if title not in names]
    note = f"{len(names)} candidates, chance {1 / len(names):.2f}; the paper's model was trained on these alone"
    note += f"; not in the data: {', '.join(missing)}" if missing else ""
    return Table("five-classes", "The five classes of S2I", "Section 4.3, Figure 5", _COLUMNS, rows, note)


def _called(evidence: Evidence, title: str) -> str | None:
    known = set(evidence.names.get(evidence.ranking, ())) & {label for label in evidence.clips.labels if label}
    return next((name for name in FIVE[title] if name in known), None)


def _hits(evidence: Evidence, of: str, numbers: list[int]) -> Hits | None:
    try:
        return hits_of(evidence, of, evidence.ranking, 1, np.array(numbers))
    except CannotMeasureError:
        return None


def _cells(evidence: Evidence, hits: Mapping[str, Hits], number: int | None) -> dict[str, Value | None]:
    return {key: None if key not in hits else share_of(evidence, hits[key], number) for key in _SETS}


def share_of(evidence: Evidence, hits: Hits, number: int | None) -> Value | None:
    """Return the share of hits among the pictures of class `number`, of all without one; None where there is none."""
    kept = np.ones(len(hits.right), dtype=bool) if number is None else hits.targets == number
    if not kept.any():
        return None
    clips = hits.clips[kept]
    return intervals.share(hits.right[kept], evidence.recordings(clips), len(np.unique(clips)))
