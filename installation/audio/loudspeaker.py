"""A sound played through PortAudio's default output, with the moment at which each mark in it is heard.

A core for a process of its own: while a picture is drawn, nobody would feed the sound card in time.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyaudio

from installation.audio.microphone import start_portaudio
from installation.audio.source import SourceError
from installation.status import LoudspeakerStatus
from installation.values import Samples

log = logging.getLogger(__name__)

_BLOCK_S: Final = 0.03
"""Long, for a machine that draws: how late a click is played is known, only a gap is not."""
_STEP_S: Final = 0.02
_LONGEST_LATENCY_S: Final = 2.0
"""What a driver says beyond this is no estimate."""


class LoudspeakerCore:
    """Plays once what `make` returns for a rate in Hz, mono `[n]`; the marks lie `marks_s` after its beginning."""

    def __init__(self, make: Callable[[int], Samples], marks_s: Sequence[float]) -> None:
        """Begin to play. Raises SourceError where there is no sound output."""
        self._played_at: list[float] = []
        self._next = self._mark = self._gaps = 0
        self._latency_s = 0.0
        self._session = start_portaudio()
        try:
            device = self._session.get_default_output_device_info()
            self._name, self._rate_hz = str(device["name"]), round(device["defaultSampleRate"])
            self._channels = min(2, int(device["maxOutputChannels"]))
            self._sound = make(self._rate_hz)
            self._marks = [round(at_s * self._rate_hz) for at_s in marks_s]
            self._stream = self._open()
        except (OSError, ValueError) as error:
            self._session.terminate()
            raise SourceError(
                f"no sound output to play through ({error}); connect one, or make one the default"
            ) from None
        log.info("playing through %r at %d Hz", self._name, self._rate_hz)

    def step(self, _now: float) -> float:
        """Nothing is to be done: the driver asks for sound by itself."""
        return _STEP_S

    def status(self) -> LoudspeakerStatus:
        """Return which marks were played, and when they are heard by the driver's own estimate."""
        return LoudspeakerStatus(
            device=self._name,
            played_at=tuple(self._played_at),
            gaps=self._gaps,
            latency_ms=round(1e3 * self._latency_s, 1),
            ended=self._next >= len(self._sound),
        )

    def close(self) -> None:
        """Let go of the device."""
        self._stream.close()
        self._session.terminate()

    def _open(self) -> pyaudio.PyAudio.Stream:
        return self._session.open(
            rate=self._rate_hz,
            channels=self._channels,
            format=pyaudio.paFloat32,
            output=True,
            frames_per_buffer=round(_BLOCK_S * self._rate_hz),
            stream_callback=self._on_need,
        )

    def _on_need(self, _data: Any, frames: int, times: Mapping[str, float], flags: int) -> tuple[bytes, int]:
        # PortAudio's own thread: copy, note when, leave.
        called_at = time.monotonic()
        self._gaps += bool(flags & pyaudio.paOutputUnderflow)
        block = np.zeros((frames, self._channels), np.float32)
        part = self._sound[self._next : self._next + frames]
        block[: len(part)] = part[:, None]
        self._note_marks(called_at + self._latency(times), frames)
        self._next += frames
        return block.tobytes(), pyaudio.paContinue

    def _note_marks(self, heard_at: float, frames: int) -> None:
        while self._mark < len(self._marks) and self._marks[self._mark] < self._next + frames:
            self._played_at.append(heard_at + (self._marks[self._mark] - self._next) / self._rate_hz)
            self._mark += 1

    def _latency(self, times: Mapping[str, float]) -> float:
        latency_s = times["output_buffer_dac_time"] - times["current_time"]
        self._latency_s = latency_s if 0.0 <= latency_s <= _LONGEST_LATENCY_S else 0.0
        return self._latency_s
