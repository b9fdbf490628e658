"""Claims that were measured: a line of JSON each, which a run that goes on does not measure again."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pydantic

from s2s.evaluate.report.model import Claim, Skipped
from s2s.files.line_file import LineFile

CLAIMS_FILE: Final = "claims.jsonl"
_METHOD: Final = 1
"""Of the measuring: count up when claims come out otherwise of the same, so that old ones are measured again."""

Measured = Sequence[Claim | Skipped]


class _Line(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)

    of: str
    measured: list[Claim | Skipped]


class KeptClaims:
    """`claims.jsonl` in a folder: what each claim came to, by all that it depends on; one process writes it."""

    def __init__(self, folder: Path) -> None:
        """Read what is there; a last line that was being written when a run died is dropped. Raises ValueError."""
        self._file = LineFile(folder / CLAIMS_FILE)
        self._measured = dict(map(self._read, enumerate(self._file.lines, 1)))

    def once(self, depends_on: Sequence[object], measure: Callable[[], Measured]) -> Measured:
        """Return what was measured of things with the same `repr`; else measure it, and keep it on the disk."""
        of = hashlib.sha256(repr((_METHOD, *depends_on)).encode()).hexdigest()[:32]
        if of not in self._measured:
            line = _Line(of=of, measured=list(measure())).model_dump(mode="json")
            self._file.append(json.dumps(line, ensure_ascii=False))
            self._measured[of] = self._read((len(self._file.lines), self._file.lines[-1]))[1]
        return self._measured[of]

    def _read(self, numbered: tuple[int, bytes]) -> tuple[str, Measured]:
        number, line = numbered
        try:
            read = _Line.model_validate_json(line)
        except pydantic.ValidationError as error:
            raise ValueError(f"{self._file.path}, line {number} is no claim: choose an empty folder") from error
        return read.of, read.measured
