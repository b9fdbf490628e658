"""Two reports side by side: the same numbers of both, their difference, and whether their intervals part. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from s2s.evaluate.report.model import Claim, Metric, Report, Table, Value
from s2s.evaluate.report.words import in_words, words_of
from s2s.files.quote import one_line

DECIDED: Final = (
    "Two intervals are apart where the whole of one lies above the whole of the other. Both are 95 % intervals, each "
    "by itself, so this asks for more than a test of the difference at 5 % would: where they are apart, chance is a "
    "poor explanation; where they overlap, nothing is shown, neither a difference nor that there is none."
)
_ABSENT: Final = object()
_OWN: Final = frozenset({"model", "data", "out", "against", "seed"})
"""Options that two reports differ in by nature, and those that are told of elsewhere."""


@dataclass(frozen=True, slots=True)
class Change:
    """A number of this report and of the other one."""

    ours: Value
    other: Value

    @property
    def difference(self) -> float:
        """How much ours is more."""
        return self.ours.value - self.other.value

    @property
    def parts(self) -> bool | None:
        """Whether the intervals part; None where one of them has none."""
        ours, other = self.ours, self.other
        if ours.low is None or ours.high is None or other.low is None or other.high is None:
            return None
        return ours.low > other.high or other.low > ours.high


@dataclass(frozen=True, slots=True)
class Beside:
    """The numbers of another report, found by what they are of. `name` is what it is called here."""

    name: str
    report: Report

    def metric(self, ours: Metric) -> Change | None:
        """Return the same metric of the same thing in the same unit, of both."""
        for other in self.report.metrics:
            if (other.name, other.of, other.unit) == (ours.name, ours.of, ours.unit):
                return Change(ours.value, other.value)
        return None

    def cell(self, table: Table, row: str, key: str) -> Change | None:
        """Return the cell of the same table, row and column in the same unit, of both."""
        column = next(column for column in table.columns if column.key == key)
        ours = _cell(table, row, key)
        for other in (one for one in self.report.tables if one.name == table.name):
            theirs = _cell(other, row, key)
            alike = any((one.key, one.unit) == (column.key, column.unit) for one in other.columns)
            if alike and ours is not None and theirs is not None:
                return Change(ours, theirs)
        return None

    def claim(self, ours: Claim) -> Claim | None:
        """Return what the other report says to the same claim."""
        return next((other for other in self.report.claims if other.name == ours.name), None)


def changes(report: Report, beside: Beside) -> Iterator[tuple[str, Change]]:
    """Yield every number that both reports have, under a name."""
    for metric in report.metrics:
        if (change := beside.metric(metric)) is not None:
            yield f"{words_of(metric.name).label}, {metric.of}", change
    for table in report.tables:
        for row in table.rows:
            for column in table.columns:
                if (change := beside.cell(table, row.label, column.key)) is not None:
                    yield f"{table.source}: {row.label}, {column.label}", change
    for claim in report.claims:
        if (other := beside.claim(claim)) is not None:
            yield claim.claim, Change(claim.value, other.value)


def other_conditions(report: Report, other: Report) -> list[str]:
    """Return what was not the same when both were measured: data, seed, options; each in words."""
    said = [f"data, {words}" for words in _differing(report.data, other.data)]
    said += _differing(_only(report.made, "seed"), _only(other.made, "seed"))
    options, others = (_options(one.made) for one in (report, other))
    said += [f"option {words}" for words in _differing(options, others)]
    return said + [
        f"{words_of(metric.name).label}, {metric.of}, {words}"
        for metric in report.metrics
        for words in _other_options(metric, other)
    ]


def only_there(report: Report, other: Report) -> list[str]:
    """Return what the other report has and this one has not."""
    metrics = {(one.name, one.of) for one in report.metrics}
    tables, claims = {one.name for one in report.tables}, {one.name for one in report.claims}
    return [
        *(f"{words_of(one.name).label}, {one.of}" for one in other.metrics if (one.name, one.of) not in metrics),
        *(one.source or one.title for one in other.tables if one.name not in tables),
        *(one.claim for one in other.claims if one.name not in claims),
    ]


def _cell(table: Table, row: str, key: str) -> Value | None:
    return next((one.cells.get(key) for one in table.rows if one.label == row), None)


def _other_options(metric: Metric, other: Report) -> list[str]:
    there = [one for one in other.metrics if (one.name, one.of) == (metric.name, metric.of)]
    return _differing(metric.options, there[0].options) if there else []


def _only(made: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return {key: made[key]} if key in made else {}


def _options(made: Mapping[str, Any]) -> Mapping[str, Any]:
    options = made.get("options")
    return {key: value for key, value in options.items() if key not in _OWN} if isinstance(options, Mapping) else {}


def _differing(ours: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Return `clips: 120 here, 300 there` for whatever differs in words; where files lie is no difference."""
    keys = [*ours, *(key for key in other if key not in ours)]
    pairs = {key: (_said(ours.get(key, _ABSENT)), _said(other.get(key, _ABSENT))) for key in keys}
    return [f"{key}: {a} here, {b} there" for key, (a, b) in pairs.items() if a != b]


def _said(value: object) -> str:
    return "not told" if value is _ABSENT else one_line(in_words(value))
