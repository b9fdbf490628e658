"""Reads what `prepare` wrote: any clip at any time, by where the index says it lies; no tar is scanned.

Every call opens, reads and closes its shard, so an object may be shared by threads, forked and pickled.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from s2s.data.clip import pixels_of_jpeg, sound_of_wav
from s2s.data.clip_index import BLOCK, IndexRow, padded, read_index
from s2s.data.clip_source import Frames, Sound
from s2s.data.corpus import Split
from s2s.data.settings import About
from s2s.rates import FRAME_RATE_HZ


@dataclass(frozen=True, slots=True)
class PreparedData:
    """A folder of clips; a `ClipSource`. Frame k is what is on the screen k / 10 seconds into the clip."""

    folder: Path
    about: About
    rows: Mapping[str, IndexRow]
    ids: Sequence[str]
    """Every clip's id, sorted."""
    frame_rate_hz: float = float(FRAME_RATE_HZ)

    @classmethod
    def open(cls, folder: Path | str) -> Self:
        """Open a folder. Raises ValueError for one that is unfinished, or holds something else."""
        root = Path(folder)
        about = About.read(root)
        index = root / "index.jsonl"
        if not index.exists():
            raise ValueError(f"{root} is unfinished: run the same `python -m s2s prepare` again")
        rows = {row.id: row for row in read_index(index)}
        return cls(root, about, rows, tuple(rows))

    def ids_of(self, split: Split) -> list[str]:
        """Return the ids of one split, sorted."""
        return [row.id for row in self.rows.values() if row.split == split]

    def split(self, clip_id: str) -> Split:
        """Return where a clip belongs."""
        return self.rows[clip_id].split

    def label(self, clip_id: str) -> str | None:
        """Return the class of a clip, where one is known."""
        return self.rows[clip_id].label

    def num_frames(self, clip_id: str) -> int:
        """Return how many frames a clip has; 0 for sound alone."""
        return self.rows[clip_id].num_frames

    def sound(self, clip_id: str) -> Sound:
        """Return the sound, mono [n] at 16 kHz within ±1. Raises ValueError for a shard that is damaged, OSError."""
        row = self.rows[clip_id]
        return sound_of_wav(self._read(row, row.wav_at, row.wav_bytes))

    def frame(self, clip_id: str, number: int, px: int) -> Frames:
        """Return one frame, RGB [px, px, 3]; nothing else is read. Raises IndexError, and what `frames` raises."""
        row = self._row_with(clip_id, px)
        return pixels_of_jpeg(self._read(row, *row.frame_at(px, number)))

    def frames(self, clip_id: str, px: int) -> Frames:
        """Return all frames, RGB [num_frames, px, px, 3].

        Raises ValueError for a size that was not prepared and for a shard that is damaged, OSError.
        """
        row = self._row_with(clip_id, px)
        if not row.num_frames:
            return np.empty((0, px, px, 3), np.uint8)
        lengths = row.frame_bytes[px]
        first, _ = row.frame_at(px, 0)
        data = self._read(row, first, sum(map(padded, lengths)) - BLOCK)
        starts = np.cumsum([0, *map(padded, lengths[:-1])])
        return np.stack([pixels_of_jpeg(data[at : at + n]) for at, n in zip(starts, lengths, strict=True)])

    def _row_with(self, clip_id: str, px: int) -> IndexRow:
        row = self.rows[clip_id]
        sizes = self.about.settings.px
        if px not in sizes:
            prepared = ", ".join(map(str, sizes))
            raise ValueError(f"{self.folder} has frames of {prepared} pixels, not {px}: prepare with --px {px}")
        return row

    def _read(self, row: IndexRow, at: int, length: int) -> bytes:
        path = self.folder / "shards" / row.shard
        file = os.open(path, os.O_RDONLY)
        try:
            data = os.pread(file, length, at)
        finally:
            os.close(file)
        if len(data) != length:
            raise ValueError(f"{path} ends within {row.id}: it is damaged; prepare into another folder")
        return data
