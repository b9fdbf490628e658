"""Table 1 (a): a model that is given pictures (A), sounds (B), a retrieval by sounds (C), and real pictures (D)."""

from collections.abc import Mapping
from typing import Final

from s2s.evaluate.metrics.evidence import Evidence
from s2s.evaluate.metrics.judges import CLASS_LOGITS, THING_LOGITS
from s2s.evaluate.metrics.picture_sets import FROM_PICTURES, FROM_SOUNDS, REAL, RETRIEVED
from s2s.evaluate.paper.published import TABLE_1, corpus_of
from s2s.evaluate.report.model import Column, Row, Table, Value

Numbers = Mapping[tuple[str, str], Value]
"""What was measured, by the metric's name and the set of pictures."""

_ROWS: Final = (
    ("A", "A: from pictures, as IC-GAN (f_V, G)", FROM_PICTURES),
    ("B", "B: from sounds (f_A, G)", FROM_SOUNDS),
    ("C", "C: retrieved by sounds (f_A, memory)", RETRIEVED),
    ("D", "D: upper bound, real pictures", REAL),
)
_BY: Final = {
    "clip": ("clip", "R@k by CLIP ViT-B/32, as published"),
    CLASS_LOGITS: ("class", "R@k by the corpus's own classifier, where the paper has CLIP"),
    THING_LOGITS: ("thing", "R@k by a judge that needs the thing, where the paper has CLIP"),
}
_COLUMNS: Final[tuple[Column, ...]] = (
    Column("r1", "R@1", "share", "up"),
    Column("r5", "R@5", "share", "up"),
    Column("fid", "FID", "", "down"),
    Column("is", "IS", "", "up"),
)
_THING: Final = Column("thing_r1", "thing R@1", "share", "up")


def table_1(evidence: Evidence, numbers: Numbers, memory: str) -> Table:
    """Return the table; `memory` says in words how large that of C is."""
    begins, by = _BY[evidence.ranking]
    names = {"r1": f"{begins}_r1", "r5": f"{begins}_r5", "fid": "fid", "is": "inception_score"}
    columns = _COLUMNS
    if evidence.ranking != THING_LOGITS and THING_LOGITS in evidence.names:
        names, columns = {**names, _THING.key: "thing_r1"}, (*_COLUMNS, _THING)
    corpus, said = corpus_of(evidence.clips.labels)
    published = TABLE_1[corpus]
    rows = [
        Row(label, {key: numbers.get((metric, of)) for key, metric in names.items()}, published[letter])
        for letter, label, of in _ROWS
    ]
    note = "; ".join(part for part in (by, said, memory) if part)
    return Table("table-1", "Comparison to baselines", "Table 1 (a)", columns, rows, note)
