"""A report as data: metrics, tables, figures and claims about one model, with JSON in and out. Pure but for its file.

Whatever may differ between two equal runs (times, versions, the machine) stands in `made` alone.
"""

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, Final, Literal, Self

import numpy as np
import pydantic

from s2s.files.atomic_write import write_text
from s2s.files.document import Bounds, DocumentError, parse_json
from s2s.files.quote import one_line, quoted

REPORT: Final = "report.json"
FORMAT: Final = 1
_BOUNDS: Final = Bounds(bytes=32 * 1024**2, values=1_000_000)

Better = Literal["up", "down", ""]
"""Which way a column is better; empty where neither is."""


class _Part:
    """How a part is read: unknown keys, numbers written as text and numbers that are none are errors."""

    __slots__ = ()
    __pydantic_config__: ClassVar = pydantic.ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Value(_Part):
    """A number, the bounds of its 95 % interval, and how many clips are behind it; None where there is none."""

    value: float
    low: float | None = None
    high: float | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Metric(_Part):
    """One number about `of`, such as "default model"; `options` are what it was measured with."""

    name: str
    of: str
    value: Value
    unit: str
    options: Mapping[str, Any]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column(_Part):
    """A column of a table; rows have its number under `key`."""

    key: str
    label: str
    unit: str
    better: Better


@dataclass(frozen=True, slots=True)
class Row(_Part):
    """A row of a table; `published` are the paper's numbers by column, empty where it has none."""

    label: str
    cells: Mapping[str, Value | None]
    published: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Table(_Part):
    """A table named "table-1"; `source` is where the paper has it, "Table 1 (a)", `note` e.g. "another corpus"."""

    name: str
    title: str
    source: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure(_Part):
    """A picture, and the sounds that belong to it: names of files beside the report."""

    name: str
    title: str
    source: str
    file: str
    caption: str
    sounds: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Claim(_Part):
    """What the paper says a model does. `asked` tells in words what would be true of one that does it.

    `chance` is the value of one that does not; `holds` is None where the numbers cannot tell.
    """

    name: str
    claim: str
    asked: str
    value: Value
    chance: float | None
    holds: bool | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Skipped(_Part):
    """What was not measured, and why not."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Report(_Part):
    """All that was measured of a model; see the module."""

    format: int
    made: Mapping[str, Any]
    model: Mapping[str, Any]
    data: Mapping[str, Any]
    metrics: Sequence[Metric]
    tables: Sequence[Table]
    figures: Sequence[Figure]
    claims: Sequence[Claim]
    skipped: Sequence[Skipped]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, as `report.json` has it."""
        return {field.name: _plain(getattr(self, field.name)) for field in dataclasses.fields(self)}

    @classmethod
    def from_dict(cls, plain: object) -> Self:
        """Return the report that `as_dict` made `plain` of. Raises ValueError: key, expected, got."""
        _check_format(plain)
        for key, value in _not_plain(plain):
            raise ValueError(f"{key}: expected text, a finite number or plain data, got {quoted(value)}")
        try:
            report = pydantic.TypeAdapter(cls).validate_json(json.dumps(plain, allow_nan=False))
        except pydantic.ValidationError as error:
            raise ValueError(_in_words(error)) from error
        for fault in _faults(report):
            raise ValueError(fault)
        return report


def read_report(folder_or_file: Path) -> Report:
    """Read `report.json`, named itself or by its folder. Raises ValueError in one line that begins with the path."""
    path = folder_or_file / REPORT if folder_or_file.is_dir() else folder_or_file
    try:
        return Report.from_dict(parse_json(path.read_bytes(), _BOUNDS))
    except OSError as error:
        raise ValueError(
            f"{path}: cannot be read: {error.strerror}; expected a report that `evaluate` wrote"
        ) from error
    except DocumentError as error:
        raise ValueError(f"{path}: {error}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def write_report(folder: Path, report: Report) -> None:
    """Write `report.json` into `folder`, whole or not at all. Raises ValueError for what could not be read again."""
    plain = report.as_dict()
    Report.from_dict(plain)
    write_text(folder / REPORT, json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _plain(value: object) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def _check_format(plain: object) -> None:
    written = plain.get("format", FORMAT) if isinstance(plain, dict) else FORMAT
    if type(written) is not int or written != FORMAT:
        cure = "read it with the version that wrote it, or evaluate anew"
        raise ValueError(f"format: expected {FORMAT}, got {quoted(written)}; {cure}")


def _not_plain(plain: object, key: str = "report") -> Iterator[tuple[str, object]]:
    """Yield what JSON has no way to write, with the keys that lead to it."""
    if isinstance(plain, dict | list):
        for name, item in plain.items() if isinstance(plain, dict) else enumerate(plain):
            yield from _not_plain(item, str(name) if key == "report" else f"{key}.{name}")
    elif not (plain is None or isinstance(plain, str | int) or (isinstance(plain, float) and math.isfinite(plain))):
        yield key, plain


def _in_words(error: pydantic.ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    key = one_line(".".join(str(part) for part in first["loc"]) or "report")
    if first["type"] == "missing":
        return f"{key}: missing"
    if first["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"{key}: unknown key"
    return f"{key}: {first['msg'][0].lower()}{first['msg'][1:]}, got {quoted(first['input'])}"


def _faults(report: Report) -> Iterator[str]:
    """Yield what types cannot say: figures lie beside the report, rows have numbers of their table's columns alone."""
    for number, figure in enumerate(report.figures):
        for file in (figure.file, *figure.sounds):
            if PurePosixPath(file).name != file or "\\" in file:
                yield f"figures.{number}: expected the name of a file beside the report, got {quoted(file)}"
    for number, table in enumerate(report.tables):
        keys = {column.key for column in table.columns}
        for row in table.rows:
            for stray in sorted({*row.cells, *row.published} - keys):
                yield f"tables.{number}: row {quoted(row.label)} has {quoted(stray)}, which is no column of the table"
