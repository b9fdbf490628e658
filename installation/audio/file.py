"""A sound or video file played at the pace of real time, looped or once: anything FFmpeg (PyAV) opens.

Runs in the capture process. Decodes as it plays, so a file of hours costs no memory.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from installation.audio.source import Pacer, SourceError
from installation.values import SAMPLE_RATE_HZ, AudioBlock, Samples
from s2s.audio import AudioFileError, decode_audio

_NOTHING: Final[Samples] = np.zeros(0, np.float32)


class SoundFile:
    """An open file; its sound starts with the first `read` and stands still for nobody."""

    lost_samples = 0

    def __init__(self, path: Path | str, *, loop: bool = True) -> None:
        """Open `path`. Raises SourceError when it is missing or no sound."""
        self.path = Path(path)
        self.label = f"file: {self.path.name}"
        self.ended = False
        self._loop = loop
        self._pacer = Pacer()
        self._blocks = _blocks(self.path)
        self._pending = next(self._blocks)

    def read(self, now: float) -> AudioBlock | None:
        count = self._pacer.due(now)
        pieces = [_NOTHING]
        while count > 0 and not self.ended:
            piece, self._pending = self._pending[:count], self._pending[count:]
            pieces.append(piece)
            count -= len(piece)
            if len(self._pending) == 0:
                self._go_on()
        samples = np.concatenate(pieces)
        return AudioBlock(samples, now) if len(samples) else None

    def close(self) -> None:
        self._blocks = iter(())  # the decoder closes its file when it is let go

    def _go_on(self) -> None:
        block = next(self._blocks, None)
        if block is None and self._loop:
            self._blocks = _blocks(self.path)
            block = next(self._blocks)
        self.ended = block is None
        self._pending = _NOTHING if block is None else block


def _blocks(path: Path) -> Iterator[Samples]:
    """Yield the file's sound, at least one block, none empty. Raises SourceError."""
    try:
        yield from decode_audio(path, SAMPLE_RATE_HZ)
    except AudioFileError as error:
        raise SourceError(f"the sound file {error}") from error
