"""Clips made up for the tests: a bright square appears while a tone sounds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from s2s.data.clip import Clip, jpeg_bytes, tar_members
from s2s.data.clip_index import index_text
from s2s.data.settings import About, PrepareSettings

RATE_HZ = 16_000


class MadeUp:
    """A `ClipSource` of `count` clips of `num_frames` frames; a name with a "!" in front cannot be read."""

    frame_rate_hz = 10.0

    def __init__(self, count: int, num_frames: int = 12, broken: Sequence[int] = (), val_from: int = 1000) -> None:
        self.num_frames, self.val_from = num_frames, val_from
        self.ids = [f"{'!' if number in broken else ''}clip-{number}" for number in range(count)]
        self.read: list[str] = []

    def split(self, clip_id: str) -> Literal["train", "val", "test"]:
        return "val" if self._number(clip_id) >= self.val_from else "train"

    def label(self, clip_id: str) -> str | None:
        raise AssertionError("nothing here may ask for a label")

    def start(self, clip_id: str) -> int:
        """The first of the four frames that show what is heard."""
        return self._number(clip_id) % (self.num_frames - 4)

    def presence(self, clip_id: str) -> np.ndarray:
        start = self.start(clip_id)
        return np.array([float(start <= frame < start + 4) for frame in range(self.num_frames)])

    def sound(self, clip_id: str) -> np.ndarray:
        there = np.repeat(self.presence(clip_id), RATE_HZ // 10)
        time_s = np.arange(len(there)) / RATE_HZ
        return (0.3 * there * np.sin(2 * np.pi * 440 * time_s)).astype(np.float32)

    def frames(self, clip_id: str, px: int) -> np.ndarray:
        if clip_id.startswith("!"):
            raise ValueError("its shard\nis damaged")
        self.read.append(clip_id)
        frames = np.full((self.num_frames, px, px, 3), 30, np.uint8)
        frames[self.presence(clip_id) > 0, : px // 2, : px // 2] = 240
        return frames

    def _number(self, clip_id: str) -> int:
        return int(clip_id.split("-")[1])


def write_prepared(folder: Path, source: MadeUp, px: int = 128, *, labelled: bool = False) -> Path:
    """Write what `prepare` would, in one shard; a clip that cannot be read has no frames."""
    About("made up", PrepareSettings(px=(px,))).write_or_check(folder)
    rows, blocks, offset = [], [], 0
    for clip_id in source.ids:
        frames = [] if clip_id.startswith("!") else [jpeg_bytes(frame, 90) for frame in source.frames(clip_id, px)]
        sound = (source.sound(clip_id) * 32767).astype(np.int16)
        label = source.label(clip_id) if labelled else None
        clip = Clip(clip_id, f"{clip_id}.mp4", label, source.split(clip_id), 0.0, sound, {px: tuple(frames)})
        members, row = tar_members(clip)
        rows.append(row.placed("all.tar", offset))
        blocks += members
        offset += row.size
    (folder / "shards").mkdir()
    (folder / "shards" / "all.tar").write_bytes(b"".join(blocks))
    (folder / "index.jsonl").write_text(index_text(rows))
    source.read.clear()
    return folder
