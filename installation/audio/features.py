"""The fast path: what the last milliseconds sound like, as six numbers from 0 to 1. Pure numpy, in the show process.

Sound stays in decibels until the last step, and every band is shown within the range it has had lately, so that a soft
room and a loud stage both move the picture. All times are in seconds: the frame rate changes nothing.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.audio.following import AutoRange, Follower, Onset
from installation.values import SAMPLE_RATE_HZ, AudioBlock, Features, Samples

_WINDOW: Final = 512  # 32 ms; its centre of weight lies 16 ms back
_SHAPE: Final = np.blackman(_WINDOW).astype(np.float32)
"""Side lobes 58 dB down: a loud bass must not show up in the treble, whose range reaches far below it."""
_BIN_HZ: Final = SAMPLE_RATE_HZ / _WINDOW
_BANDS: Final = ("bass", "mid", "treble")
_BAND_STARTS: Final = np.round(np.array([20, 250, 2000]) / _BIN_HZ).astype(np.intp)  # up to 8 kHz
_FLUX_WINDOW: Final = 256
_FLUX_HOP: Final = _FLUX_WINDOW // 2
_FLUX_SHAPE: Final = np.hanning(_FLUX_WINDOW).astype(np.float32)
_FLUX_STARTS: Final = np.unique(np.round(np.geomspace(1, 112, 16)).astype(np.intp))
_FLUX_FLOOR: Final = 1e-7
"""-70 dB: what stays below it cannot begin anything."""
_CENTROID_HZ: Final = (60.0, 8000.0)
_CENTROID_BINS: Final = slice(2, None)
_OCTAVES: Final = np.log2(np.arange(2, _WINDOW // 2 + 1) * _BIN_HZ / _CENTROID_HZ[0])
_LEAST_DB: Final = -34.0
_LEAST_BAND_DB: Final = -36.0
_BELOW_LOUDEST_DB: Final = 24.0
"""A band's range starts at most this far below the whole sound's: its rest of leakage and noise stays small."""
_SILENCE_DB: Final = -70.0
_FLOOR_DB: Final = -120.0
_STALE_S: Final = 0.5
"""Sound older than this no longer moves anything: its source stands still."""
_FIRST_DT_S: Final = 1 / 60

_Spectrum = NDArray[np.floating]


class FastPath:
    """Listens to the newest sound once a frame. Belongs to one thread."""

    def __init__(self) -> None:
        self._level_range = AutoRange(least_db=_LEAST_DB)
        self._band_ranges = [AutoRange(least_db=_LEAST_BAND_DB) for _ in _BANDS]
        self._level, *self._bands = (Follower(attack_s=0.005, release_s=0.12) for _ in ("level", *_BANDS))
        self._centroid = Follower(attack_s=0.06, release_s=0.06)
        self._onset = Onset()
        self._listened_at: float | None = None

    def listen(self, block: AudioBlock, now: float) -> Features:
        """Return the features at `now` from a block's newest 1024 samples; fewer are taken as after silence.

        `level_db` is the root mean square of the newest 32 ms, any constant offset left out, below full scale (a
        full-scale sine: -3 dB). Onsets compare neighbouring 16 ms, at every 8 ms since the last call (at most 32 ms
        back), so that slow frames miss none.
        """
        dt_s = _FIRST_DT_S if self._listened_at is None else max(now - self._listened_at, 0.0)
        self._listened_at = now
        samples = _recent(block, now)
        newest = samples[-_WINDOW:]
        spectrum = _mean_squares(newest, _SHAPE)
        level_db = _decibels(float(np.var(newest)))
        level = self._level.follow(self._level_range.place(level_db, dt_s), dt_s)
        bass, mid, treble = self._place_bands(spectrum, dt_s)
        onset = self._follow_onsets(samples, dt_s)
        centroid = self._centroid.follow(_centroid(spectrum) if level_db > _SILENCE_DB else 0.0, dt_s)
        return Features(level, bass, mid, treble, onset, centroid, level_db, block.heard_at)

    def _follow_onsets(self, samples: Samples, dt_s: float) -> float:
        rises_db = _rises_db(samples)
        steps = min(max(round(dt_s * SAMPLE_RATE_HZ / _FLUX_HOP), 1), len(rises_db))
        for rise_db in rises_db[-steps:]:
            onset = self._onset.follow(float(rise_db), dt_s / steps)
        return onset

    def _place_bands(self, spectrum: _Spectrum, dt_s: float) -> list[float]:
        least_db = self._level_range.ceiling_db - _BELOW_LOUDEST_DB
        powers = np.add.reduceat(spectrum, _BAND_STARTS)
        return [
            follower.follow(reach.place(_decibels(float(power)), dt_s, least_db=least_db), dt_s)
            for power, reach, follower in zip(powers, self._band_ranges, self._bands, strict=True)
        ]


def _recent(block: AudioBlock, now: float) -> Samples:
    """The newest 64 ms, silence in place of what is missing or too old."""
    recent = np.zeros(2 * _WINDOW, np.float32)
    samples = block.samples[-len(recent) :]
    if len(samples) and now - block.heard_at < _STALE_S:
        recent[-len(samples) :] = samples
    return recent


def _mean_squares(samples: Samples, shape: Samples) -> _Spectrum:
    """Mean square by frequency bin `[..., 1 + n / 2]` of windows `[..., n]`; a constant offset is left out."""
    offset = (samples @ shape) / shape.sum()
    spectrum = np.fft.rfft((samples - offset[..., np.newaxis]) * shape)
    return np.square(np.abs(spectrum)) * (2 / (len(shape) * float(np.dot(shape, shape))))


def _rises_db(samples: Samples) -> NDArray[np.floating]:
    """How many dB louder the bands became from one 16 ms to the next, on average, at steps of 8 ms, newest last.

    Falling bands count as nothing.
    """
    windows = np.lib.stride_tricks.sliding_window_view(samples, _FLUX_WINDOW)[::_FLUX_HOP]
    bands = np.add.reduceat(_mean_squares(windows, _FLUX_SHAPE), _FLUX_STARTS, axis=-1)
    levels_db = 10 * np.log10(bands + _FLUX_FLOOR)
    rises: NDArray[np.floating] = np.maximum(levels_db[2:] - levels_db[:-2], 0.0).mean(axis=-1)
    return rises


def _centroid(spectrum: _Spectrum) -> float:
    """The middle of the sound on the scale of octaves from 60 Hz to 8 kHz, 0..1."""
    weights = spectrum[_CENTROID_BINS]
    middle = float(np.dot(weights, _OCTAVES) / max(float(weights.sum()), 1e-30))
    return min(max(middle / math.log2(_CENTROID_HZ[1] / _CENTROID_HZ[0]), 0.0), 1.0)


def _decibels(mean_square: float) -> float:
    return max(10 * math.log10(max(mean_square, 1e-30)), _FLOOR_DB)
