"""Writes pictures, with their sound, as an MP4 file by PyAV: H.264 and AAC.

Runs where its owner calls it; encoding takes milliseconds a picture. Torch-free: the show records with it too.
"""

import itertools
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Concatenate, Final, ParamSpec, Self

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from numpy.typing import NDArray

from s2s.files.atomic_write import atomic_path
from s2s.files.names import shown
from s2s.media.container import file_url
from s2s.media.video_encoders import X264, Encoder
from s2s.rates import SAMPLE_RATE_HZ

Arguments = ParamSpec("Arguments")
Pixels = NDArray[np.uint8]
Samples = NDArray[np.float32]

_TICKS_HZ: Final = 90_000
"""Time base of the pictures: every usual frame rate and any display's own moments fit into it."""
_BT_709: Final = 1  # ITU-T H.273, tables 2 and 3
_SOUND_BITS: Final = 128_000
_SOUND_FRAME_SAMPLES: Final = 1024  # AAC encodes so many at a time


_WHOLE: Final = {"movflags": "+faststart"}
_FRAGMENTED: Final = {
    "movflags": "+frag_keyframe+empty_moov+default_base_moof",
    "frag_duration": "1000000",  # microseconds
    "flush_packets": "1",  # or half a minute of a quiet picture would wait in FFmpeg's own buffer
}


