"""The sound of a session, where it is allowed: 16 kHz mono, as FLAC files of ten seconds named by their first sample.

A log that is cut off lacks ten seconds of sound at the most. Runs in the thread that writes the log.
"""

import bisect
from pathlib import Path
from typing import Final

import av
import numpy as np

from installation.values import SAMPLE_RATE_HZ, Samples
from s2s.files.atomic_write import atomic_path
from s2s.files.quote import one_line
from s2s.media.audio import AudioFileError, read_audio

_PIECE_SAMPLES: Final = 10 * SAMPLE_RATE_HZ
_NAME_DIGITS: Final = 15
_MOST_DIGITS: Final = 18


class SoundWriter:
    """Writes what it is given into `folder`, which it makes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pieces: list[Samples] = []
        self._first = self._waiting = 0

    def add(self, samples: Samples, ends_at: int) -> None:
        """Append mono `samples` `[n]`; the last is number `ends_at` of all that were heard. Raises OSError."""
        begins_at = ends_at - len(samples)
        if self._pieces and begins_at != self._first + self._waiting:  # what came between was lost
            self.flush()
        if not self._pieces:
            self._first = begins_at
        self._pieces.append(samples)
        self._waiting += len(samples)
        if self._waiting >= _PIECE_SAMPLES:
            self.flush()

    def flush(self) -> None:
        """Write what waits. Raises OSError."""
        if not self._waiting:
            return
        samples = np.concatenate(self._pieces)
        self._pieces, self._waiting = [], 0
        self._folder.mkdir(exist_ok=True)
        with atomic_path(self._folder / f"{self._first:0{_NAME_DIGITS}d}.flac") as partial:
            _write_flac(partial, samples)


class KeptSound:
    """The sound as a `SoundWriter` has left it in `folder`: silence where there is none, or a file is damaged."""

    def __init__(self, folder: Path) -> None:
        names = (path for path in folder.glob("*.flac") if path.stem.isdecimal() and len(path.stem) <= _MOST_DIGITS)
        self._pieces = sorted((int(path.stem), path) for path in names)
        self._read: tuple[Path | None, Samples] = None, np.zeros(0, np.float32)

    def between(self, start: int, stop: int) -> Samples:
        """Return the samples from number `start` to `stop`, one file at a time in memory."""
        sound = np.zeros(stop - start, np.float32)
        number = max(bisect.bisect_right(self._pieces, start, key=_first) - 1, 0)
        while number < len(self._pieces) and self._pieces[number][0] < stop:
            first, path = self._pieces[number]
            piece = self._piece(path)[max(start - first, 0) : max(stop - first, 0)]
            at = max(first - start, 0)
            sound[at : at + len(piece)] = piece
            number += 1
        return sound

    def _piece(self, path: Path) -> Samples:
        if self._read[0] != path:
            try:
                self._read = path, read_audio(path, SAMPLE_RATE_HZ)
            except AudioFileError:
                self._read = path, np.zeros(0, np.float32)
        return self._read[1]


def _first(piece: tuple[int, Path]) -> int:
    return piece[0]


def _write_flac(path: Path, samples: Samples) -> None:
    levels = np.round(np.clip(np.nan_to_num(samples), -1.0, 1.0) * 32_767.0).astype(np.int16)
    try:  # an absolute name is no address, whatever is in it
        with av.open(str(path.absolute()), "w", format="flac") as container:
            stream = container.add_stream("flac", rate=SAMPLE_RATE_HZ, layout="mono")
            frame = av.AudioFrame.from_ndarray(levels[None], "s16", "mono")
            frame.sample_rate = SAMPLE_RATE_HZ
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except av.FFmpegError as error:
        raise OSError(f"{one_line(path, 200)} cannot be written: {error.strerror}") from error
