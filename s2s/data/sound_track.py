"""The sound of a film as the models hear it, 16 kHz mono, with the time at which it begins.

Samples lie in a file without a name, so a recording of ten hours takes no memory and a killed process leaves nothing.
Runs in a worker of `prepare`.
"""

import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container.input import InputContainer

from s2s.data.cutting import Pcm
from s2s.media.container import Damage, decoded, sound_tracks
from s2s.media.mono import MonoMixer, is_rate, mono_blocks
from s2s.media.video_reader import VideoFileError, open_film
from s2s.rates import SAMPLE_RATE_HZ

LONGEST_S: Final = 86_400.0
"""A day. More from one file is a damaged one, or an attack; a longer recording is given as several files."""
_GAP_S: Final = 0.25
"""A hole in the time of the sound from here on is kept as silence; shorter ones are a container's rounding."""
_LONGEST_GAP_S: Final = 60.0
"""A longer one is no hole but another clock: what follows cannot be told from what is seen then."""
_PCM_FULL_SCALE: Final = 32768.0


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """Sample k of `samples` (int16 at 16 kHz) is heard `first_s` + k / 16000 seconds into the film."""

    first_s: float
    samples: Pcm
    track: int
    num_tracks: int
    language: str | None
    stated_s: float | None
    damage: Damage = field(default_factory=Damage)
    cancels: bool = False
    """Whether its channels cancel each other, so that their mean is almost silent."""

    @property
    def end_s(self) -> float:
        """When the sound is over."""
        return self.first_s + len(self.samples) / SAMPLE_RATE_HZ


def read_sound_track(
    path: Path, spool: Path, beat: Callable[[], None], *, longest_s: float = LONGEST_S
) -> SoundTrack | None:
    """Decode the sound of a film, at most `longest_s` of it; None where there is none that can be decoded.

    `beat` is called as the work goes on. Raises VideoFileError for what is no sound, OSError where the folder `spool`
    takes no file.
    """
    with open_film(path) as film, tempfile.TemporaryFile(dir=spool) as file:
        for number, track in enumerate(_tracks(film, path)):
            if number:  # the one before gave nothing at all
                film.seek(0)
            damage, mixer = Damage(), MonoMixer(SAMPLE_RATE_HZ)
            first_s = _write(film, track, path, file, damage=damage, mixer=mixer, beat=beat, longest_s=longest_s)
            if first_s is not None:
                return SoundTrack(
                    first_s=first_s,
                    samples=np.memmap(file, np.int16, mode="r"),
                    track=film.streams.audio.index(track) + 1,
                    num_tracks=len(film.streams.audio),
                    language=track.language,
                    stated_s=film.duration / av.time_base if film.duration else None,
                    damage=damage,
                    cancels=mixer.power.cancels,
                )
    return None


def _tracks(film: InputContainer, path: Path) -> list[AudioStream]:
    """Return the tracks to try, the best first. Raises VideoFileError where all have a rate that is none."""
    decodable = sound_tracks(film)
    recorded = [track for track in decodable if is_rate(track.rate)]
    if decodable and not recorded:
        rate_hz = decodable[0].rate
        raise VideoFileError(path, f"says its sound has {rate_hz} samples a second; expected 1000 to a million")
    return recorded


def _write(
    film: InputContainer,
    track: AudioStream,
    path: Path,
    file: IO[bytes],
    *,
    damage: Damage,
    mixer: MonoMixer,
    beat: Callable[[], None],
    longest_s: float,
) -> float | None:
    """Write the whole track as PCM and return when it begins; None where nothing can be decoded."""
    sound_frames = (frame for frame in decoded(film, track, damage) if isinstance(frame, av.AudioFrame))
    frames = (frame for frame in sound_frames if is_rate(frame.sample_rate))
    first = next(frames, None)
    if first is None:
        return None
    written, most = 0, int(longest_s * SAMPLE_RATE_HZ)
    steady = _without_gaps(itertools.chain([first], frames), damage)
    for block in mono_blocks(steady, mixer):
        if not np.isfinite(block).all():
            raise VideoFileError(path, "holds NaN or infinite samples")
        pcm = np.clip(np.rint(block * _PCM_FULL_SCALE), -_PCM_FULL_SCALE, _PCM_FULL_SCALE - 1).astype(np.int16)
        file.write(pcm[: most - written].tobytes())
        written += len(pcm)
        beat()
        if written >= most:
            break
    file.flush()
    return (first.time or 0.0) if written else None


def _without_gaps(frames: Iterable[av.AudioFrame], damage: Damage) -> Iterator[av.AudioFrame]:
    """Fill holes in the time of the frames with silence; end where time jumps too far, saying so in `damage`."""
    expected_s: float | None = None
    for frame in frames:
        if expected_s is None or frame.time is None:
            expected_s = frame.time or 0.0
        gap_s = (frame.time or expected_s) - expected_s
        if abs(gap_s) > _LONGEST_GAP_S:
            damage.stopped = f"time jumps from {expected_s:.1f} to {frame.time:.1f} s"
            return
        if gap_s > _GAP_S:
            yield from _silence(frame, gap_s)
            expected_s += gap_s
        yield frame
        expected_s += frame.samples / frame.sample_rate


def _silence(like: av.AudioFrame, duration_s: float) -> Iterator[av.AudioFrame]:
    left = round(duration_s * like.sample_rate)
    while left > 0:
        silent = av.AudioFrame(like.format.name, like.layout.name, min(left, like.sample_rate))
        silent.sample_rate = like.sample_rate
        for plane in silent.planes:
            plane.update(bytes(plane.buffer_size))
        left -= silent.samples
        yield silent
