"""Sound over OSC: `/stream/pcm ,iiisb sequence sample_rate channels format blob` on a UDP socket. A number is a number,
of whatever type it is sent.

Runs in the capture process, read without waiting in its loop. Whatever the network sends, nothing here raises, waits or
grows: what is not understood is counted. `heard_at` is when the loop took the packet, up to one step after its arrival.
"""

import logging
import math
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pythonosc.osc_message import OscMessage, ParseError

from installation.audio.jitter import Gap, JitterBuffer
from installation.audio.resample import StreamResampler, finite
from installation.audio.source import DEFAULT_PCM_PORT, SourceError
from installation.osc_bundle import OscBundleError, elements
from installation.values import FAST_FEATURE_NAMES, SAMPLE_RATE_HZ, AudioBlock
from s2s.files.quote import one_line, quoted
from s2s.media.mono import CANCELLED

log = logging.getLogger(__name__)

PCM_FORMATS: Final = {"f32le": "<f4", "f32be": ">f4", "s16le": "<i2", "s16be": ">i2"}
_PCM: Final = re.compile(rb"/stream/pcm\0,[ihfd]{3}sb\0")
_FEATURES: Final = re.compile(rb"/stream/features\0{4},[ihfdTF]{%d}\0" % len(FAST_FEATURE_NAMES))
_RATES_HZ: Final = range(4_000, 384_001)
_CHANNELS: Final = range(1, 65)
_MAX_DATAGRAM: Final = 65_536
_DATAGRAMS_A_READ: Final = 256
"""A flood beyond this waits in the kernel's buffer, which drops what it cannot hold."""
_SOCKET_BUFFER: Final = 1 << 20
_FADE_S: Final = 0.03
_LONGEST_CONCEALED_S: Final = 1.0
_FEATURES_FRESH_S: Final = 1.0


class OscPcm:
    """A listening socket. Also keeps the newest `/stream/features ,ffffff` of a host that analyses for itself."""

    def __init__(self, port: int = DEFAULT_PCM_PORT, host: str = "127.0.0.1") -> None:
        """Bind `host:port` (0: any free port). Raises SourceError when it is taken."""
        self.lost_samples = 0
        self.rejected_packets = 0
        self._began_at: float | None = None
        self._buffer: JitterBuffer[_Packet] = JitterBuffer()
        self._resampler = StreamResampler(SAMPLE_RATE_HZ)
        self._last: NDArray[np.float32] = np.zeros((0, 1), np.float32)
        self._features: dict[str, float] | None = None
        self._features_at = 0.0
        self._socket = _bind(host, port)
        self.port = int(self._socket.getsockname()[1])
        self.label = f"osc: port {self.port}"

    @property
    def remark(self) -> str:
        return f"{self.label}: {CANCELLED}; send one of them" if self._resampler.cancels else ""

    def read(self, now: float) -> AudioBlock | None:
        for datagram in self._datagrams():
            self._take(datagram, now)
        pieces = [self._play(item, now) for item in self._buffer.take(now)]
        samples = np.concatenate([np.zeros(0, np.float32), *pieces])
        return AudioBlock(samples, now) if len(samples) else None

    def features(self, now: float) -> dict[str, float] | None:
        """Return the sender's own features by name, each 0..1, None when there were none within the last second."""
        return self._features if now - self._features_at < _FEATURES_FRESH_S else None

    def close(self) -> None:
        self._socket.close()

    def _datagrams(self) -> Iterator[bytes]:
        for _ in range(_DATAGRAMS_A_READ):
            try:
                yield self._socket.recv(_MAX_DATAGRAM)
            except BlockingIOError:
                return
            except OSError as error:  # e.g. an ICMP message that somebody else's port is closed
                log.debug("reading sound from port %d: %s", self.port, error)
                return

    def _take(self, datagram: bytes, now: float) -> None:
        try:
            for message in elements(datagram):
                self._take_message(message, now)
        except (_RejectedError, OscBundleError) as error:
            if self.rejected_packets == 0:
                log.warning("sound on port %d: %s; further ones are only counted", self.port, error)
            self.rejected_packets += 1

    def _take_message(self, message: bytes, now: float) -> None:
        if _PCM.match(message):
            packet = _read_packet(_arguments(message))
            self._buffer.put(packet.sequence, packet, now)
        elif _FEATURES.match(message):
            self._features, self._features_at = _read_features(_arguments(message)), now
        else:
            raise _RejectedError(f"expected /stream/pcm ,iiisb or /stream/features ,ffffff, got {message[:32]!r}")

    def _play(self, item: "_Packet | Gap", now: float) -> NDArray[np.float32]:
        if isinstance(item, Gap):
            return self._conceal(item.packets, now)
        if self._began_at is None:
            self._began_at = now
        if item.rate_hz != self._resampler.rate_hz:
            self._resampler = StreamResampler(item.rate_hz)
        self._last = item.sound
        return self._resampler.push(item.sound)

    def _conceal(self, packets: int, now: float) -> NDArray[np.float32]:
        """Bridge lost packets with the last one, back and forth so that it joins, fading into silence."""
        rate_hz = self._resampler.rate_hz
        lost_s = min(packets * len(self._last) / rate_hz, self._losable_s(now))
        self.lost_samples += round(lost_s * SAMPLE_RATE_HZ)
        frames = round(min(lost_s, _LONGEST_CONCEALED_S) * rate_hz)
        swing = np.concatenate([self._last[::-1], self._last])
        bridge = np.resize(swing, (frames, swing.shape[1]))
        fade = np.clip(1 - np.arange(1, frames + 1) / (_FADE_S * rate_hz), 0, 1).astype(np.float32)
        return self._resampler.push(bridge * fade[:, np.newaxis])

    def _losable_s(self, now: float) -> float:
        """Return how much more sound can be missing: no more than time has passed, whatever the numbers say."""
        passed_s = now - (now if self._began_at is None else self._began_at) + _LONGEST_CONCEALED_S
        return max(passed_s - self.lost_samples / SAMPLE_RATE_HZ, 0.0)


