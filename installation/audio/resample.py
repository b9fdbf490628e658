"""From whatever rate and channel count a source has to 16 kHz mono, in blocks that join without a seam.

Pure computation: libswresample (through PyAV) does the filtering and keeps its state between blocks. Measured: a 10 kHz
tone at 48 kHz leaves -98 dB, 7 kHz loses 0.4 dB, and any cut into blocks gives the same samples as no cut.
"""

from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from installation.values import SAMPLE_RATE_HZ, Samples
from s2s.media.mono import ChannelPower

_TOLD_EVERY_S: Final = 4.0
"""So long a stretch says whether the channels cancel each other: a cable may be changed while the show runs."""
_LIMIT: Final = 16.0
"""24 dB above full scale: float streams may carry that; what lies beyond is garbage and would ring in the filter."""


class StreamResampler:
    """One stream's way to 16 kHz mono: channels averaged, then band-limited and resampled."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.cancels = False
        """Whether the channels cancelled each other in the last seconds."""
        self._power = ChannelPower()
        self._filter: av.AudioResampler | None = None
        if rate_hz != SAMPLE_RATE_HZ:
            self._filter = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE_HZ)

    def push(self, sound: NDArray[np.float32]) -> Samples:
        """Take `sound` `[frames, channels]`, nominally ±1; return the mono samples that are ready.

        What is not a number becomes silence, so that one bad sample cannot poison the filter.
        """
        if sound.ndim != 2:
            raise ValueError(f"the resampler takes [frames, channels], got the shape {sound.shape}")
        channels = finite(sound)
        mono: Samples = channels.mean(axis=1, dtype=np.float32)
        self._compare(channels, mono)
        if self._filter is None or len(mono) == 0:
            return mono
        frame = av.AudioFrame.from_ndarray(mono[np.newaxis], format="flt", layout="mono")
        frame.sample_rate = self.rate_hz
        return self._collect(frame)

    def flush(self) -> Samples:
        """Return the filter's last samples; the stream has ended."""
        return np.zeros(0, np.float32) if self._filter is None else self._collect(None)

    def _compare(self, channels: NDArray[np.float32], mono: Samples) -> None:
        self._power.add(channels.T, mono, self.rate_hz)
        if self._power.seconds >= _TOLD_EVERY_S:
            self.cancels, self._power = self._power.cancels, ChannelPower()

    def _collect(self, frame: av.AudioFrame | None) -> Samples:
        assert self._filter is not None
        pieces = [ready.to_ndarray().reshape(-1) for ready in self._filter.resample(frame)]
        return np.concatenate([np.zeros(0, np.float32), *pieces], dtype=np.float32)


def finite(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `sound` with silence for what is not a number, and the rest held within ±16."""
    held = np.clip(sound, -_LIMIT, _LIMIT)
    # One sum says whether there is anything to look for, a hundred times a second.
    return held if np.isfinite(held.sum()) else np.nan_to_num(held, nan=0.0)
