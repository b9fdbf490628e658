"""Sound files of any kind -> mono samples at the model's rate: the one reader of sound, whoever asks.

Torch-free, so that the capture process can use it. Called from any thread; every call opens its own file.
"""

import functools
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container.input import InputContainer
from numpy.typing import NDArray

from s2s.files.folders import listed
from s2s.files.names import UnreadableFileError, shown
from s2s.media.container import Damage, decoded_packets, opened, sound_tracks
from s2s.media.mono import CANCELLED, ChannelPower, MonoMixer, is_rate
from s2s.rates import SAMPLE_RATE_HZ

_log = logging.getLogger(__name__)


class AudioFileError(UnreadableFileError):
    """A file that no sound can be read from; `path` is the file, `reason` why."""


@dataclass(slots=True)
class SoundNotes:
    """What a listener should know of a sound that is heard all the same, filled in while it is decoded."""

    damage: Damage = field(default_factory=Damage)
    power: ChannelPower = field(default_factory=ChannelPower)

    def remarks(self) -> list[str]:
        """Return what is to be said, in words; empty for a sound that is as it should be."""
        return self.damage.remarks() + [f"{CANCELLED}: their mean is almost silent"] * self.power.cancels


def read_audio(
    path: Path | str, sample_rate_hz: int = SAMPLE_RATE_HZ, *, max_samples: int | None = None
) -> NDArray[np.float32]:
    """Return the sound of a file, sound or film: mono samples [n] at `sample_rate_hz`, full scale ±1.

    Channels are averaged (Sound2Scene mixes down before anything else). What a lossy file decodes to beyond full
    scale is left as it is. At the model's rate one sample is a sound; at another, less than a millisecond is lost in
    the conversion, and refused. With `max_samples` reading stops there, and what follows is not looked at: a clip of
    an hour costs no more than a clip. Where some of it cannot be decoded, the rest is returned, and a warning logged,
    once a file. Raises AudioFileError.
    """
    blocks, num_samples, notes = [], 0, SoundNotes()
    for block in decode_audio(path, sample_rate_hz, notes):
        if not np.isfinite(block).all():
            raise AudioFileError(Path(path), "holds NaN or infinite samples")
        blocks.append(block)
        num_samples += len(block)
        if max_samples is not None and num_samples >= max_samples:
            break
    if remarks := notes.remarks():
        _warn_once(f"{shown(path)}: {'; '.join(remarks)}")
    return np.concatenate(blocks)[:max_samples]


def decode_audio(
    path: Path | str, sample_rate_hz: int = SAMPLE_RATE_HZ, notes: SoundNotes | None = None
) -> Iterator[NDArray[np.float32]]:
    """Yield what `read_audio` returns, block by block as the file is decoded; at least one block, none empty.

    `notes` are filled in on the way. Non-finite samples are passed on.
    """
    return (block for block in decode_stepwise(path, sample_rate_hz, notes) if len(block))


def decode_stepwise(
    path: Path | str, sample_rate_hz: int = SAMPLE_RATE_HZ, notes: SoundNotes | None = None
) -> Iterator[NDArray[np.float32]]:
    """Yield a block for every packet of the file, an empty one where a packet gives nothing.

    So whoever has little time may stop after any packet, however long nothing can be decoded.
    """
    file, notes = Path(path), notes or SoundNotes()
    has_sound = False
    with opened(file, AudioFileError, "sound") as container:
        for number, track in enumerate(_tracks(container, file)):
            if number:  # the one before gave nothing at all
                container.seek(0)
            for block in _blocks(container, track, sample_rate_hz, notes):
                has_sound = has_sound or len(block) > 0
                yield block
            if has_sound:
                return
    bad, packets = notes.damage.bad_packets, notes.damage.packets
    if bad:
        raise AudioFileError(file, f"cannot be read as sound: {bad} of {packets} packets cannot be decoded")
    raise AudioFileError(file, "is empty, or shorter than a millisecond; expected some sound")


def sounds_in(folder: Path | str) -> list[Path]:
    """Return the sounds and films of `folder` and the folders in it, sorted; raises AudioFileError for none.

    What looks like one and is not read is named in the log.
    """
    root = Path(folder)
    if not root.is_dir():
        raise AudioFileError(root, "no such folder; expected one that holds sounds")
    found = listed(root, ("sounds", "films"))
    if not found:
        raise AudioFileError(root, "holds no sound; expected files such as .wav, .flac, .ogg, .mp3 or films")
    return found


def _tracks(container: InputContainer, file: Path) -> list[AudioStream]:
    """Return the tracks to try, the best first. Raises AudioFileError where there is none."""
    if not container.streams.audio:
        raise AudioFileError(file, "holds no sound; expected a file with an audio track")
    decodable = sound_tracks(container)
    if not decodable:
        raise AudioFileError(file, "holds sound of a kind that cannot be decoded")
    recorded = [track for track in decodable if is_rate(track.rate)]
    if not recorded:
        raise AudioFileError(file, f"says it has {decodable[0].rate} samples a second; expected 1000 to a million")
    return recorded


def _blocks(
    container: InputContainer, track: AudioStream, sample_rate_hz: int, notes: SoundNotes
) -> Iterator[NDArray[np.float32]]:
    mixer = MonoMixer(sample_rate_hz)
    mixer.power = notes.power
    for frames in decoded_packets(container, track, notes.damage):
        refused = mixer.refused
        pieces = [mixer.push(frame) for frame in frames if isinstance(frame, av.AudioFrame)]
        notes.damage.bad_packets += mixer.refused > refused
        yield np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    yield mixer.flush()


@functools.lru_cache(maxsize=256)
def _warn_once(remark: str) -> None:
    """Log a remark unless it was logged before: a verb may read one file several times."""
    _log.warning("%s", remark)
