"""A microphone or line input through PortAudio. Runs in the capture process.

PortAudio freezes its list of devices when it starts, so every opening starts it anew, and a closed microphone ends it.
An unplugged device reports no error: its callbacks just stop, which only their age tells.
"""

import ctypes
import itertools
import logging
import os
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import numpy as np
import pyaudio
from numpy.typing import NDArray

from installation.audio.devices import DeviceInfo, find_device
from installation.audio.resample import StreamResampler
from installation.audio.source import Channel, SourceError
from installation.values import SAMPLE_RATE_HZ, AudioBlock
from s2s.media.mono import CANCELLED

log = logging.getLogger(__name__)

_BLOCK_S: Final = 0.01
_BACKLOG_S: Final = 2.0
"""So much sound waits for a capture loop that is late; older sound is dropped and counted."""
_FIRST_SOUND_S: Final = 5.0
"""Bluetooth and sound servers take seconds to wake up; PulseAudio's null sink took 1.8 s."""
_SILENT_DEVICE_S: Final = 1.5
_INT16_STEP: Final = np.float32(1 / 32_768)
_COMMON_RATES_HZ: Final = (48_000, 44_100, SAMPLE_RATE_HZ)


class _DeviceBlock(NamedTuple):
    number: int
    data: bytes
    at: float
    flags: int


class Microphone:
    """An open input device. `heard_at` is when the callback brought a block's last sample into this process.

    It includes neither the converter's nor the driver's latency, which PortAudio only estimates (`latency_s`).
    """

    def __init__(self, name: str = "", channel: Channel = Channel.MEAN) -> None:
        """Open the device named `name` (a part is enough; empty: the default). Raises SourceError."""
        self._channel = channel
        self.lost_samples = 0
        self._blocks: deque[_DeviceBlock] = deque(maxlen=round(_BACKLOG_S / _BLOCK_S))
        self._numbers = itertools.count(1)
        self._last_number = 0
        self._heard_at: float | None = None
        self._opened_at = time.monotonic()
        self._session = start_portaudio()
        try:
            self._device = find_device(_input_devices(self._session), name)
            with _kept_stderr():
                self._open_any()
        except BaseException:
            self._session.terminate()
            _keep_alsa_plugin()  # another try will follow
            raise
        self.label = f"mic: {self._device.name}" + ("" if channel is Channel.MEAN else f", {channel}")
        self.latency_s = float(self._stream.get_input_latency())
        log.info(
            "listening to %r: %d Hz, channels: %d, input latency by PortAudio's estimate %.0f ms",
            self._device.name,
            self._resampler.rate_hz,
            self._channels,
            1000 * self.latency_s,
        )

    @property
    def remark(self) -> str:
        if not self._resampler.cancels:
            return ""
        return f"{self.label}: {CANCELLED}; hear one of them with --source 'mic:{self._device.name}:left'"

    def read(self, now: float) -> AudioBlock | None:
        blocks = self._take()
        if not blocks:
            self._check_alive(now)
            return None
        self._heard_at = blocks[-1].at
        self._count_lost(blocks)
        sound = np.concatenate([self._decode(block.data) for block in blocks])
        samples = self._resampler.push(sound)
        return AudioBlock(samples, self._heard_at) if len(samples) else None

    def close(self) -> None:
        # Closing also stops: stop_stream would first wait for a device that may be gone.
        self._stream.close()
        self._session.terminate()

    def _on_sound(self, data: bytes, _frames: int, _times: Mapping[str, float], flags: int) -> tuple[None, int]:
        # PortAudio's own thread: copy and leave.
        self._blocks.append(_DeviceBlock(next(self._numbers), data, time.monotonic(), flags))
        return None, pyaudio.paContinue

    def _open_any(self) -> None:
        """Open the first combination of rate, channels and format that the device takes, its own rate first."""
        rates = dict.fromkeys((self._device.rate_hz, *_COMMON_RATES_HZ))
        # Two before one: where the driver mixes down, nobody can tell that the channels cancel each other.
        channels = dict.fromkeys((min(2, self._device.channels), 1, self._device.channels))
        refusal: Exception | None = None
        for rate, count, code in itertools.product(rates, channels, (pyaudio.paFloat32, pyaudio.paInt16)):
            try:
                self._stream = self._open(rate, count, code)
            except (OSError, ValueError) as error:
                refusal = error
                continue
            self._channels, self._is_float = count, code == pyaudio.paFloat32
            self._resampler = StreamResampler(rate)
            return
        raise SourceError(
            f"the microphone {self._device.name!r} is there but does not open ({refusal}); is another program using it?"
        )

    @property
    def _kept_channels(self) -> slice:
        """Which channels of the open stream are heard; of a stream with one, that one."""
        if self._channel is Channel.MEAN:
            return slice(None)
        return slice(1, 2) if self._channel is Channel.RIGHT and self._channels > 1 else slice(0, 1)

    def _open(self, rate_hz: int, channels: int, code: int) -> pyaudio.PyAudio.Stream:
        return self._session.open(
            rate=rate_hz,
            channels=channels,
            format=code,
            input=True,
            input_device_index=self._device.index,
            frames_per_buffer=round(_BLOCK_S * rate_hz),
            stream_callback=self._on_sound,
        )

    def _take(self) -> list[_DeviceBlock]:
        return [self._blocks.popleft() for _ in range(len(self._blocks))]

    def _check_alive(self, now: float) -> None:
        since, limit_s = self._opened_at, _FIRST_SOUND_S
        if self._heard_at is not None:
            since, limit_s = self._heard_at, _SILENT_DEVICE_S
        if now - since > limit_s:
            raise SourceError(
                f"the microphone {self._device.name!r} has sent nothing for {limit_s:g} s; is it still connected?"
            )

    def _count_lost(self, blocks: list[_DeviceBlock]) -> None:
        """Count blocks this loop was too late for, and one block for each overflow: PortAudio does not say how much."""
        missing = blocks[-1].number - self._last_number - len(blocks)
        missing += sum(bool(block.flags & pyaudio.paInputOverflow) for block in blocks)
        self._last_number = blocks[-1].number
        self.lost_samples += missing * round(_BLOCK_S * SAMPLE_RATE_HZ)

    def _decode(self, data: bytes) -> NDArray[np.float32]:
        sound = np.frombuffer(data, np.float32) if self._is_float else np.frombuffer(data, np.int16) * _INT16_STEP
        return sound.reshape(-1, self._channels)[:, self._kept_channels]


