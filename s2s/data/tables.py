"""The rows of a CSV file as people have it: with a BOM or without, ended by LF, CRLF or CR.

Errors name the file and the line.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple


class TableRow(NamedTuple):
    """One row that is not blank: where it stands, for errors, and its columns without the blanks around them."""

    file: Path
    line: int
    columns: list[str]

    def wrong(self, expected: str) -> ValueError:
        """Return the error that names the file, the line, what was expected and what is there."""
        found = ",".join(self.columns)
        shown = found if len(found) <= 100 else f"{found[:100]}…"
        return ValueError(f"{self.file}, line {self.line}: expected {expected}, got {shown!r}")


def read_rows(path: Path | str) -> Iterator[TableRow]:
    """Yield the rows. Raises ValueError for what is no text or no CSV, OSError for a file that cannot be read."""
    file = Path(path)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, strict=True, skipinitialspace=True)
        while (columns := _next(file, reader)) is not None:
            if any(columns := [column.strip() for column in columns]):
                yield TableRow(file, reader.line_num, columns)


def _next(file: Path, reader: Any) -> list[str] | None:
    try:
        row: list[str] | None = next(reader, None)
    except csv.Error as error:
        raise ValueError(f"{file}, line {reader.line_num}: cannot be read as CSV: {error}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is no text in UTF-8; expected a CSV file") from error
    return row
