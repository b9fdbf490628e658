"""The tables of a report, and all its metrics as tables, on the page. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from s2s.evaluate.report.cells import cell, change, strip
from s2s.evaluate.report.compare import Beside
from s2s.evaluate.report.model import Better, Column, Metric, Report, Row, Table
from s2s.evaluate.report.numbers import Scale, numbers_of, shown_unit
from s2s.evaluate.report.words import words_of
from s2s.media.page import Html, element, table, text

_FEW: Final = 2
"""Columns of tables whose cells have place for all in one line."""
_ARROWS: Final = {"up": ("↑", "higher is better"), "down": ("↓", "lower is better")}


def paper_tables(tables: Sequence[Table], beside: Beside | None) -> Iterator[Html]:
    """Yield every table with its note."""
    for one in tables:
        titled = f"{one.source}. {one.title}" if one.source else one.title
        scales = {column.key: _scale(one, column) for column in one.columns}
        rows = [(row.label, *_cells(one, row, scales, beside)) for row in one.rows]
        body = [table(("", *map(_heading, one.columns)), rows, titled)]
        narrow = " narrow" if len(one.columns) <= _FEW else ""
        body += [element("p", _note(one), class_="note")] if _note(one) else []
        yield element("section", *body, class_=f"table{narrow}", id=one.name)


def metric_tables(report: Report, beside: Beside | None) -> Iterator[Html]:
    """Yield the metrics that were measured of several things, a column each; then the others; then what was noted."""
    of_many = _measured_of_many(report.metrics)
    if of_many:
        yield element("section", _matrix(of_many, beside), class_="table")
    if single := [metric for metric in report.metrics if metric not in of_many]:
        yield element("section", _list(single, beside), class_="table narrow")
    notes: dict[str, list[str]] = {}
    for one in report.metrics:
        notes.setdefault(one.note, []).append(f"{words_of(one.name).label}, {one.of}")
    for note, about in notes.items():
        if note:
            yield element("p", f"{'; '.join(about)}: {note}", class_="note")


def _scale(of: Table, column: Column) -> Scale:
    cells = numbers_of(row.cells.get(column.key) for row in of.rows)
    published = [row.published[column.key] for row in of.rows if column.key in row.published]
    return Scale.of(column.unit, [*cells, *published])


def _cells(of: Table, row: Row, scales: dict[str, Scale], beside: Beside | None) -> Iterator[Html]:
    for column in of.columns:
        scale = scales[column.key]
        pair = beside.cell(of, row.label, column.key) if beside is not None else None
        ours = cell(row.cells.get(column.key), scale, row.published.get(column.key))
        yield text(ours, _drawn(of, row, column, scale), change(pair, scale, column.better))


def _drawn(of: Table, row: Row, column: Column, scale: Scale) -> Html:
    """Return a drawing of a number among those of all rows, where it is the only one of its row."""
    value = row.cells.get(column.key)
    if len(of.columns) > 1 or value is None:
        return Html("")
    return strip(value, scale, None, [one for other in of.rows if (one := other.cells.get(column.key)) is not None])


def _heading(column: Column) -> Html:
    return heading(column.label, column.unit, column.better)


def heading(label: str, unit: str, better: Better) -> Html:
    """Return what heads a column: its name, what it is in, and an arrow that is said in words too."""
    named = text(label, f",\N{NO-BREAK SPACE}{shown_unit(unit)}" if unit else "")
    if not better:
        return named
    sign, words = _ARROWS[better]
    return text(named, "\N{NO-BREAK SPACE}", element("abbr", sign, title=words, aria_label=words))


def _measured_of_many(metrics: Sequence[Metric]) -> list[Metric]:
    """Return the metrics of names that were measured of more than one thing, each thing once."""
    of: dict[str, list[str]] = {}
    for metric in metrics:
        of.setdefault(metric.name, []).append(metric.of)
    return [one for one in metrics if 1 < len(of[one.name]) == len(set(of[one.name]))]


def _matrix(metrics: Sequence[Metric], beside: Beside | None) -> Html:
    things = list(dict.fromkeys(metric.of for metric in metrics))
    by_place = {(metric.name, metric.of): metric for metric in metrics}
    rows = []
    for name in dict.fromkeys(metric.name for metric in metrics):
        own = [by_place.get((name, thing)) for thing in things]
        scale = Scale.of(_unit(own), [one.value.value for one in own if one is not None])
        rows.append((_name(name, _unit(own)), *(_metric_cell(one, scale, beside) for one in own)))
    return table(("", *things), rows, "What was measured of several kinds of pictures")


def _list(metrics: Sequence[Metric], beside: Beside | None) -> Html:
    rows = []
    for one in metrics:
        scale = Scale.of(one.unit, [one.value.value])
        clips = "" if one.value.count is None else one.value.count
        rows.append((_name(one.name, one.unit), one.of, _metric_cell(one, scale, beside), clips))
    return table(("", "of", "number", "clips"), rows, "What was measured of one thing")


def _unit(metrics: Sequence[Metric | None]) -> str:
    return next(one.unit for one in metrics if one is not None)


def _name(name: str, unit: str) -> Html:
    words = words_of(name)
    return heading(words.label, unit, words.better)


def _metric_cell(metric: Metric | None, scale: Scale, beside: Beside | None) -> Html:
    if metric is None:
        return element("span", "–", class_="faint", aria_label="not measured")
    pair = None if beside is None else beside.metric(metric)
    return text(cell(metric.value, scale), change(pair, scale, words_of(metric.name).better))


def _note(one: Table) -> str:
    """Return the note of a table, and how many clips are behind each of its numbers where all have as many."""
    counts = {value.count for row in one.rows for value in row.cells.values() if value is not None}
    clips = f"{counts.copy().pop()} clips behind each number" if len(counts) == 1 and None not in counts else ""
    return "; ".join(part for part in (one.note, clips) if part)
