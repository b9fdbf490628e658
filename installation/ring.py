"""The rolling buffer: mono sound at 16 kHz in shared memory, written by the capture process, read by anyone.

Arithmetic only: no lock, no thread, no device. A running sample count is the time base. One process writes; readers
copy and then look whether the writer has passed them meanwhile. The two header words that belong together (how many
samples, when the last was heard) are guarded by a sequence count that is odd while they change.
"""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation import shared
from installation.values import SAMPLE_RATE_HZ, AudioBlock, Samples

_SEQUENCE, _WRITTEN = 0, 1  # int64 words of the header
_HEARD_AT = 2  # float64 word
_HEADER_BYTES: Final = 64
_SLACK_SAMPLES: Final = SAMPLE_RATE_HZ
"""A reader has this much sound's time to finish a copy before the writer reaches it."""
_READ_ATTEMPTS: Final = 100
_SPINNING_ATTEMPTS: Final = 50
"""So often a position is read again at once; later a writer that lost its core between two stores is let on to it."""
_LET_ON_S: Final = 0.001
_OUTRUN: Final = "the ring's writer outran its reader a hundred times; is sound written faster than it is heard?"


@dataclass(frozen=True, slots=True)
class Position:
    """How many samples were ever written, and when the last of them was heard."""

    written: int
    heard_at: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader had not seen yet: the sound, the sample number it ends at, and how many samples came too late."""

    block: AudioBlock
    written: int
    lost: int


class AudioRing:
    """The newest `capacity_s` seconds of sound. Pickling passes the name: a child attaches to the same memory."""

    def __init__(self, capacity_s: float = 20.0, *, _name: str | None = None) -> None:
        self.capacity_s = capacity_s
        self.capacity = round(capacity_s * SAMPLE_RATE_HZ)
        slots = self.capacity + _SLACK_SAMPLES
        self._owner = _name is None
        size = _HEADER_BYTES + 4 * slots
        self._memory = shared.create(size) if _name is None else shared.attach(_name, size)
        self._words: NDArray[np.int64] = np.ndarray((8,), np.int64, self._memory.buf)
        self._stamps: NDArray[np.float64] = np.ndarray((8,), np.float64, self._memory.buf)
        self._sound: Samples = np.ndarray((slots,), np.float32, self._memory.buf, _HEADER_BYTES)
        if self._owner:
            self._words[:] = 0
            self._sound[:] = 0.0

    def __reduce__(self) -> tuple[object, ...]:
        return _attach_ring, (self.capacity_s, self._memory.name)

    @property
    def position(self) -> Position:
        """Samples ever written and the last one's time, from one and the same write."""
        for attempt in range(_READ_ATTEMPTS):
            sequence = int(self._words[_SEQUENCE])
            position = Position(int(self._words[_WRITTEN]), float(self._stamps[_HEARD_AT]))
            if sequence % 2 == 0 and sequence == int(self._words[_SEQUENCE]):
                return position
            if attempt >= _SPINNING_ATTEMPTS:
                time.sleep(_LET_ON_S)
        return position  # a writer that died inside its few stores left a pair at most one block apart

    def write(self, samples: Samples, heard_at: float) -> None:
        """Append mono samples `[n]`, the last of them heard at `heard_at`. Only one process may write."""
        if samples.ndim != 1:
            raise ValueError(f"the ring takes mono samples [n], got the shape {samples.shape}")
        written = int(self._words[_WRITTEN])
        for start in range(0, len(samples), _SLACK_SAMPLES // 2):
            # Longer blocks go in pieces, so that one write never runs past what the readers were told.
            piece = samples[start : start + _SLACK_SAMPLES // 2]
            self._copy_in(written, piece)
            written += len(piece)
            self._publish(written, heard_at - (len(samples) - start - len(piece)) / SAMPLE_RATE_HZ)

    def newest(self, count: int) -> AudioBlock:
        """Return the newest `count` samples, or all there are if fewer were written yet."""
        for _ in range(_READ_ATTEMPTS):
            position = self.position
            available = max(min(count, position.written, self.capacity), 0)
            samples = self._copy_out(position.written - available, available)
            if int(self._words[_WRITTEN]) - position.written < _SLACK_SAMPLES // 2:
                return AudioBlock(samples, position.heard_at)
        raise RuntimeError(_OUTRUN)

    def since(self, written: int) -> Reading:
        """Return everything that came after sample number `written` and is still there."""
        for _ in range(_READ_ATTEMPTS):
            position = self.position
            new = max(position.written - written, 0)
            count = min(new, self.capacity)
            samples = self._copy_out(position.written - count, count)
            if int(self._words[_WRITTEN]) - position.written < _SLACK_SAMPLES // 2:
                return Reading(AudioBlock(samples, position.heard_at), position.written, new - count)
        raise RuntimeError(_OUTRUN)

    def close(self) -> None:
        """Let go of the memory; its creator also removes it."""
        empty = np.zeros(8, np.int64)
        self._words, self._stamps = empty, empty.astype(np.float64)
        self._sound = np.zeros(0, np.float32)  # numpy must drop the buffer before it can be unmapped
        self._memory.close()
        if self._owner:
            self._memory.unlink()
            self._owner = False

    def _copy_in(self, at: int, piece: Samples) -> None:
        slots = len(self._sound)
        start = at % slots
        first = min(len(piece), slots - start)
        self._sound[start : start + first] = piece[:first]
        self._sound[: len(piece) - first] = piece[first:]

    def _copy_out(self, at: int, count: int) -> Samples:
        slots = len(self._sound)
        start = at % slots
        first = min(count, slots - start)
        return np.concatenate([self._sound[start : start + first], self._sound[: count - first]])

    def _publish(self, written: int, heard_at: float) -> None:
        changing = int(self._words[_SEQUENCE]) | 1  # also after a writer that died half-way and left it odd
        self._words[_SEQUENCE] = changing
        self._words[_WRITTEN] = written
        self._stamps[_HEARD_AT] = heard_at
        self._words[_SEQUENCE] = changing + 1


def _attach_ring(capacity_s: float, name: str) -> AudioRing:
    return AudioRing(capacity_s, _name=name)
