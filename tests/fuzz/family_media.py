"""Sounds, films and pictures: what strangers carry in on a stick, read as the show and the library read them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from hypothesis import strategies as st

from installation.audio.file import SoundFile
from installation.audio.source import SourceError
from s2s.media.audio import AudioFileError, read_audio
from s2s.media.container import Damage
from s2s.media.images import ImageFileError, read_image
from s2s.media.video_reader import VideoFileError, open_film, picture_track, pictures, read_frame_at
from tests.fuzz import media_bytes
from tests.fuzz.family import BrokenPromiseError, Family, Reader

_MOST_SAMPLES: Final = 160_000
_MOST_PICTURES: Final = 8


def _read_sound(path: Path) -> None:
    heard = read_audio(path, max_samples=_MOST_SAMPLES)
    if heard.ndim != 1 or not 0 < len(heard) <= _MOST_SAMPLES or heard.dtype != np.float32:
        raise BrokenPromiseError(f"a sound of shape {heard.shape}, {heard.dtype}")
    live = SoundFile(path)
    for step in range(3):
        block = live.read(step * 0.02)
        if block is not None and not np.isfinite(block.samples).all():
            raise BrokenPromiseError("samples that are no numbers")
    live.close()


def _read_film(path: Path) -> None:
    with open_film(path) as film:
        track = picture_track(film)
        if track is not None:
            for _ in islice(pictures(film, track, Damage()), _MOST_PICTURES):
                pass
    shown = read_frame_at(path, 0.1, 64)
    if shown.ndim != 3 or max(shown.shape[:2]) > 64:
        raise BrokenPromiseError(f"a picture of shape {shown.shape}")


def _read_picture(path: Path) -> None:
    for pixels, shape in ((read_image(path), (3,)), (read_image(path, (16, 9)), (9, 16, 3))):
        if pixels.dtype != np.uint8 or pixels.shape[-len(shape) :] != shape:
            raise BrokenPromiseError(f"pixels of shape {pixels.shape}, {pixels.dtype}")


def _of_files(use: Callable[[Path], None]) -> Callable[[Path], "Iterator[Reader]"]:
    def opened(folder: Path) -> Iterator[Reader]:
        path = folder / "stranger"

        def read(content: bytes) -> None:
            path.write_bytes(content)
            use(path)

        yield read

    return opened


SOUNDS: Final = Family(
    "sounds",
    media_bytes.sounds,
    lambda _seeds: media_bytes.wavs(),
    contextmanager(_of_files(_read_sound)),
    refusals=(AudioFileError, SourceError),
    words=(b"RIFF", b"fLaC", b"OggS", b"ID3\x04", b"\xff\xfb", b"LIST", b"ds64"),
    share=250,
)
FILMS: Final = Family(
    "films",
    media_bytes.films,
    lambda seeds: st.sampled_from(seeds).flatmap(lambda film: st.integers(0, len(film)).map(lambda at: film[:at])),
    contextmanager(_of_files(_read_film)),
    refusals=(VideoFileError,),
    words=(b"moov", b"stsd", b"avc1", b"mdat", b"\x1aE\xdf\xa3", b"GIF89a", b"file:///etc/passwd", b"#EXTM3U\n"),
    share=100,
)
IMAGES: Final = Family(
    "images",
    media_bytes.pictures,
    lambda _seeds: media_bytes.pngs(),
    contextmanager(_of_files(_read_picture)),
    refusals=(ImageFileError,),
    words=(
        b"IHDR",
        b"IDAT",
        b"\xff\xd8",
        b"\xff\xe1",
        b"Exif\0\0",
        b"II*\0",
        b"RIFF",
        b"WEBP",
        b"GIF89a",
        b"P6 9 9 255\n",
    ),
    share=250,
)
