"""Which classes a picture can be made of (appendix B): R@1 of what is painted, class by class, and those above a bound.

The paper trains on all classes of VGGSound and keeps the 50 that are recognised best; the list that comes out of here
is one that `prepare --classes` takes.
"""

from pathlib import Path
from typing import Final

import numpy as np

from s2s.evaluate.metrics.evidence import Evidence
from s2s.evaluate.metrics.picture_sets import FROM_SOUNDS
from s2s.evaluate.metrics.recall import hits_of
from s2s.evaluate.paper.five_classes import share_of
from s2s.evaluate.report.model import Column, Row, Table
from s2s.files.atomic_write import write_text

SUITABLE: Final = "suitable-classes.txt"
LEAST: Final = 0.3
"""R@1 from which a class is suggested; the paper names no number."""
_COLUMNS: Final = (Column("r1", "R@1", "share", "up"),)


def suitable_classes(evidence: Evidence, least: float = LEAST) -> Table:
    """Return R@1 of every class, the best first. Raises CannotMeasureError."""
    hits = hits_of(evidence, FROM_SOUNDS, evidence.ranking, 1)
    names = evidence.names[evidence.ranking]
    found = {names[number]: share_of(evidence, hits, int(number)) for number in np.unique(hits.targets)}
    best = sorted(found.items(), key=lambda one: (-(one[1].value if one[1] else 0.0), one[0]))
    rows = [Row(name, {"r1": value}, {}) for name, value in best]
    note = f"those of at least {least:g} are in {SUITABLE}, for `prepare --classes`"
    return Table("suitable-classes", "Suitable categories", "Appendix B, Figure S1", _COLUMNS, rows, note)


def write_suitable(folder: Path, table: Table, least: float = LEAST) -> Path:
    """Write the classes of `table` that reach `least`, one a line, the best first."""
    values = ((row.label, row.cells["r1"]) for row in table.rows)
    names = [name for name, value in values if value is not None and value.value >= least]
    path = folder / SUITABLE
    write_text(path, "".join(f"{name}\n" for name in names))
    return path
