"""Which encoder of H.264 a film that is made while it is shown is written by: the machine's own hardware where it has
some, found out by encoding a picture; x264 else.

What FFmpeg lists says nothing of the machine: an encoder is taken when it has made a packet.
"""

import functools
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Final

import av
from av.codec import Codec, CodecContext
from av.video.codeccontext import VideoCodecContext

from s2s.files.quote import one_line

log = logging.getLogger(__name__)

_QUALITY: Final = "17"  # x264's constant rate factor: hardly to be told from the original
_REPEATABLE: Final = "mbtree=0"
"""Equal pictures must make equal films. x264's macroblock tree reads past its rows where a width is no multiple of 128
(its AVX-512 code), and what happens to lie there shows by a few levels: 9 different files among 60 at 160 pixels."""
_BITS_A_PIXEL: Final = 0.15  # for those that know no quality, only a rate: 8 Mbit/s at 1080p30
_TRIED_PICTURES: Final = 3
"""An encoder may keep the first ones back; none of these keeps more."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """FFmpeg's `name` of it, how pictures are given to it, and with which `options`; with `by_rate` it is told bits."""

    name: str
    pixel_format: str = "yuv420p"
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    by_rate: bool = False

    def prepare(self, context: VideoCodecContext, size: tuple[int, int], fps: float) -> None:
        """Set up `context` for pictures of `size`, width and height."""
        context.pix_fmt = self.pixel_format
        context.options = dict(self.options)
        if self.by_rate:
            context.bit_rate = round(size[0] * size[1] * fps * _BITS_A_PIXEL)


_FAST: Final = "cabac=1:deblock=0,0"
"""What of the slower presets is worth its time at the fastest. A film of the sea at 720p takes 6 ms of a processor's
core a picture, 47.0 dB at 5.5 Mbit/s; `veryfast` at 18 took 18 to 22 ms for 47.2 dB at 4.7 Mbit/s."""
X264: Final = Encoder(
    "libx264", options={"crf": _QUALITY, "preset": "ultrafast", "x264-params": f"{_FAST}:{_REPEATABLE}"}
)
HARDWARE: Final = (
    Encoder("h264_nvenc", options={"preset": "p4", "rc": "vbr", "cq": "19", "b": "0", "bf": "0"}),
    Encoder("h264_videotoolbox", "nv12", by_rate=True),
    Encoder("h264_qsv", "nv12", {"global_quality": "20", "bf": "0"}),
    Encoder("h264_vaapi", "nv12", {"qp": "20", "bf": "0"}),
    Encoder("h264_v4l2m2m", by_rate=True),
)
"""In the order in which they are tried: NVIDIA, Apple, Intel, what else has VAAPI, small boards."""

Trial = Callable[[Encoder, tuple[int, int], float], str]


@dataclass(frozen=True, slots=True)
class Choice:
    """The `encoder` that is taken, and why not one before it, by name."""

    encoder: Encoder
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> str:
        """Return which it is and why, for the log."""
        reasons = "; ".join(f"{name}: {reason}" for name, reason in self.refused)
        return f"{self.encoder.name}{f' ({reasons})' if reasons else ''}"


def trial(encoder: Encoder, size: tuple[int, int], fps: float) -> str:
    """Let `encoder` make a packet of grey pictures of `size`; return why it cannot, empty where it can."""
    try:
        codec = Codec(encoder.name, "w")
    except (ValueError, av.FFmpegError):
        return "not in this FFmpeg"
    try:
        context = CodecContext.create(codec, "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height = size
        context.framerate, context.time_base = Fraction(fps).limit_denominator(1001), Fraction(1, 90_000)
        encoder.prepare(context, size, fps)
        for number in range(_TRIED_PICTURES):
            picture = av.VideoFrame(*size, format=encoder.pixel_format)
            picture.pts, picture.time_base = round(number / fps * 90_000), Fraction(1, 90_000)
            if context.encode(picture):
                return ""
        return "" if context.encode(None) else "makes no packet"
    except Exception as error:  # whatever a driver does not like: x264 is always there
        return one_line(getattr(error, "strerror", None) or error) or type(error).__name__


def choose(
    size: tuple[int, int], fps: float, *, candidates: Sequence[Encoder] = HARDWARE, attempt: Trial = trial
) -> Choice:
    """Return the first of `candidates` that works for pictures of `size`, else x264. Takes seconds at worst."""
    refused: list[tuple[str, str]] = []
    for encoder in candidates:
        reason = attempt(encoder, size, fps)
        if not reason:
            return Choice(encoder, tuple(refused))
        refused.append((encoder.name, reason))
    return Choice(X264, tuple(refused))


@functools.lru_cache(maxsize=8)
def chosen(size: tuple[int, int], fps: float) -> Choice:
    """Return what `choose` finds, looked for once a size; said in the log."""
    choice = choose(size, fps)
    log.info("films are encoded by %s", choice.words)
    return choice
