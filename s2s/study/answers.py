"""`answers.jsonl`: who began and what they answered, a line each, on the disk before the browser is told.

A server that is killed loses at most the answer on its way: what it left of a line is no line, and is cut off when the
file is opened again. Nothing about a person is kept: a random number, the choice, and how long it took.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import pydantic

from s2s.files.quote import one_line, quoted
from s2s.study.manifest import ANSWERS, Study

LONGEST_S: Final = 86_400.0
_log = logging.getLogger(__name__)


class _Line(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Head(_Line):
    """The first line: which study the answers belong to."""

    event: Literal["study"] = "study"
    format: Literal[1] = 1
    study: str


class Begun(_Line):
    """Somebody agreed to take part; `place`, from 0, is theirs in the plan that balances positions."""

    event: Literal["begun"] = "begun"
    participant: str
    place: int = pydantic.Field(ge=0)


class Answer(_Line):
    """`chosen` are the numbers of the pictures that were, `shown` those of all pictures by position."""

    event: Literal["answer"] = "answer"
    participant: str
    question: str
    shown: tuple[int, ...]
    chosen: tuple[int, ...]
    seconds: float = pydantic.Field(ge=0, le=LONGEST_S, allow_inf_nan=False)


Event = Begun | Answer
_LINE: Final = pydantic.TypeAdapter[Head | Begun | Answer](
    Annotated[Head | Begun | Answer, pydantic.Field(discriminator="event")]
)


def read_answers(folder: Path, study: Study) -> list[Event]:
    """Return what `answers.jsonl` holds of `study`, in order; nothing where nobody has begun.

    The rest of a line that was being written when the machine stopped is left out. Raises ValueError that names the
    line for one that is damaged, and for answers to another study.
    """
    path = folder / ANSWERS
    if not path.exists():
        return []
    return list(_events(path, _whole_lines(path.read_bytes()), study))


def _whole_lines(data: bytes) -> list[bytes]:
    """Return the lines that end: what lies behind the last end was never answered for."""
    return data.split(b"\n")[:-1]


def _events(path: Path, lines: list[bytes], study: Study) -> Iterator[Event]:
    for number, line in enumerate(lines, 1):
        try:
            event = _LINE.validate_json(line)
        except pydantic.ValidationError as error:
            words = one_line(error.errors(include_url=False)[0]["msg"], 120)
            raise ValueError(f"{path}, line {number} is damaged ({words}): {quoted(line)}") from error
        if (number == 1) != isinstance(event, Head):
            raise ValueError(f"{path}, line {number}: expected the study's own line first, and there alone")
        if not isinstance(event, Head):
            yield event
        elif event.study != study.mark:
            raise ValueError(f"{path} holds answers to another study: each study is a folder of its own")


class AnswerLog:
    """The file, open for one server. `append` returns when the disk has the line; callers take turns."""

    def __init__(self, file: int) -> None:
        self._file = file

    @classmethod
    def open(cls, folder: Path, study: Study) -> tuple[Self, list[Event]]:
        """Open the answers to `study` to go on with, and return what they hold.

        Raises ValueError where another server has them open, and as `read_answers`.
        """
        path = folder / ANSWERS
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            log = cls(file)
            return log, log._resume(path, study)
        except BlockingIOError as error:
            os.close(file)
            raise ValueError(f"{folder} is being served already: stop that server, or use its page") from error
        except BaseException:
            os.close(file)
            raise

    def append(self, event: Head | Begun | Answer) -> None:
        """Write a line and wait until the disk has it. Raises OSError; then the line is not there."""
        line = event.model_dump_json().encode() + b"\n"
        before = os.lseek(self._file, 0, os.SEEK_END)
        try:
            written = 0
            while written < len(line):
                written += os.write(self._file, line[written:])
            os.fsync(self._file)
        except OSError:
            os.ftruncate(self._file, before)  # a full disk must not leave half a line before the next one
            raise

    def close(self) -> None:
        """Give the file to whoever opens it next."""
        os.close(self._file)

    def _resume(self, path: Path, study: Study) -> list[Event]:
        data = path.read_bytes()
        if torn := len(data) - (data.rfind(b"\n") + 1):
            _log.warning("%s: its last line was never finished; %d bytes are cut off", path, torn)
            os.ftruncate(self._file, len(data) - torn)
        events = list(_events(path, _whole_lines(data), study))
        if not data.partition(b"\n")[1]:
            self.append(Head(study=study.mark))
            os.fsync(self._file)
            _sync_folder(path.parent)
        return events


def _sync_folder(folder: Path) -> None:
    """Have the disk know the file's name as well."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
