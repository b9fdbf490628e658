"""The sound of a logged session's film: what was kept of it, else the file that it came from, else silence."""

import logging
from pathlib import Path
from typing import Final

import numpy as np

from installation.session.fingerprint import sound_sha256
from installation.session.place import SOUND
from installation.session.reading import Extent, Session
from installation.session.sound import read_sound
from installation.values import SAMPLE_RATE_HZ, Samples
from s2s.files.quote import one_line
from s2s.media.audio import AudioFileError, read_audio

log = logging.getLogger(__name__)

_FILE: Final = "file:"


def sound_of(session: Session, extent: Extent, length: int) -> Samples:
    """Return `length` mono samples from the first turn on; where there is no sound, silence and a line that says why.

    A file is heard again as a show plays it: from its beginning, and round and round.
    """
    header = session.header
    if header.sound:
        return read_sound(session.folder / SOUND, extent.sounded, length)
    if not header.source.startswith(_FILE):
        log.warning("the film is silent: the sound of this session was not kept (--log-sound keeps it)")
        return np.zeros(length, np.float32)
    try:
        whole = _file_sound(Path(header.source.removeprefix(_FILE)), header.source_sha256)
    except (OSError, AudioFileError) as error:
        log.warning("the film is silent: %s", one_line(error, 300))
        return np.zeros(length, np.float32)
    return np.take(whole, np.arange(extent.sounded, extent.sounded + length), mode="wrap")


def _file_sound(path: Path, sha256: str) -> Samples:
    """Return the sound of the logged file. Raises OSError or AudioFileError where it is not there, or not that one."""
    if sha256 and sound_sha256(path) != sha256:
        raise OSError(f"{path} is not the sound file of this session any more")
    sound = read_audio(path, SAMPLE_RATE_HZ)
    if not len(sound):
        raise OSError(f"{path} holds no sound")
    return sound
