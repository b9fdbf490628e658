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
_TO_MEAN_SQUARE: Final = 2 / (_WINDOW * float(np.sum(_SHAPE**2)))
_BANDS: Final = ("bass", "mid", "treble")
_BAND_STARTS: Final = np.round(np.array([20, 250, 2000]) / _BIN_HZ).astype(np.intp)  # up to 8 kHz
_FLUX_STARTS: Final = np.unique(np.round(np.geomspace(2, 224, 20)).astype(np.intp))
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
        full-scale sine: -3 dB). An onset compares the newest 32 ms with the 32 ms before, whatever the frame rate.
        """
        dt_s = _FIRST_DT_S if self._listened_at is None else max(now - self._listened_at, 0.0)
        self._listened_at = now
        before, newest = _halves(block, now)
        spectrum, spectrum_before = _mean_squares(newest), _mean_squares(before)
        level_db = _decibels(float(np.var(newest)))
        level = self._level.follow(self._level_range.place(level_db, dt_s), dt_s)
        bass, mid, treble = self._place_bands(spectrum, dt_s)
        onset = self._onset.follow(_rise_db(spectrum_before, spectrum), dt_s)
        centroid = self._centroid.follow(_centroid(spectrum) if level_db > _SILENCE_DB else 0.0, dt_s)
        return Features(level, bass, mid, treble, onset, centroid, level_db, block.heard_at)

    def _place_bands(self, spectrum: _Spectrum, dt_s: float) -> list[float]:
        least_db = self._level_range.ceiling_db - _BELOW_LOUDEST_DB
        powers = np.add.reduceat(spectrum, _BAND_STARTS)
        return [
            follower.follow(reach.place(_decibels(float(power)), dt_s, least_db=least_db), dt_s)
            for power, reach, follower in zip(powers, self._band_ranges, self._bands, strict=True)
        ]


def _halves(block: AudioBlock, now: float) -> tuple[Samples, Samples]:
    """The 32 ms before the newest 32 ms, and these."""
    both = np.zeros(2 * _WINDOW, np.float32)
    samples = block.samples[-len(both) :]
    if len(samples) and now - block.heard_at < _STALE_S:
        both[-len(samples) :] = samples
    return both[:_WINDOW], both[_WINDOW:]


def _mean_squares(samples: Samples) -> _Spectrum:
    """Mean square by frequency bin `[257]`; a constant offset is left out."""
    offset = np.dot(_SHAPE, samples) / _SHAPE.sum()
    spectrum = np.fft.rfft((samples - offset) * _SHAPE)
    return np.square(np.abs(spectrum)) * _TO_MEAN_SQUARE


def _rise_db(before: _Spectrum, after: _Spectrum) -> float:
    """How many dB louder the bands became, falling ones counted as nothing, on average."""
    levels = [10 * np.log10(np.add.reduceat(each, _FLUX_STARTS) + _FLUX_FLOOR) for each in (before, after)]
    return float(np.mean(np.maximum(levels[1] - levels[0], 0.0)))


def _centroid(spectrum: _Spectrum) -> float:
    """The middle of the sound on the scale of octaves from 60 Hz to 8 kHz, 0..1."""
    weights = spectrum[_CENTROID_BINS]
    middle = float(np.dot(weights, _OCTAVES) / max(float(weights.sum()), 1e-30))
    return min(max(middle / math.log2(_CENTROID_HZ[1] / _CENTROID_HZ[0]), 0.0), 1.0)


def _decibels(mean_square: float) -> float:
    return max(10 * math.log10(max(mean_square, 1e-30)), _FLOOR_DB)
