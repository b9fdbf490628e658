"""Pictures and sounds as a page carries them: WebP and MP3, which every browser of today knows, a tenth of the size."""

import io
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Final

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from PIL import Image

_QUALITY: Final = 90  # of WebP, in 0..100: letters of 14 px keep clean edges
_WIDEST_PX: Final = 1920
_BIT_RATE: Final = 48_000  # a second of MP3; of 16 kHz mono more is not heard
_RATE_HZ: Final = 16_000


def webp_of(path: Path) -> bytes:
    """Return the picture in file `path` as WebP, at most 1920 px wide. Raises OSError for a file that is no picture."""
    written = io.BytesIO()
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((_WIDEST_PX, picture.height))
    picture.save(written, format="WEBP", quality=_QUALITY)
    return written.getvalue()


def mp3_of(path: Path) -> bytes:
    """Return the sound in file `path` as mono MP3 of 48 kbit/s. Raises OSError, ValueError for a file without sound."""
    try:
        with av.open(str(path)) as opened:
            return _encoded(opened.decode(audio=0))
    except (av.FFmpegError, IndexError) as error:
        raise ValueError(f"{path}: expected a sound, got none that can be read") from error


def _encoded(frames: Iterable[AudioFrame]) -> bytes:
    written = io.BytesIO()
    resampler = AudioResampler(format="s16p", layout="mono", rate=_RATE_HZ)
    with av.open(written, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=_RATE_HZ, layout="mono", bit_rate=_BIT_RATE)
        for frame in chain(frames, [None]):
            for part in resampler.resample(frame):
                container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return written.getvalue()
