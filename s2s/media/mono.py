"""Decoded sound of any rate, format and layout -> mono samples at one rate. Pure but for FFmpeg's resampler."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

_LOWEST_RATE_HZ: Final = 1_000
_HIGHEST_RATE_HZ: Final = 1_000_000
"""Beyond lies no recording but a damaged header; converting it would take seconds, or gigabytes."""
CANCELLED: Final = "the channels cancel each other"
_LEAST_CANCELLED_S: Final = 0.5
_CANCELLED_DB: Final = -20.0
"""The mean of channels of one polarity lies at most 3 dB below them, however little they have in common."""
_SILENT_DB: Final = -60.0
_NOTHING: Final = np.zeros(0, np.float32)


def is_rate(rate_hz: int) -> bool:
    """Whether a recording may have so many samples a second."""
    return _LOWEST_RATE_HZ <= rate_hz <= _HIGHEST_RATE_HZ


@dataclass(slots=True)
class ChannelPower:
    """How loud the channels of a sound are, and how loud their mean: to tell channels of opposite polarity.

    A balanced line in a stereo socket is the usual cause: what is heard of it is almost nothing.
    """

    seconds: float = 0.0
    _channels: float = 0.0
    _mean: float = 0.0

    def add(self, channels: NDArray[np.float32], mean: NDArray[np.float32], rate_hz: int) -> None:
        """Take in a block `channels` [channels, n] and its mean [n]; one with non-finite values is left out."""
        if len(channels) < 2:
            return
        power = float(np.vdot(channels, channels)) / len(channels)
        if not math.isfinite(power):
            return
        self.seconds += len(mean) / rate_hz
        self._channels += power / rate_hz
        self._mean += float(np.vdot(mean, mean)) / rate_hz

    @property
    def cancels(self) -> bool:
        """Whether the channels are loud enough to tell, and their mean is almost nothing."""
        if self.seconds < _LEAST_CANCELLED_S or self._channels / self.seconds < 10 ** (_SILENT_DB / 10):
            return False
        return self._mean < self._channels * 10 ** (_CANCELLED_DB / 10)


class MonoMixer:
    """Takes decoded frames in turn and gives mono samples [n]: channels averaged, at `sample_rate_hz`.

    Broadcasts, and files that were joined, change their rate or their channels on the way: every stretch of equal
    rate, format and layout has a resampler of its own. `refused` counts frames that are none.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        self.refused = 0
        self.power = ChannelPower()
        self._rate_hz = sample_rate_hz
        self._kind: tuple[int, str, str] | None = None
        self._resampler: AudioResampler | None = None

    def push(self, frame: av.AudioFrame) -> NDArray[np.float32]:
        """Return the samples that are ready."""
        if not is_rate(frame.sample_rate):
            self.refused += 1
            return _NOTHING
        kind = frame.sample_rate, frame.format.name, frame.layout.name
        before = _NOTHING if kind == self._kind else self.flush()
        self._kind = kind
        if self._resampler is None:
            # Only the rate is converted here: FFmpeg's own mix of float samples to mono is 3 dB above the average.
            # Interleaved, not one plane a channel: PyAV looks for planes past the last one where there are over eight.
            self._resampler = AudioResampler(format="flt", rate=self._rate_hz)
        return np.concatenate([before, self._resampled(self._resampler, frame)])

    def flush(self) -> NDArray[np.float32]:
        """Return the last samples of a stretch."""
        resampler, self._resampler = self._resampler, None
        return _NOTHING if resampler is None else self._resampled(resampler, None)

    def _resampled(self, resampler: AudioResampler, frame: av.AudioFrame | None) -> NDArray[np.float32]:
        try:
            return np.concatenate([_NOTHING, *map(self._mixed, resampler.resample(frame))])
        except (av.FFmpegError, ValueError):  # a layout that is none
            self.refused += 1
            return _NOTHING

    def _mixed(self, frame: av.AudioFrame) -> NDArray[np.float32]:
        if not frame.samples:
            return _NOTHING
        interleaved = np.asarray(frame.to_ndarray(), np.float32).reshape(frame.samples, -1)
        channels = np.ascontiguousarray(interleaved.T)  # [channels, n]
        mean: NDArray[np.float32] = channels.mean(axis=0, dtype=np.float32)
        self.power.add(channels, mean, self._rate_hz)
        return mean


def mono_blocks(frames: Iterable[av.AudioFrame], mixer: MonoMixer) -> Iterator[NDArray[np.float32]]:
    """Yield decoded frames as blocks of mono samples, none empty."""
    for frame in frames:
        if len(block := mixer.push(frame)):
            yield block
    if len(block := mixer.flush()):
        yield block