def _os_errors(
    method: "Callable[Concatenate[VideoFile, Arguments], None]",
) -> "Callable[Concatenate[VideoFile, Arguments], None]":
    """Let whatever FFmpeg cannot write be an OSError that names the file in one line."""

    def guarded(self: "VideoFile", /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            method(self, *args, **kwargs)
        except av.FFmpegError as error:
            raise OSError(f"{shown(self.path)} cannot be written: {error.strerror}") from error

    return guarded


class VideoFile:
    """An MP4 file while it is being written; close it, or it cannot be played unless it is fragmented."""

    @_os_errors
    def __init__(
        self,
        path: Path | str,
        size: tuple[int, int],
        fps: float,
        sample_rate_hz: int | None = None,
        *,
        fragmented: bool = False,
        encoder: Encoder = X264,
    ) -> None:
        """`size` is width and height of the pictures; with `sample_rate_hz` the file has a mono sound track.

        A `fragmented` file plays up to the last second that was written, also when it is never closed.

        Raises OSError where the file cannot be written, or the encoder not be opened.
        """
        self.path = Path(path)
        self._size, self._fps, self._encoder = size, fps, encoder
        self._closed = False
        self._frames = 0
        self._last_ticks = -1
        self._container = av.open(file_url(path), "w", format="mp4", options=_FRAGMENTED if fragmented else _WHOLE)
        video = self._container.add_stream(encoder.name, rate=Fraction(fps).limit_denominator(1001))
        assert isinstance(video, VideoStream)
        self._video = video
        # H.264 with quartered colour has even sizes only; an odd one gains a repeated row or column.
        self._video.width, self._video.height = size[0] + size[0] % 2, size[1] + size[1] % 2
        encoder.prepare(self._video.codec_context, (self._video.width, self._video.height), fps)
        # Players take large pictures for BT.709 whatever they are, and small ones for BT.601 unless told.
        self._video.codec_context.colorspace = Colorspace.ITU709
        self._video.codec_context.color_primaries = _BT_709
        self._video.codec_context.color_trc = _BT_709
        self._video.codec_context.color_range = ColorRange.MPEG
        self._video.time_base = self._video.codec_context.time_base = Fraction(1, _TICKS_HZ)
        self._sound: AudioStream | None = None
        if sample_rate_hz is not None:
            self._sound = self._container.add_stream("aac", rate=sample_rate_hz, layout="mono")
            self._sound.bit_rate = _SOUND_BITS
            self._waiting = av.AudioFifo()
            # AAC begins with a frame of nothing, before the first sound. A whole file tells players to leave it out, a
            # fragmented one cannot, and a moment before 0 would move all pictures but the first: there it stands in
            # place of the first 64 ms of sound.
            self._samples = 0
            self._left_out = self._sound_from = _SOUND_FRAME_SAMPLES if fragmented else 0
        # Now, not at the first picture: a file that cannot be written is to be known at once.
        self._container.start_encoding()

    @_os_errors
    def write(self, pixels: Pixels, at_s: float | None = None) -> None:
        """Append `pixels` `[height, width, 3]` uint8, at `at_s` seconds of the file or one frame after the last.

        A picture that is not later than the one before is left out.
        """
        expected = (self._size[1], self._size[0], 3)
        if pixels.shape != expected:
            raise ValueError(f"expected pixels of shape {expected}, got {pixels.shape}")
        moment_s = self._frames / self._fps if at_s is None else at_s
        ticks = round(moment_s * _TICKS_HZ)
        if ticks <= self._last_ticks:
            return
        height, width = pixels.shape[:2]
        even = pixels
        if height % 2 or width % 2:
            even = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        frame = av.VideoFrame.from_ndarray(even, format="rgb24").reformat(
            format=self._encoder.pixel_format, dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        frame.pts, frame.time_base = ticks, Fraction(1, _TICKS_HZ)
        self._container.mux(self._video.encode(frame))
        self._frames, self._last_ticks = self._frames + 1, ticks

    @_os_errors
    def write_sound(self, samples: Samples) -> None:
        """Append mono `samples` `[n]` float32 within ±1. Raises ValueError when the file has no sound track."""
        if self._sound is None:
            raise ValueError("the file was opened without a sound track: give it sample_rate_hz")
        skipped = min(self._left_out, len(samples))
        self._left_out -= skipped
        samples = samples[skipped:]
        if not len(samples):
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32)[None], "fltp", "mono")
        frame.sample_rate = self._sound.rate
        frame.pts, frame.time_base = self._samples, Fraction(1, self._sound.rate)
        self._samples += len(samples)
        self._waiting.write(frame)
        while (full := self._waiting.read(_SOUND_FRAME_SAMPLES)) is not None:
            self._encode_sound(self._sound, full)

    @_os_errors
    def close(self) -> None:
        """Finish the file; harmless when repeated."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._frames:
                self._container.mux(self._video.encode(None))
            if self._sound is not None and self._samples:
                self._finish_sound(self._sound)
        finally:
            self._container.close()

    def _encode_sound(self, sound: AudioStream, frame: av.AudioFrame) -> None:
        frame.pts = (frame.pts or 0) + self._sound_from
        self._container.mux(sound.encode(frame))

    def _finish_sound(self, sound: AudioStream) -> None:
        if (rest := self._waiting.read(partial=True)) is not None:
            self._encode_sound(sound, rest)
        self._container.mux(sound.encode(None))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def write_film(
    path: Path, frames: Iterable[Pixels], fps: float, sound: Samples | None = None, sample_rate_hz: int = SAMPLE_RATE_HZ
) -> None:
    """Write pictures, all [height, width, 3] of one size, as an MP4 file, whole or not at all; folders are made.

    `sound`, mono [n], is clipped to ±1 and ends with the pictures at the latest. Raises ValueError for no picture or
    another size, OSError where the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as partial:
        _write_film(partial, frames, fps, sound, sample_rate_hz)


def _write_film(path: Path, frames: Iterable[Pixels], fps: float, sound: Samples | None, sample_rate_hz: int) -> None:
    waiting = iter(frames)
    first = next(waiting, None)
    if first is None:
        raise ValueError("a film needs at least one picture")
    size = (first.shape[1], first.shape[0])
    with VideoFile(path, size, fps, None if sound is None else sample_rate_hz) as video:
        for number, pixels in enumerate(itertools.chain([first], waiting)):
            video.write(pixels)
            if sound is not None:
                start, end = (round(moment * sample_rate_hz / fps) for moment in (number, number + 1))
                if len(block := sound[start:end]):
                    video.write_sound(np.clip(block, -1.0, 1.0))
