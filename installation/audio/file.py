"""A sound or video file played at the pace of real time, looped or once: anything FFmpeg (PyAV) opens.

Runs in the capture process. Decodes as it plays, so a file of hours costs no memory; what cannot be decoded is passed
over, and a step does bounded work however short the file is or however much of it is damaged.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from installation.audio.resample import finite
from installation.audio.source import SampleClock, SourceError
from installation.values import SAMPLE_RATE_HZ, AudioBlock, Samples
from s2s.files.names import shown
from s2s.media.audio import AudioFileError, SoundNotes, decode_stepwise
from s2s.media.mono import CANCELLED

_NOTHING: Final[Samples] = np.zeros(0, np.float32)
_HELD_SAMPLES: Final = SAMPLE_RATE_HZ
"""A shorter sound is repeated from memory: opening a file for every sample would take longer than it sounds."""
_MOST_IDLE_PACKETS: Final = 500
"""So many packets in a row may give nothing in one step; the rest waits for the next."""


class SoundFile:
    """An open file; its sound starts with the first `read` and stands still for nobody."""

    lost_samples = 0

    def __init__(self, path: Path | str, *, loop: bool = True) -> None:
        """Open `path`. Raises SourceError when it is missing or no sound."""
        self.path = Path(path)
        self.label = f"file: {shown(self.path.name)}"
        self.ended = False
        self._loop = loop
        self._sample_clock = SampleClock()
        self._notes = SoundNotes()
        self._held: list[Samples] | None = []
        self._blocks = self._decoded()
        self._pending = _NOTHING
        while len(self._pending) == 0:  # a file without any sound is refused now
            self._pending = next(self._blocks)

    @property
    def remark(self) -> str:
        """What a technician should know of it, in words that stay the same; empty where all is well."""
        said = []
        if self._notes.damage.bad_packets or self._notes.damage.stopped:
            said.append("a part of it cannot be decoded and is passed over")
        if self._notes.power.cancels:
            said.append(f"{CANCELLED}: keep one of them in the file")
        return f"{self.label}: {'; '.join(said)}" if said else ""

    def read(self, now: float) -> AudioBlock | None:
        count, idle = self._sample_clock.due(now), 0
        pieces = [_NOTHING]
        while count > 0 and not self.ended and idle < _MOST_IDLE_PACKETS:
            if len(self._pending) == 0:
                self._go_on()
                idle = 0 if len(self._pending) else idle + 1
            piece, self._pending = self._pending[:count], self._pending[count:]
            pieces.append(piece)
            count -= len(piece)
        samples = np.concatenate(pieces)
        return AudioBlock(samples, now) if len(samples) else None

    def close(self) -> None:
        self._blocks = iter(())  # the decoder closes its file when it is let go

    def _go_on(self) -> None:
        """Take the next packet, of the next round where this one is over."""
        block = next(self._blocks, None)
        if block is not None:
            self._pending = block
        elif self._loop:
            self._blocks = self._decoded() if self._held is None else itertools.repeat(_a_second_of(self._held))
        else:
            self.ended = True

    def _decoded(self) -> Iterator[Samples]:
        """Yield one round of the file's sound, as `decode_stepwise` does. Raises SourceError."""
        try:
            for block in decode_stepwise(self.path, SAMPLE_RATE_HZ, self._notes):
                samples = finite(block)
                self._hold(samples)
                yield samples
        except AudioFileError as error:
            raise SourceError(f"the sound file {error}") from error

    def _hold(self, samples: Samples) -> None:
        """Keep the first round for as long as it is short."""
        if self._held is not None and len(samples):
            self._held.append(samples)
            if sum(map(len, self._held)) >= _HELD_SAMPLES:
                self._held = None


def _a_second_of(pieces: list[Samples]) -> Samples:
    """Return whole repetitions of a short sound, a second or a little more."""
    sound = np.concatenate(pieces)
    return np.tile(sound, -(-_HELD_SAMPLES // max(len(sound), 1)))
