"""Table 1 (b) of the paper: what people chose, with the published numbers beside."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from s2s.evaluate.report.model import Column, Row, Table, Value
from s2s.study.manifest import Question, Study
from s2s.study.plan import EXPERIMENTS
from s2s.study.scoring import Scores, Share

PUBLISHED: Final[Mapping[str, Mapping[str, float]]] = {
    "ours": {"recall": 0.8029, "precision": 0.838},
    "baseline": {"recall": 0.751},
}
"""Shares of one, of 70 participants: the bars of table 1 (b), and section 4.3."""
_COLUMNS: Final = (
    Column("recall", "(i) recall", "share", "up"),
    Column("others", "(i) chosen of other categories", "share", "down"),
    Column("precision", "(ii) precision", "share", "up"),
    Column("false", "(ii) another sound's picture", "share", "down"),
    Column("none", "(ii) none of them", "share", ""),
)


def study_table(study: Study, scores: Scores) -> Table:
    """Return the table: a row for each method, shares of one, counts of answers."""
    shares, models = scores.shares, study.models
    ours = {
        "recall": shares["recall, ours"],
        "others": shares["chosen of others, ours"],
        "precision": shares["precision"],
        "false": shares["false"],
        "none": shares["none"],
    }
    baseline = {"recall": shares["recall, baseline"], "others": shares["chosen of others, baseline"]}
    by_picture = models["baseline"]["conditioned on"] == "pictures"
    other = models["baseline"]
    label = "ICGAN, image-conditioned" if by_picture else f"{other['name']} {other['version']}"
    rows = (
        Row("Ours", _cells(ours), PUBLISHED["ours"]),
        Row(label, _cells(baseline), PUBLISHED["baseline"] if by_picture else {}),
    )
    return Table("table-1b", "User study", "Table 1 (b)", _COLUMNS, rows, _note(study, scores))


def lines(table: Table) -> list[str]:
    """Return the table as lines of text, a number a line, the paper's beside it."""
    found = []
    for row in table.rows:
        for column in table.columns:
            cell = row.cells.get(column.key)
            if cell is None:
                continue
            bounds = "" if cell.low is None else f" ({cell.low:.1%} to {cell.high:.1%})"
            paper = f", the paper's {row.published[column.key]:.1%}" if column.key in row.published else ""
            found.append(f"{row.label}, {column.label}: {cell.value:.1%}{bounds}{paper}")
    return found


def _cells(shares: Mapping[str, Share | None]) -> dict[str, Value | None]:
    return {key: _value(shares.get(key)) for key in (column.key for column in _COLUMNS)}


def _value(share: Share | None) -> Value | None:
    if share is None:
        return None
    low, high = (None if bound is None else round(bound, 4) for bound in (share.low, share.high))
    return Value(round(share.value, 4), low, high, share.answers)


def _note(study: Study, scores: Scores) -> str:
    difference = scores.shares["recall, difference"]
    words = f"Heard: {study.data['name']}; the paper's numbers are of VGGSound and 70 participants. "
    words += f"Of the participants {scores.participants_in_words()}."
    if difference is None:
        return words
    words += f" Recall of ours less the other's: {100 * difference.value:+.1f} points"
    if difference.low is None or difference.high is None:
        return words + "; one participant bounds nothing."
    return words + f" ({100 * difference.low:+.1f} to {100 * difference.high:+.1f}, 95 %, drawn anew by participant)."


def as_document(study: Study, scores: Scores, table: Table) -> dict[str, Any]:
    """Return all that `study score` writes: the table, every share, and how often each picture was chosen."""
    return {
        "format": 1,
        "study": study.mark,
        "models": {name: dict(told) for name, told in study.models.items()},
        "data": dict(study.data),
        "participants": {"begun": scores.begun, "finished": scores.finished, "counted": scores.counted},
        "answers": scores.answers,
        "median seconds an answer": round(scores.median_seconds, 1),
        "shares": {name: share and share.as_dict() for name, share in scores.shares.items()},
        "table": asdict(table),
        "questions": [
            _told(question, scores.chosen[question.id])
            for experiment in EXPERIMENTS
            for question in study.questions[experiment]
            if question.id in scores.chosen
        ],
    }


def _told(question: Question, chosen: Sequence[float]) -> dict[str, Any]:
    """Return a question with how often each of its pictures was chosen, as figure S10 shows it."""
    pictures = [
        {"file": one.file, "method": one.method, "category": one.label, "right": one.right, "chosen": share}
        for one, share in zip(question.pictures, chosen, strict=True)
    ]
    return {"id": question.id, "sound": question.sound, "category": question.label, "pictures": pictures}
