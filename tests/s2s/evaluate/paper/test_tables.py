"""The paper's tables from evidence that was made up: rows, published numbers, what is said of another corpus."""

from pathlib import Path

import numpy as np
import pytest

from s2s.data.labels import FIGURE_S1, read_labels
from s2s.data.vegas import CLASSES as VEGAS_CLASSES
from s2s.evaluate.metrics.evidence import CannotMeasureError, Evidence
from s2s.evaluate.metrics.judges import CLASS_LOGITS
from s2s.evaluate.metrics.picture_sets import FROM_SOUNDS, REAL
from s2s.evaluate.paper.five_classes import five_classes
from s2s.evaluate.paper.published import TABLE_1, TABLE_2, corpus_of
from s2s.evaluate.paper.suitable import suitable_classes, write_suitable
from s2s.evaluate.paper.table_1 import table_1
from s2s.evaluate.paper.table_2 import table_2
from s2s.evaluate.report.model import Value
from tests.s2s.evaluate.made_up import evidence_of

CLASSES = ("dog", "fireworks", "harp", "train")
LABELS = [name for name in CLASSES for _ in range(4)]
OFTEN = {"dog": 4, "fireworks": 1, "harp": 0, "train": 4}
"""How many of the four pictures of each class the judge names rightly."""


@pytest.fixture
def evidence() -> Evidence:
    logits = np.zeros((16, 4))
    for row, label in enumerate(LABELS):
        number = CLASSES.index(label)
        logits[row, number if row % 4 < OFTEN[label] else (number + 1) % 4] = 1.0
    real = np.eye(4)[[CLASSES.index(label) for label in LABELS]]
    arrays = {FROM_SOUNDS: {CLASS_LOGITS: logits}, REAL: {CLASS_LOGITS: real}}
    return evidence_of(arrays, labels=LABELS, names={CLASS_LOGITS: CLASSES})


def test_table_1_has_four_rows_with_the_papers_numbers_beside(evidence: Evidence) -> None:
    numbers = {("class_r1", FROM_SOUNDS): Value(0.5, 0.4, 0.6, 16), ("fid", FROM_SOUNDS): Value(3.0)}
    table = table_1(evidence, numbers, "C remembers 9 training pictures")
    assert [row.label[0] for row in table.rows] == ["A", "B", "C", "D"]
    ours = table.rows[1]
    assert ours.cells["r1"] == Value(0.5, 0.4, 0.6, 16) and ours.cells["is"] is None
    assert ours.published == {"r1": 0.4071, "r5": 0.7736, "fid": 17.97, "is": 19.46}
    assert "fid" not in table.rows[2].published  # the paper has none of a retrieval
    for words in ("classifier", "another corpus", "9 training pictures"):
        assert words in table.note


def test_the_numbers_beside_are_those_of_the_corpus() -> None:
    assert corpus_of(list(VEGAS_CLASSES)) == ("VEGAS", "the paper's VEGAS")
    assert corpus_of(list(read_labels(FIGURE_S1))) == ("VGGSound", "the paper's 50 classes of VGGSound")
    assert "another corpus" in corpus_of(["dog", "rain"])[1]


def test_published_numbers_keep_the_papers_orders() -> None:
    for corpus in TABLE_1.values():
        assert corpus["A"]["r1"] < corpus["B"]["r1"] < corpus["C"]["r1"] < corpus["D"]["r1"]
    assert max(TABLE_2, key=lambda name: TABLE_2[name]["r1"]) == "L_total, top-1 frame, 10 s"


def test_table_2_is_the_mean_over_seeds_with_students_interval() -> None:
    results = [{"name": "L2", "r1": r1, "r5": 0.5, "fd": 2.0, "seed": seed} for seed, r1 in enumerate((0.1, 0.2, 0.3))]
    table = table_2([*results, {"name": "L_nce", "r1": 0.4, "r5": 0.6, "fd": 1.0, "seed": 0}], ["dog", "rain"])
    found = table.rows[0].cells["r1"]
    assert found is not None and found.low is not None and found.value == pytest.approx(0.2)
    assert found.low == pytest.approx(0.2 - 4.302653 * 0.1 / np.sqrt(3), abs=1e-6)
    assert table.rows[1].cells["r1"] == Value(0.4) and table.rows[1].published["r1"] == 0.3163


def test_suitable_classes_are_sorted_and_those_above_the_bound_are_a_list_to_prepare_with(
    evidence: Evidence, tmp_path: Path
) -> None:
    table = suitable_classes(evidence)
    assert [row.label for row in table.rows] == ["dog", "train", "fireworks", "harp"]
    path = write_suitable(tmp_path, table)
    assert path.name == "suitable-classes.txt" and read_labels(path) == ("dog", "train")


def test_the_five_classes_are_told_apart_among_themselves_alone(evidence: Evidence) -> None:
    table = five_classes(evidence)
    shares = {row.label: cell.value for row in table.rows if (cell := row.cells["sounds"]) is not None}
    # Fireworks that look like a harp are none of the five: of those that are left, the first is taken.
    assert shares["Dog"] == shares["Rail transport"] == 1.0
    assert "not in the data: Baby cry, Water flowing" in table.note
    assert table.rows[-1].label == "together" and all(not row.published for row in table.rows)


def test_fewer_than_two_of_the_five_cannot_be_told_apart() -> None:
    evidence = evidence_of({}, labels=["dog", "harp"], names={CLASS_LOGITS: ("dog", "harp")})
    with pytest.raises(CannotMeasureError, match="share 1 of Baby cry"):
        five_classes(evidence)
