"""`index.jsonl`: one row per clip, with where each of its members lies in its shard. Pure.

The members of a clip follow each other in the tar in a fixed order, `ID.json`, `ID.wav`, then the frames size by size
(`ID.f224.000.jpg` …), each after a header of 512 bytes and padded to a multiple of that; so their lengths say where.
"""

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

from s2s.data.corpus import Split

BLOCK: Final = 512
"""A tar consists of blocks: a header is one, and what follows it is padded to whole ones."""


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One clip: what it is, and where it lies, in bytes. `frame_bytes` are the lengths of its frames by their size."""

    id: str
    split: Split
    label: str | None
    source: str
    start_s: float
    num_samples: int
    num_frames: int
    shard: str
    offset: int
    json_bytes: int
    wav_bytes: int
    frame_bytes: dict[int, "array[int]"]

    @property
    def size(self) -> int:
        """Length of all members with their headers."""
        frames = sum(map(padded, (n for lengths in self.frame_bytes.values() for n in lengths)))
        return padded(self.json_bytes) + padded(self.wav_bytes) + frames

    @property
    def wav_at(self) -> int:
        """Where the WAV file begins in the shard, after its header."""
        return self.offset + padded(self.json_bytes) + BLOCK

    def frame_at(self, px: int, number: int) -> tuple[int, int]:
        """Return where frame `number` of size `px` begins in the shard, and its length. Raises KeyError, IndexError."""
        lengths = self.frame_bytes[px]
        if not 0 <= number < len(lengths):
            raise IndexError(f"{self.id} has frames 0 to {len(lengths) - 1}, not {number}")
        at = self.wav_at + padded(self.wav_bytes) - BLOCK
        for size, others in self.frame_bytes.items():
            if size == px:
                break
            at += sum(map(padded, others))
        return at + sum(map(padded, lengths[:number])) + BLOCK, lengths[number]

    def placed(self, shard: str, offset: int) -> Self:
        """Return the row for the same members in `shard`, moved on by `offset`."""
        return replace(self, shard=shard, offset=self.offset + offset)

    def to_dict(self) -> dict[str, Any]:
        """Return the row as it is written."""
        return {**asdict(self), "frame_bytes": {px: lengths.tolist() for px, lengths in self.frame_bytes.items()}}

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> Self:
        """Return a row that was written. Raises KeyError, TypeError or ValueError for one that is not whole."""
        frames = {int(px): lengths_of(lengths) for px, lengths in fields["frame_bytes"].items()}
        return cls(**{**fields, "frame_bytes": frames})


def lengths_of(lengths: Iterable[int]) -> "array[int]":
    """Return lengths of files in four bytes each: two hundred a clip, and a corpus has two hundred thousand clips."""
    return array("I", lengths)


def padded(length: int) -> int:
    """Return what a member of `length` bytes takes in a tar, its header and its padding with it."""
    return BLOCK + -(-length // BLOCK) * BLOCK


def index_text(rows: Sequence[IndexRow]) -> str:
    """Return the whole file."""
    return "".join(json.dumps(row.to_dict(), separators=(",", ":")) + "\n" for row in rows)


def read_index(path: Path) -> Iterator[IndexRow]:
    """Yield the rows of a file. Raises ValueError with the line of one that is not whole, OSError."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield IndexRow.read(json.loads(line))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path}, line {number} is not whole: {error}") from error
