"""RTMP, UDP and SRT: H.264 and AAC, encoded by PyAV for a live receiver. MPEG-TS, or FLV for RTMP.

Pictures carry the moments at which they were shown, so those that were dropped leave no gap in time.
"""

import logging
import os
from fractions import Fraction
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from installation.output.senders.pictures import video_frame
from installation.output.senders.srt import SrtWriter
from installation.output.senders.target import Target
from installation.output.senders.transport import Format, SenderError
from installation.values import SAMPLE_RATE_HZ, Pixels, Samples

log = logging.getLogger(__name__)

_TICKS_HZ: Final = 90_000
_BT_709: Final = 1  # ITU-T H.273, tables 2 and 3
_SOUND_HZ: Final = 48_000
"""What every receiver plays; some services refuse less."""
_SOUND_BITS: Final = 128_000
_SOUND_FRAME_SAMPLES: Final = 1024  # AAC encodes so many at a time
_KEY_EVERY_S: Final = 2.0
_BITS_A_PIXEL: Final = 0.1
_LEAST_BITS, _MOST_BITS = 800_000, 12_000_000
_TIME_LIMIT_S: Final = 5.0


class Stream:
    """Sends to the address of `target`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._container: Any = None
        self._writer: SrtWriter | None = None

    def open(self, wanted: Format) -> Format:
        """Connect. Raises SenderError where nobody takes it."""
        try:
            self._container = self._connect()
            self._video = self._video_stream(wanted)
            self._sound: AudioStream = self._container.add_stream("aac", rate=_SOUND_HZ, layout="mono")
            self._sound.bit_rate = _SOUND_BITS
            self._resampler = av.AudioResampler("fltp", "mono", _SOUND_HZ, _SOUND_FRAME_SAMPLES)
            self._sounded, self._last_ticks = 0, -1
            self._container.start_encoding()
        except av.FFmpegError as error:
            raise SenderError(str(error.strerror)) from None  # the address, which may hold a key, stays out of it
        return wanted

    def watched(self) -> bool:
        """A connection is there, or `open` would have failed; over UDP there is no telling."""
        return True

    def send(self, pixels: Pixels, at_s: float, sound: Samples) -> None:
        """Encode and send both. Raises SenderError where the connection breaks."""
        try:
            self._send_sound(sound)
            ticks = round(at_s * _TICKS_HZ)
            if ticks <= self._last_ticks:
                return
            frame = video_frame(pixels, "yuv420p")
            frame.pts, frame.time_base, self._last_ticks = ticks, Fraction(1, _TICKS_HZ), ticks
            self._container.mux(self._video.encode(frame))
        except av.FFmpegError as error:
            raise SenderError(str(error.strerror)) from None

    def close(self) -> None:
        """End the stream."""
        container, self._container = self._container, None
        writer, self._writer = self._writer, None
        try:
            if container is not None:
                container.close()
        except (av.FFmpegError, SenderError) as error:  # a connection that is broken cannot be ended in order
            log.debug("%s: %s", self._target.name, error)
        finally:
            if writer is not None:
                writer.close()

    def _connect(self) -> Any:
        target, limits = self._target, (_TIME_LIMIT_S, _TIME_LIMIT_S)
        if target.kind == "srt":
            parts = urlsplit(target.address)
            self._writer = SrtWriter(parts.hostname or "", parts.port or 0, dict(parse_qsl(parts.query)))
            return av.open(self._writer, "w", format="mpegts", options={"flush_packets": "1"})
        if target.kind == "udp":
            address = target.address + ("&" if "?" in target.address else "?") + "pkt_size=1316"
            return av.open(address, "w", format="mpegts", options={"flush_packets": "1"})
        flv = {"flvflags": "no_duration_filesize", "flush_packets": "1"}
        return av.open(target.address, "w", format="flv", options=flv, timeout=limits)

    def _video_stream(self, wanted: Format) -> VideoStream:
        stream: VideoStream = self._container.add_stream("libx264", rate=Fraction(wanted.fps).limit_denominator(1001))
        stream.width, stream.height, stream.pix_fmt = wanted.width, wanted.height, "yuv420p"
        context = stream.codec_context
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries = context.color_trc = _BT_709
        bits = round(min(max(_BITS_A_PIXEL * wanted.width * wanted.height * wanted.fps, _LEAST_BITS), _MOST_BITS))
        stream.bit_rate = bits
        stream.options = {
            "preset": "superfast",
            "tune": "zerolatency",
            "maxrate": str(bits),
            "bufsize": str(bits),
            "g": str(max(round(_KEY_EVERY_S * wanted.fps), 1)),
            # The show needs its cores: a machine with few gives one of them to the encoder.
            "threads": "1" if (os.cpu_count() or 1) <= 4 else "4",
        }
        stream.time_base = context.time_base = Fraction(1, _TICKS_HZ)
        return stream

    def _send_sound(self, sound: Samples) -> None:
        if not len(sound):
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound, np.float32)[None], "fltp", "mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.pts, frame.time_base = self._sounded, Fraction(1, SAMPLE_RATE_HZ)
        self._sounded += len(sound)
        for part in self._resampler.resample(frame):
            self._container.mux(self._sound.encode(part))
