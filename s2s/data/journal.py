"""What is done and stays done: one line per film, one file per rank. Whoever starts again reads all of them.

A line is on the disk before its fragment is removed and after its clips are in a shard; so the shards may hold more
than the journal says, never less, and what they hold more is cut off.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from s2s.data.outcome import Outcome


class Journal:
    """One rank's file of outcomes, held for itself alone while it is open."""

    def __init__(self, folder: Path, rank: int) -> None:
        """Open it. Raises ValueError where another process has it open, OSError where it cannot be written."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = (folder / f"rank-{rank:03d}.jsonl").open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise ValueError(f"{folder.parent} is being written by another `prepare`; wait for it") from error
        except OSError:
            pass  # a network disk without locks; two at once are then up to the user
        self._cut_torn_line()

    def append(self, outcome: Outcome) -> None:
        """Note one outcome; when this returns it survives the machine."""
        self._file.write(outcome.text().encode())
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _cut_torn_line(self) -> None:
        """Drop a last line that was being written when the process died."""
        self._file.seek(0)
        whole = sum(len(line) for line in self._file if line.endswith(b"\n"))
        self._file.truncate(whole)


def read_journals(folder: Path) -> Iterator[Outcome]:
    """Yield what all ranks have noted; a film that was skipped once may be there again. Raises ValueError."""
    for path in sorted(folder.glob("rank-*.jsonl")):
        for number, line in enumerate(whole_lines(path), 1):
            try:
                yield Outcome.read(json.loads(line))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path}, line {number} is not whole: {error}; prepare into another folder") from error


def whole_lines(path: Path, start: int = 0) -> Iterator[bytes]:
    """Yield the lines of one rank from a place on; a last one that is still being written is left out."""
    with path.open("rb") as lines:
        lines.seek(start)
        yield from (line for line in lines if line.endswith(b"\n"))


def is_free(folder: Path, rank: int) -> bool:
    """Whether no process has that rank's journal open."""
    path = folder / f"rank-{rank:03d}.jsonl"
    if not path.exists():
        return True
    try:
        Journal(folder, rank).close()
    except ValueError:
        return False
    return True
