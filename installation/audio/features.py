"""The fast path: what the last milliseconds sound like, as numbers from 0 to 1. Pure numpy, in the show process.

Sound stays in decibels until the last step, and every band is shown within the range it has had lately, so that a soft
room and a loud stage both move the picture. All times are in seconds: the frame rate changes nothing.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.audio.following import AutoRange, Follower, Onset
from installation.audio.tempo import BeatTracker
from installation.values import SAMPLE_RATE_HZ, AudioBlock, Beat, Features, Samples

_WINDOW: Final = 512  # 32 ms; its centre of weight lies 16 ms back
_SHAPE: Final = np.blackman(_WINDOW).astype(np.float32)
"""Side lobes 58 dB down: a loud bass must not show up in the treble, whose range reaches far below it."""
_BIN_HZ: Final = SAMPLE_RATE_HZ / _WINDOW
_BANDS: Final = ("bass", "mid", "treble")
_BAND_STARTS: Final = np.round(np.array([20, 250, 2000]) / _BIN_HZ).astype(np.intp)  # up to 8 kHz
_FLUX_HOP: Final = 128  # 8 ms
_FLUX_LAG: Final = 2  # hops
_FLUX_STEP_S: Final = _FLUX_HOP / SAMPLE_RATE_HZ
_FLUX_SHAPE: Final = np.hanning(_WINDOW).astype(np.float32)
_MOST_STEPS: Final = 16
"""Of 8 ms since the last call that are looked at: an eighth of a second."""
LISTEN_SAMPLES: Final = _WINDOW + (_MOST_STEPS + _FLUX_LAG - 1) * _FLUX_HOP
_FLUX_BANDS: Final = 16
_FLUX_HZ: Final = (60.0, 7600.0)
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


def _mel_starts(bands: int, low_hz: float, high_hz: float) -> NDArray[np.intp]:
    """Return the first bins of `bands` bands of equal width in mel (O'Shaughnessy 1987), each of a bin at least."""
    low_mel, high_mel = (2595.0 * math.log10(1.0 + hz / 700.0) for hz in (low_hz, high_hz))
    edges_hz = 700.0 * (10.0 ** (np.linspace(low_mel, high_mel, bands + 1) / 2595.0) - 1.0)
    return np.unique(np.round(edges_hz / _BIN_HZ).astype(np.intp))[:-1]


_FLUX_STARTS: Final = _mel_starts(_FLUX_BANDS, *_FLUX_HZ)


class FastPath:
    """Listens to the newest sound once a frame. Belongs to one thread."""

    def __init__(self) -> None:
        self._level_range = AutoRange(least_db=_LEAST_DB)
        self._band_ranges = [AutoRange(least_db=_LEAST_BAND_DB) for _ in _BANDS]
        self._level, *self._bands = (Follower(attack_s=0.005, release_s=0.12) for _ in ("level", *_BANDS))
        self._centroid = Follower(attack_s=0.06, release_s=0.06)
        self._onset = Onset()
        self._beat = BeatTracker(_FLUX_STEP_S)
        self._owed_steps = 0.0
        self._strongest = 0.0
        self._listened_at: float | None = None

    def listen(self, block: AudioBlock, now: float) -> Features:
        """Return the features at `now` from a block's newest `LISTEN_SAMPLES`; fewer are taken as after silence.

        `level_db` is the root mean square of the newest 32 ms, any constant offset left out, below full scale (a
        full-scale sine: -3 dB). Onsets compare 32 ms with those 16 ms before, at every 8 ms since the last call, so
        that slow frames miss none.
        """
        dt_s = _FIRST_DT_S if self._listened_at is None else max(now - self._listened_at, 0.0)
        self._listened_at = now
        samples = _recent(block, now)
        newest = samples[-_WINDOW:]
        spectrum = _mean_squares(newest, _SHAPE)
        level_db = _decibels(float(np.var(newest)))
        level = self._level.follow(self._level_range.place(level_db, dt_s), dt_s)
        bass, mid, treble = self._place_bands(spectrum, dt_s)
        strengths = self._follow_onsets(samples, dt_s)
        beat = self._follow_beat(strengths, dt_s)
        centroid = self._centroid.follow(_centroid(spectrum) if level_db > _SILENCE_DB else 0.0, dt_s)
        onset = self._onset.value
        return Features(
            level, bass, mid, treble, onset, centroid, level_db, block.heard_at, beat=beat.pulse, tempo_bpm=beat.bpm
        )

    def tap(self) -> float | None:
        """Take a tap as a beat; return the tempo in beats a minute that the taps say, None before the third."""
        return self._beat.tap()

    def keep_tempo(self, bpm: float) -> None:
        """Keep to `bpm` beats a minute, or, at 0, to what is heard."""
        self._beat.keep(bpm)

    def _follow_onsets(self, samples: Samples, dt_s: float) -> list[float]:
        """Return how strongly something began at each step since the last call, at least at one."""
        steps = min(max(round(dt_s / _FLUX_STEP_S), 1), _MOST_STEPS)
        strengths = []
        for rise_db in _rises_db(samples[-(_WINDOW + (steps + _FLUX_LAG - 1) * _FLUX_HOP) :]):
            self._onset.follow(float(rise_db), dt_s / steps)
            strengths.append(self._onset.strength)
        return strengths

    def _follow_beat(self, strengths: Sequence[float], dt_s: float) -> Beat:
        # The tracker's steps are exact, or a tempo would be off by what frames are: what is left over waits.
        self._owed_steps = min(self._owed_steps + dt_s / _FLUX_STEP_S, float(_MOST_STEPS))
        steps = int(self._owed_steps + 1e-9)
        self._owed_steps -= steps
        self._strongest = max(self._strongest, *strengths)
        if steps == 0:
            return self._beat.beat
        found = np.zeros(steps)
        found[-len(strengths) :] = strengths[-steps:]
        if len(strengths) < steps or self._strongest > max(strengths):
            found[-1] = self._strongest
        self._strongest = 0.0
        # What is soft may begin as suddenly as what is loud; time is beaten by the loud.
        return self._beat.follow(found * self._level.value)

    def _place_bands(self, spectrum: _Spectrum, dt_s: float) -> list[float]:
        least_db = self._level_range.ceiling_db - _BELOW_LOUDEST_DB
        powers = np.add.reduceat(spectrum, _BAND_STARTS)
        return [
            follower.follow(reach.place(_decibels(float(power)), dt_s, least_db=least_db), dt_s)
            for power, reach, follower in zip(powers, self._band_ranges, self._bands, strict=True)
        ]


def _recent(block: AudioBlock, now: float) -> Samples:
    """The newest samples, silence in place of what is missing or too old."""
    recent = np.zeros(LISTEN_SAMPLES, np.float32)
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
    """How many dB louder the half of the bands that rose most became within 16 ms, at steps of 8 ms, newest last.

    A note begins in some bands while another dies away in the rest. Falling bands count as nothing.
    """
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_FLUX_HOP]
    bands = np.add.reduceat(_mean_squares(windows, _FLUX_SHAPE), _FLUX_STARTS, axis=-1)
    levels_db = 10 * np.log10(bands + _FLUX_FLOOR)
    rises = np.maximum(levels_db[_FLUX_LAG:] - levels_db[:-_FLUX_LAG], 0.0)
    most: NDArray[np.floating] = np.sort(rises, axis=-1)[:, -(_FLUX_BANDS // 2) :].mean(axis=-1)
    return most


def _centroid(spectrum: _Spectrum) -> float:
    """The middle of the sound on the scale of octaves from 60 Hz to 8 kHz, 0..1."""
    weights = spectrum[_CENTROID_BINS]
    middle = float(np.dot(weights, _OCTAVES) / max(float(weights.sum()), 1e-30))
    return min(max(middle / math.log2(_CENTROID_HZ[1] / _CENTROID_HZ[0]), 0.0), 1.0)


def _decibels(mean_square: float) -> float:
    return max(10 * math.log10(max(mean_square, 1e-30)), _FLOOR_DB)
