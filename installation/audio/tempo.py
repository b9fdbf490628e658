"""Tempo and beat, heard in how strongly things begin: period by autocorrelation, phase by a comb over the last seconds.

Pure; fed step by step on the fast path's own grid. A hand may say the tempo, or tap it; then that counts, and the sound
no more. After the estimate of periodicity of Scheirer (1998) and Davies and Plumbley (2007), without their learning.
"""

import math
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.values import Beat

SLOWEST_BPM: Final = 50.0
FASTEST_BPM: Final = 200.0
_HEARD_S: Final = 8.0
_EVERY_S: Final = 0.5
_USUAL_BPM: Final = 120.0
_OCTAVES: Final = 0.9
"""How far from the usual tempo, in octaves, a period has to be clearly the better one."""
_HALF_AS_GOOD: Final = 0.9
"""A period is taken by half where that repeats as well: an even pulse has no bars."""
_SURE_FROM: Final = 0.35
_SURE_AT: Final = 0.65
_TURNED_SHARE: Final = 0.35
"""How much of the way to the phase that is heard the beat goes at each look: it glides and never jumps."""
_TAPS_KEPT: Final = 8
_TAP_GAP_S: Final = 2.0
_FEWEST_TAPS: Final = 3


class BeatTracker:
    """Follows the beat of strengths of onsets that come every `step_s` seconds. Belongs to one thread."""

    def __init__(self, step_s: float) -> None:
        self._step_s = step_s
        self._strengths = np.zeros(round(_HEARD_S / step_s))
        self._since_look_s = 0.0
        self._period_s = 0.0
        self._certainty = self._beats = 0.0
        self._taps: deque[float] = deque(maxlen=_TAPS_KEPT)
        self._now_s = 0.0
        self._fixed_s: float | None = None

    @property
    def beat(self) -> Beat:
        """The beat at the last step."""
        if self._fixed_s is not None:
            return Beat(60.0 / self._fixed_s, self._beats % 1.0, 1.0)
        if self._period_s == 0.0 or self._certainty == 0.0:
            return Beat()
        return Beat(60.0 / self._period_s, self._beats % 1.0, self._certainty)

    def follow(self, strengths: NDArray[np.floating]) -> Beat:
        """Go on by as many steps as there are `strengths` (0..1), the newest last; return the beat."""
        steps = len(strengths)
        dt_s = steps * self._step_s
        self._now_s += dt_s
        self._strengths = np.concatenate([self._strengths, strengths])[steps:]
        period_s = self._fixed_s or self._period_s
        if period_s:
            self._beats += dt_s / period_s
        self._since_look_s += dt_s
        if self._since_look_s >= _EVERY_S:
            self._since_look_s = 0.0
            self._look()
        return self.beat

    def tap(self) -> float | None:
        """A hand beats time: from the third tap on that is the tempo, which is returned, and each tap is a beat."""
        if self._taps and self._now_s - self._taps[-1] > _TAP_GAP_S:
            self._taps.clear()
        self._taps.append(self._now_s)
        beaten_s = self._taps[-1] - self._taps[0]
        if len(self._taps) < _FEWEST_TAPS or beaten_s <= 0.0:
            return None
        self._fixed_s = beaten_s / (len(self._taps) - 1)
        self._beats = float(round(self._beats))
        return 60.0 / self._fixed_s

    def keep(self, bpm: float) -> None:
        """Keep to `bpm`, or, at 0, to what is heard."""
        self._fixed_s = 60.0 / bpm if bpm > 0.0 else None

    def _look(self) -> None:
        heard = _smooth(self._strengths)
        period_steps, certainty = _period(heard, self._step_s)
        self._certainty += (certainty - self._certainty) * 0.5
        if self._fixed_s is not None or certainty == 0.0:
            return
        self._period_s = period_steps * self._step_s
        turned = (_phase(heard, period_steps) - self._beats + 0.5) % 1.0 - 0.5
        self._beats += _TURNED_SHARE * turned


def _smooth(strengths: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return what a beat that is a little early or late adds up in, mean taken off."""
    kernel = np.exp(-0.5 * np.square(np.arange(-4, 5) / 1.5))
    smooth = np.convolve(strengths, kernel / kernel.sum(), mode="same")
    return np.asarray(smooth - smooth.mean())


def _period(heard: NDArray[np.floating], step_s: float) -> tuple[float, float]:
    """Return the period in steps, between steps too, and how certain it is; certainty 0 where nothing repeats."""
    power = np.fft.irfft(np.square(np.abs(np.fft.rfft(heard, 2 * len(heard)))))[: len(heard)]
    if power[0] <= 1e-9:
        return 0.0, 0.0
    # Fewer pairs of moments lie a long time apart.
    likeness = power / power[0] * len(heard) / (len(heard) - np.arange(len(heard)))
    first, last = math.ceil(60.0 / FASTEST_BPM / step_s), math.floor(60.0 / SLOWEST_BPM / step_s)
    lags = np.arange(first, last + 1)
    combed = (likeness[lags] + likeness[2 * lags] + likeness[3 * lags]) / 3.0
    octaves = np.log2(60.0 / _USUAL_BPM / (lags * step_s))
    best = int(lags[np.argmax(combed * np.exp(-0.5 * np.square(octaves / _OCTAVES)))])
    half = best // 2 + int(np.argmax(likeness[best // 2 : best // 2 + 2])) if best // 2 >= first else best
    if likeness[half] >= _HALF_AS_GOOD * likeness[best]:
        best = half
    certainty = float(np.clip((likeness[best] - _SURE_FROM) / (_SURE_AT - _SURE_FROM), 0.0, 1.0))
    return _finely(likeness, best), certainty


def _finely(likeness: NDArray[np.floating], lag: int) -> float:
    """Return the period near `lag` to a fraction of a step: of its fourth repetition a step is but a quarter."""
    fine = float(lag)
    for times in (1, 2, 4):
        around = round(fine * times)
        if around + 3 >= len(likeness):
            break
        peak = around - 2 + int(np.argmax(likeness[around - 2 : around + 3]))
        before, there, after = likeness[peak - 1 : peak + 2]
        bend = before - 2.0 * there + after
        beside = 0.5 * (before - after) / bend if bend < 0.0 else 0.0
        fine = (peak + min(max(beside, -0.5), 0.5)) / times
    return fine


def _phase(heard: NDArray[np.floating], period_steps: float) -> float:
    """Return how long ago the last beat was, in beats 0..1, by where a comb of that period finds most."""
    back = np.arange(round(period_steps))[:, None] + np.arange(int(len(heard) / period_steps) - 1) * period_steps
    weights = 0.9 ** np.arange(back.shape[1])
    found = heard[len(heard) - 1 - np.minimum(back.round().astype(int), len(heard) - 1)] @ weights
    return float(np.argmax(found) / period_steps)
