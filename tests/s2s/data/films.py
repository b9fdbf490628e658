"""Films for tests, made by PyAV: every picture carries its number, in any container, at any times."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Samples = npt.NDArray[np.float32]
TICKS_HZ = 12_800  # every usual rate fits, and every container takes it


def numbered(number: int, size: tuple[int, int] = (128, 96)) -> Pixels:
    """Return a picture [h, w, 3] of eight bars, black or white, that spell `number` in binary."""
    bits = [(number >> place) & 1 for place in range(7, -1, -1)]
    row = np.repeat(np.array(bits, np.uint8) * 200 + 25, -(-size[0] // 8))[: size[0]]
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (size[1], size[0], 3)))


def number_of(frame: Pixels) -> int:
    """Read the number of a frame of any size."""
    middles = (np.arange(8) * 2 + 1) * frame.shape[1] // 16
    bits = frame[frame.shape[0] // 2, middles].mean(axis=1) > 128
    return int(sum(bool(bit) << (7 - place) for place, bit in enumerate(bits)))


def numbers_of(frames: Pixels) -> list[int]:
    return [number_of(frame) for frame in frames]


def steady(count: int, fps: float) -> list[float]:
    """Return the times of `count` pictures at a steady rate."""
    return [number / fps for number in range(count)]


def tone(seconds: float, rate_hz: int, pitch_hz: float = 440.0, level: float = 0.5) -> Samples:
    """Return mono [n]."""
    return (level * np.sin(2 * np.pi * pitch_hz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.float32)


@dataclass(frozen=True)
class Track:
    """One sound track: samples [n] or [n, channels]."""

    samples: Samples
    rate_hz: int
    codec: str = "aac"
    language: str = ""
    at_s: float = 0.0
    is_default: bool = True


def write(
    path: Path,
    times_s: Sequence[float] = (),
    sounds: Sequence[Track] = (),
    *,
    size: tuple[int, int] = (128, 96),
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    pictures: Sequence[Pixels] | None = None,
    **options: Any,
) -> Path:
    """Write a film whose picture k, shown from `times_s[k]` on, carries the number k, or is `pictures[k]`."""
    with av.open(str(path), "w", options=options.get("container", {})) as film:
        video: Any = None
        if times_s:
            video = film.add_stream(codec, rate=Fraction(25))
            video.width, video.height = size
            video.pix_fmt = pixel_format
            video.time_base = video.codec_context.time_base = Fraction(1, options.get("ticks_hz", TICKS_HZ))
            video.options = {"bf": "0", **options.get("encoder", {})}
        streams = [_add_sound(film, track) for track in sounds]
        for number, at_s in enumerate(times_s):
            pixels = numbered(number, size) if pictures is None else pictures[number]
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=pixel_format)
            frame.pts, frame.time_base = round(at_s / video.codec_context.time_base), video.codec_context.time_base
            film.mux(video.encode(frame))
        if video is not None:
            film.mux(video.encode(None))
        for stream, track in zip(streams, sounds, strict=True):
            _write_sound(film, stream, track)
    return path


def film(path: Path, seconds: float = 2.0, fps: float = 10.0, **options: Any) -> Path:
    """Write an everyday film: numbered pictures and a tone, equally long."""
    sound = Track(tone(seconds, 16_000), 16_000, options.pop("audio_codec", "aac"))
    return write(path, steady(round(seconds * fps), fps), [sound], **options)


def _add_sound(film: av.container.OutputContainer, track: Track) -> Any:
    layout = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}[1 if track.samples.ndim == 1 else track.samples.shape[1]]
    stream: Any = film.add_stream(track.codec, rate=track.rate_hz, layout=layout)
    if track.language:
        stream.metadata["language"] = track.language
    stream.disposition = av.stream.Disposition.default if track.is_default else av.stream.Disposition(0)
    return stream


def _write_sound(film: av.container.OutputContainer, stream: Any, track: Track) -> None:
    interleaved = np.ascontiguousarray(track.samples.reshape(1, -1))
    frame = av.AudioFrame.from_ndarray(interleaved, format="flt", layout=stream.layout.name)
    frame.sample_rate = track.rate_hz
    resampler = av.AudioResampler(format=stream.format, rate=track.rate_hz, frame_size=stream.frame_size or 1024)
    at = round(track.at_s * track.rate_hz)
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        part.pts, part.time_base = at, Fraction(1, track.rate_hz)
        at += part.samples
        film.mux(stream.encode(part))
    film.mux(stream.encode(None))