def list_devices() -> list[DeviceInfo]:
    """Return the input devices there are now. Starts and ends PortAudio: not while a microphone is open here."""
    session = start_portaudio()
    try:
        return _input_devices(session)
    finally:
        session.terminate()


def _input_devices(session: pyaudio.PyAudio) -> list[DeviceInfo]:
    try:
        default = int(session.get_default_input_device_info()["index"])
    except OSError:
        default = -1  # PortAudio's way to say that there is none
    infos = [session.get_device_info_by_index(index) for index in range(session.get_device_count())]
    return [
        DeviceInfo(
            index=int(info["index"]),
            name=str(info["name"]),
            channels=int(info["maxInputChannels"]),
            rate_hz=round(info["defaultSampleRate"]),
            is_default=int(info["index"]) == default,
        )
        for info in infos
        if info["maxInputChannels"] > 0
    ]


def start_portaudio() -> pyaudio.PyAudio:
    """Start PortAudio, which looks for devices now, without what ALSA and JACK print of absent ones."""
    with _kept_stderr():
        return pyaudio.PyAudio()


def _keep_alsa_plugin() -> None:
    """Hold ALSA's A/52 plugin and the FFmpeg behind it in memory.

    Every start of PortAudio loads and unloads them, and loses 12 KiB by it (Debian 12): 350 MB in a day of looking for
    a microphone. Held, they cost 10 MiB once, and a look takes 6 ms instead of 22.
    """
    maps = Path("/proc/self/maps")
    lines = maps.read_text().splitlines() if maps.exists() else []
    for library in {line.split()[-1] for line in lines if "/libasound.so" in line}:
        plugin = Path(library).parent / "alsa-lib" / "libasound_module_pcm_a52.so"
        if plugin.exists():
            ctypes.CDLL(str(plugin))  # ctypes never unloads


@contextmanager
def _kept_stderr() -> Iterator[None]:
    """Send to the debug log what ALSA and JACK print about absent devices; their C code knows only descriptor 2."""
    try:
        saved = os.dup(2)
    except OSError:  # a service may run without a standard error
        yield
        return
    with _scratch_file() as kept:
        sys.stderr.flush()
        os.dup2(kept.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            kept.seek(0)
            for line in kept.read().decode(errors="replace").splitlines():
                log.debug("PortAudio: %s", line)


def _scratch_file() -> BinaryIO:
    """Return a file for what is printed: in memory where there is such a thing, for a microphone needs no disk."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("portaudio"), "w+b")
    try:
        return tempfile.TemporaryFile()
    except OSError:  # no folder is writable: then nobody will read it
        return Path(os.devnull).open("w+b")
