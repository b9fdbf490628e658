"""Plain tars of clips, written by appending and made whole after any death. One process writes one rank's shards.

Names are `SPLIT-000000.tar`, of several ranks `SPLIT-r01-000000.tar`. What is in a shard for good is what the journal
says; `append` cuts off the rest before it goes on.
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from s2s.data.clip_index import BLOCK, IndexRow
from s2s.data.corpus import Split

_END: Final = bytes(2 * BLOCK)
"""Two empty blocks end a tar."""
_NUMBER: Final = re.compile(r"-(\d{6})\.tar$")


class ShardWriter:
    """Appends clips to the newest shard of their split; a full one is ended, and another begun."""

    def __init__(self, folder: Path, rank: int, num_ranks: int, max_bytes: int, held: Mapping[str, int]) -> None:
        """`held` is how much of each shard counts, in bytes. Raises ValueError where a shard holds less than that."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._max_bytes = folder, max_bytes
        self._mark = f"-r{rank:02d}" if num_ranks > 1 else ""
        self._held = {shard: size for shard, size in held.items() if self._is_mine(shard)}
        for path in folder.glob("*.tar"):
            if self._is_mine(path.name) and path.name not in self._held:
                path.unlink()  # begun, but nothing in it was noted
        for shard, size in self._held.items():
            _end(folder / shard, size)

    def append(self, fragment: Path, rows: Iterable[IndexRow]) -> tuple[IndexRow, ...]:
        """Copy the clips of a fragment and return where they lie now; when this returns they survive the machine.

        A long recording may go on in the next shard, a clip never. Raises OSError where the disk takes no more.
        """
        placed = []
        with fragment.open("rb") as source:
            for row in rows:
                source.seek(row.offset)
                shard = self._shard_for(row.split)
                at = self._held.get(shard, 0)
                _write_at(self._folder / shard, at, source.read(row.size))
                self._held[shard] = at + row.size
                placed.append(row.placed(shard, at - row.offset))
        for shard in {row.shard for row in placed}:
            with (self._folder / shard).open("rb") as file:
                os.fsync(file.fileno())
        return tuple(placed)

    def close(self) -> None:
        """End every shard, so that any program can read it."""
        for shard, size in self._held.items():
            _end(self._folder / shard, size)

    def _shard_for(self, split: Split) -> str:
        prefix = f"{split}{self._mark}-"
        numbers = [
            int(found[1]) for shard in self._held if shard.startswith(prefix) and (found := _NUMBER.search(shard))
        ]
        newest = max(numbers, default=0)
        shard = f"{prefix}{newest:06d}.tar"
        if self._held.get(shard, 0) < self._max_bytes:
            return shard
        _end(self._folder / shard, self._held[shard])
        return f"{prefix}{newest + 1:06d}.tar"

    def _is_mine(self, shard: str) -> bool:
        return re.fullmatch(rf"(train|val|test){self._mark}-\d{{6}}\.tar", shard) is not None


def held_bytes(rows: Iterable[IndexRow]) -> dict[str, int]:
    """Return how much of each shard the rows take: to the end of its last clip."""
    held: dict[str, int] = {}
    for row in rows:
        held[row.shard] = max(held.get(row.shard, 0), row.offset + row.size)
    return held


def end_shards(folder: Path, held: Mapping[str, int]) -> None:
    """End every shard where its last clip ends and remove those without any, also of ranks that died.

    No rank may be writing. Raises ValueError as `ShardWriter`.
    """
    for shard, size in held.items():
        _end(folder / shard, size)
    for path in folder.glob("*.tar"):
        if path.name not in held:
            path.unlink()


def _end(path: Path, size: int) -> None:
    there = path.stat().st_size if path.exists() else 0
    if there < size:
        raise ValueError(f"{path} has {there} bytes of {size}: it was changed; prepare into another folder")
    if there != size + len(_END) or _tail(path) != _END:
        _write_at(path, size, _END)


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-len(_END), os.SEEK_END)
        return file.read()


def _write_at(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(at)
        file.seek(at)
        file.write(data)
