"""The sound of a logged session's film: what was kept of it, else the file that it came from, else silence."""

import bisect
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from installation.session.fingerprint import sound_sha256
from installation.session.place import SOUND
from installation.session.reading import Extent, Session
from installation.session.sound import KeptSound
from installation.soundtrack import Sound
from installation.values import SAMPLE_RATE_HZ, Samples
from s2s.files.quote import one_line
from s2s.media.audio import AudioFileError, read_audio

log = logging.getLogger(__name__)

_FILE: Final = "file:"


class NumberedSound(Protocol):
    """Sound by the numbers that its samples had when they were heard."""

    def between(self, start: int, stop: int) -> Samples: ...


class LoopedSound:
    """A sound that is played round and round."""

    def __init__(self, whole: Samples) -> None:
        self._whole = whole

    def between(self, start: int, stop: int) -> Samples:
        """Return the samples from number `start` to `stop`."""
        return np.take(self._whole, np.arange(start, stop, dtype=np.int64) % len(self._whole))


class FilmSound:
    """`length` samples of `sound` as they sounded beside the pictures: `steps` say of moments of the film, in samples,
    which sample was heard then. Where no new ones came it is silent, where some were lost they are left out.
    """

    def __init__(self, sound: NumberedSound, steps: Sequence[tuple[int, int]], length: int) -> None:
        self._sound, self._steps, self._length = sound, [*steps, (length, 2**62)], length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, part: slice, /) -> Samples:
        start, stop, _ = part.indices(self._length)
        made = np.zeros(max(stop - start, 0), np.float32)
        number = max(bisect.bisect_right(self._steps, start, key=lambda step: step[0]) - 1, 0)
        while number + 1 < len(self._steps) and self._steps[number][0] < stop:
            (at, heard), (ends_at, ends_heard) = self._steps[number : number + 2]
            ends_at = min(ends_at, at + max(ends_heard - heard, 0), stop)
            begins_at = max(at, start)
            if begins_at < ends_at:
                piece = self._sound.between(heard + begins_at - at, heard + ends_at - at)
                made[begins_at - start : ends_at - start] = piece
            number += 1
        return made


def sound_of(session: Session, extent: Extent, length: int) -> Sound:
    """Return `length` mono samples from the first turn on; where there is no sound, silence and a line that says why.

    A file is heard again as a show plays it: from its beginning, and round and round.
    """
    return FilmSound(_sound(session), extent.steps, length)


def _sound(session: Session) -> NumberedSound:
    header, silence = session.header, LoopedSound(np.zeros(1, np.float32))
    if header.sound:
        return KeptSound(session.folder / SOUND)
    if not header.source.startswith(_FILE):
        log.warning("the film is silent: the sound of this session was not kept (--log-sound keeps it)")
        return silence
    try:
        return LoopedSound(_file_sound(Path(header.source.removeprefix(_FILE)), header.source_sha256))
    except (OSError, AudioFileError) as error:
        log.warning("the film is silent: %s", one_line(error, 300))
        return silence


def _file_sound(path: Path, sha256: str) -> Samples:
    """Return the sound of the logged file. Raises OSError or AudioFileError where it is not there, or not that one."""
    if sha256 and sound_sha256(path) != sha256:
        raise OSError(f"{path} is not the sound file of this session any more")
    sound = read_audio(path, SAMPLE_RATE_HZ)
    if not len(sound):
        raise OSError(f"{path} holds no sound")
    return sound