@dataclass(frozen=True, slots=True)
class _Packet:
    sequence: int
    rate_hz: int
    sound: NDArray[np.float32]  # [frames, channels]


class _RejectedError(Exception):
    """A datagram that is none of ours, in words."""


def _bind(host: str, port: int) -> socket.socket:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BUFFER)
        receiver.setblocking(False)
        receiver.bind((host, port))
    except OSError as error:
        receiver.close()
        raise SourceError(
            f"UDP port {port} on {host} cannot be opened for sound ({error.strerror}); choose another by osc:PORT"
        ) from error
    return receiver


def _arguments(message: bytes) -> list[object]:
    try:
        return list(OscMessage(message).params)
    except (ParseError, ValueError) as error:  # ValueError: text that is not UTF-8
        raise _RejectedError(f"a broken OSC message ({one_line(error)})") from error


def _read_packet(arguments: list[object]) -> _Packet:
    *numbers, name, blob = arguments
    assert isinstance(name, str) and isinstance(blob, bytes)
    sequence, rate_hz, channels = (_whole(number) for number in numbers)
    if name not in PCM_FORMATS:
        raise _RejectedError(f"the sample format is one of {', '.join(PCM_FORMATS)}, got {name[:32]!r}")
    if rate_hz not in _RATES_HZ or channels not in _CHANNELS:
        raise _RejectedError(f"expected 4000..384000 Hz and 1..64 channels, got {rate_hz} Hz and {channels}")
    kind = np.dtype(PCM_FORMATS[name])
    if not blob or len(blob) % (kind.itemsize * channels):
        raise _RejectedError(f"a blob of {len(blob)} bytes is no whole number of {channels}-channel {name} frames")
    full_scale = 32_768 if kind.kind == "i" else 1
    with np.errstate(invalid="ignore"):  # a signalling NaN, which is silence below
        sound = np.frombuffer(blob, kind).reshape(-1, channels).astype(np.float32) * np.float32(1 / full_scale)
    return _Packet(sequence, rate_hz, finite(sound))


def _read_features(arguments: list[object]) -> dict[str, float]:
    numbers = [float(value) for value in arguments if isinstance(value, int | float)]
    if not all(map(math.isfinite, numbers)):
        raise _RejectedError(
            f"/stream/features takes {len(FAST_FEATURE_NAMES)} finite numbers, got {quoted(arguments)}"
        )
    return {name: min(max(number, 0.0), 1.0) for name, number in zip(FAST_FEATURE_NAMES, numbers, strict=True)}


def _whole(number: object) -> int:
    if isinstance(number, int | float) and math.isfinite(number) and number == round(number):
        return round(number)
    raise _RejectedError(f"sequence, sample rate and channels are whole numbers, got {number!r}")
