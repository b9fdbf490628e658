"""AV-Align: how many peaks of sound and of picture fall together in a film (Yariv et al. 2023, arXiv 2309.16429).

Peaks of the strength of onsets against local peaks of how much the picture changes; one of each is a pair where they
lie no further apart than a frame. The value is pairs over all peaks, each pair counted once: 1 where every onset is
seen and nothing else moves, 0 where nothing falls together. It differs from the published code in three things: a
peak is in one pair at most (there the value may exceed 1), change is the mean difference of brightness instead of
optical flow, and flicker below a tenth of the largest change is no peak.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from av.container.input import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray
from scipy.signal import stft

from s2s.data.prepared import PreparedData
from s2s.evaluate.metrics import intervals
from s2s.evaluate.metrics.clips import PairClips
from s2s.evaluate.metrics.evidence import CannotMeasureError, Evidence, Measured
from s2s.evaluate.report.model import Value
from s2s.media.audio import read_audio
from s2s.media.container import Damage
from s2s.media.video_reader import Squash, VideoFileError, open_film, picture_track, pictures, sampled
from s2s.rates import SAMPLE_RATE_HZ

FILMS: Final = "films"
PIECE_S: Final = 10.0
_WINDOW: Final = 1024  # samples at 16 kHz
_HOP: Final = 256
_RANGE_DB: Final = 80.0
_DELTA: Final = 0.07  # of the strongest onset, above the mean around it
_BEFORE_S: Final = 0.1
_APART_S: Final = 0.03
_FLICKER: Final = 0.1  # of the largest change
_SIDE_PX: Final = 64
_BRIGHTNESS: Final = np.array([0.299, 0.587, 0.114], np.float32)

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AlignOptions:
    """`window_frames` apart at most; with `shifted` the sound is turned by half its length first: what chance gives."""

    window_frames: float = 1.0
    shifted: bool = False


def onset_times(sound: NDArray[np.float32], rate_hz: int = SAMPLE_RATE_HZ) -> Times:
    """Return when onsets are, in seconds [k], of mono `sound` [n]: peaks of the mean rise of level over all bands."""
    if len(sound) < _WINDOW:
        return np.empty(0)
    power = np.square(np.abs(stft(sound, rate_hz, nperseg=_WINDOW, noverlap=_WINDOW - _HOP)[2]))
    level_db = 10.0 * np.log10(np.maximum(power, 1e-10))
    level_db = np.maximum(level_db, level_db.max() - _RANGE_DB)
    rise = np.maximum(np.diff(level_db, axis=1), 0.0).mean(axis=0)
    if not rise.max() > 0:
        return np.empty(0)
    return _peaks(rise / rise.max(), rate_hz / _HOP) + _HOP / rate_hz


def _peaks(strength: NDArray[np.float64], rate_hz: float) -> Times:
    """Return the times of what is highest around it and stands out from the mean before and after."""
    around, near = max(1, round(_BEFORE_S * rate_hz)), max(1, round(_APART_S * rate_hz))
    found: list[int] = []
    for place, value in enumerate(strength):
        is_highest = value == strength[max(0, place - near) : place + near + 1].max()
        mean = strength[max(0, place - around) : place + around + 1].mean()
        if is_highest and value >= mean + _DELTA and (not found or place - found[-1] > near):
            found.append(place)
    return np.array(found) / rate_hz


def picture_changes(frames: Iterable[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """Return how much the picture changed with each of `frames` [h, w, 3], [n], the first 0; one is kept at a time."""
    changes, before = [], None
    for frame in frames:
        now = frame.astype(np.float32) @ _BRIGHTNESS
        changes.append(0.0 if before is None else float(np.abs(now - before).mean()))
        before = now
    return np.array(changes)


def change_times(changes: NDArray[np.float64], rate_hz: float) -> Times:
    """Return when the picture changes most, in seconds [k]: local peaks of `changes` [n], flicker left out."""
    if len(changes) < 3 or not changes.max() > 0:
        return np.empty(0)
    padded = np.concatenate([[0.0], changes, [0.0]])
    is_peak = (changes > padded[:-2]) & (changes >= padded[2:]) & (changes >= _FLICKER * changes.max())
    return np.flatnonzero(is_peak) / rate_hz


def aligned(onsets: Times, moves: Times, window_s: float) -> float | None:
    """Return pairs over all peaks, 0..1; None where there is no peak at all."""
    if not len(onsets) + len(moves):
        return None
    free, pairs = sorted(moves.tolist()), 0
    for onset in sorted(onsets.tolist()):
        while free and free[0] < onset - window_s - 1e-9:
            free.pop(0)
        if free and free[0] <= onset + window_s + 1e-9:
            free.pop(0)
            pairs += 1
    return pairs / (len(onsets) + len(moves) - pairs)


def align(
    sound: NDArray[np.float32], changes: NDArray[np.float64], rate_hz: float, options: AlignOptions
) -> float | None:
    """Return how well `sound` [n] at 16 kHz and a picture's `changes` [frames] at `rate_hz` fall together; None for
    neither sound nor movement.
    """
    played = np.roll(sound, len(sound) // 2) if options.shifted else sound
    return aligned(onset_times(played), change_times(changes, rate_hz), options.window_frames / rate_hz)


def of_clips(evidence: Evidence, _: str, options: AlignOptions) -> Measured:
    """Return the mean over the clips of films that have ten frames a second."""
    clips = evidence.clips
    if not isinstance(clips, PairClips) or not isinstance(clips.source, PreparedData) or not clips.has_pictures:
        raise CannotMeasureError("only films have pictures that move")
    found = [_of_clip(clips.source, one, options) for one in clips.ids]
    known = [row for row, value in enumerate(found) if value is not None]
    if not known:
        raise CannotMeasureError("no clip has a peak of sound or of picture")
    values = np.array([found[row] for row in known], dtype=np.float64)
    value = intervals.mean(values, evidence.recordings(np.array(known)), len(known))
    return Measured(value, f"at {clips.source.frame_rate_hz:g} frames a second; {len(found) - len(known)} have no peak")


def _of_clip(source: PreparedData, clip_id: str, options: AlignOptions) -> float | None:
    try:
        frames = source.frames(clip_id, min(source.about.settings.px))
        return align(source.sound(clip_id), picture_changes(frames), source.frame_rate_hz, options)
    except (ValueError, OSError):
        return None


def of_film(path: Path, options: AlignOptions) -> Measured:
    """Return the mean over pieces of ten seconds of a film: of a recorded show, what its fast path is worth.

    Raises VideoFileError, AudioFileError; CannotMeasureError where nothing sounds or moves.
    """
    sound = read_audio(path, SAMPLE_RATE_HZ)
    changes, rate_hz = _changes_of(path)
    count = max(1, int(len(changes) / rate_hz // PIECE_S))
    pieces = zip(np.array_split(sound, count), np.array_split(changes, count), strict=True)
    values = [value for piece in pieces if (value := align(*piece, rate_hz, options)) is not None]
    if not values:
        raise CannotMeasureError(f"{path.name} has no peak of sound or of picture")
    names = [str(number) for number in range(len(values))]
    return Measured(_pieces(np.array(values), names), f"at {rate_hz:g} frames a second, pieces of {PIECE_S:g} s")


def _pieces(values: NDArray[np.float64], names: list[str]) -> Value:
    return intervals.mean(values, names, len(names))


def _changes_of(path: Path) -> tuple[NDArray[np.float64], float]:
    """Return how much the picture of a film changes, at its own rate, and that rate."""
    with open_film(path) as film:
        if (track := picture_track(film)) is None or not track.average_rate:
            raise VideoFileError(path, "holds no picture that moves")
        rate_hz = float(track.average_rate)
        return picture_changes(_small(film, track, rate_hz)), rate_hz


def _small(film: InputContainer, track: VideoStream, rate_hz: float) -> Iterator[NDArray[np.uint8]]:
    squash = Squash(_SIDE_PX)
    shown = sampled(pictures(film, track, Damage()), rate_hz)
    return (squash(picture.frame) for picture in shown)
