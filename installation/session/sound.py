"""The sound of a session, where it is allowed: 16 kHz mono, as FLAC files of ten seconds named by their first sample.

A log that is cut off lacks ten seconds of sound at the most. Runs in the thread that writes the log.
"""

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


def read_sound(folder: Path, begins_at: int, length: int) -> Samples:
    """Return `length` samples from number `begins_at` on, silence where there are none; what is damaged is left out."""
    sound = np.zeros(length, np.float32)
    for path in sorted(folder.glob("*.flac")):
        if not path.stem.isdecimal() or len(path.stem) > _NAME_DIGITS + 3 or int(path.stem) >= begins_at + length:
            continue
        try:
            piece = read_audio(path, SAMPLE_RATE_HZ)
        except AudioFileError:
            continue
        start = int(path.stem) - begins_at
        piece, start = piece[max(-start, 0) :], max(start, 0)
        end = min(start + len(piece), length)
        sound[start:end] = piece[: end - start]
    return sound


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
