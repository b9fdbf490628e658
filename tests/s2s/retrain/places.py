"""Venues for tests: a folder of short films, sounds on disk, clips that `prepare` could have written."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from s2s.data.clip import Clip, tar_members, wav_bytes
from s2s.data.clip_index import index_text
from s2s.data.prepared import PreparedData
from s2s.data.settings import About, PrepareSettings
from tests.s2s.data.films import Track, numbered, steady, tone, write

RATE_HZ = 16_000


def dataset(folder: Path, count: int, seconds: float = 1.0, level: float = 0.5) -> Path:
    """Write films, each of its own pitch and its own still picture."""
    folder.mkdir()
    for number in range(count):
        sound = Track(tone(seconds, RATE_HZ, 200.0 * 1.2**number, level), RATE_HZ)
        pictures = [numbered(17 * number + 3, (64, 64))] * round(10 * seconds)
        times_s = steady(len(pictures), 10.0)
        write(folder / f"guest-{number:02d}.mp4", times_s, [sound], size=(64, 64), pictures=pictures)
    return folder


def sound(path: Path, seconds: float = 1.0, ended: datetime | None = None) -> Path:
    """Write a WAV file that was last written when the recording ended."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav_bytes((tone(seconds, RATE_HZ) * 32767).astype(np.int16)))
    return _dated(path, ended)


def photograph(
    path: Path, grey: int = 128, *, written: datetime | None = None, by_camera: datetime | None = None
) -> Path:
    """Write a JPEG of one grey; `by_camera` is what its EXIF block says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if by_camera is not None:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = by_camera.strftime("%Y:%m:%d %H:%M:%S")
    Image.new("RGB", (40, 30), (grey, grey, grey)).save(path, exif=exif)
    return _dated(path, written)


def pieces_of_sound(folder: Path, pieces: Mapping[str, tuple[str, float]], seconds: float = 1.0) -> PreparedData:
    """Write what `prepare` makes of sounds: clips by id, each with its file and where in it the clip begins."""
    About("made up", PrepareSettings(px=(16,), sound_only=True)).write_or_check(folder)
    rows, blocks, offset = [], [], 0
    for clip_id, (source, start_s) in sorted(pieces.items()):
        clip = Clip(clip_id, source, None, "train", start_s, np.ones(round(seconds * RATE_HZ), np.int16), {})
        members, row = tar_members(clip)
        rows.append(row.placed("all.tar", offset))
        blocks += members
        offset += row.size
    (folder / "shards").mkdir()
    (folder / "shards" / "all.tar").write_bytes(b"".join(blocks))
    (folder / "index.jsonl").write_text(index_text(rows))
    return PreparedData.open(folder)


def _dated(path: Path, at: datetime | None) -> Path:
    if at is not None:
        os.utime(path, (at.timestamp(), at.timestamp()))
    return path
