"""One take being synthesised: its length, rate, random stream and shared state, and the slow controls drawn from it.

Pure numpy; no thread, no device. Every other module of this package reads the take and draws from its stream.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

Signal = NDArray[np.float32]  # [samples]


@dataclass(frozen=True, slots=True)
class Take:
    """What a scene's sound is made from.

    `samples` counts the lead-in too: the first `lead_in` samples are synthesised and then cut away, so that a clip
    begins in the middle of a world that already sounds. `spans` are the times in seconds, lead-in included, in which
    the thing is there to sound; None: always.
    """

    rng: np.random.Generator
    samples: int
    lead_in: int
    sample_rate_hz: int
    nearness: float
    hour: float
    spans: tuple[tuple[float, float], ...] | None = None

    @property
    def duration_s(self) -> float:
        return self.samples / self.sample_rate_hz

    @property
    def lead_in_s(self) -> float:
        return self.lead_in / self.sample_rate_hz

    @property
    def visits(self) -> tuple[tuple[float, float], ...]:
        """When the thing is there and heard, seconds from and to, lead-in included."""
        return ((self.lead_in_s, self.duration_s),) if self.spans is None else self.spans

    @property
    def nyquist_hz(self) -> float:
        return self.sample_rate_hz / 2

    def times(self) -> Signal:
        """Return the time of each sample in seconds, [samples]."""
        return (np.arange(self.samples) / self.sample_rate_hz).astype(np.float32)

    def uniform(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def log_uniform(self, low: float, high: float) -> float:
        return float(np.exp(self.rng.uniform(np.log(low), np.log(high))))

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def near(self, far_value: float, near_value: float) -> float:
        """Return the value between `far_value` and `near_value` at this take's nearness."""
        return far_value + (near_value - far_value) * self.nearness

    def silence(self) -> Signal:
        return np.zeros(self.samples, np.float32)

    def drift(self, period_s: float) -> Signal:
        """Return a smooth wandering control [samples], zero mean, unit deviation, turning about every `period_s`."""
        step_s = period_s / 2
        knots = int(np.ceil(self.duration_s / step_s)) + 4
        offset_s = self.uniform(0.0, step_s)
        curve = CubicSpline(np.arange(knots) * step_s - offset_s - step_s, self.rng.standard_normal(knots))
        # A control needs no audio rate: 200 points a second, then straight lines.
        coarse_s = np.linspace(0.0, self.duration_s, max(2, int(self.duration_s * 200)))
        return np.interp(self.times(), coarse_s, curve(coarse_s)).astype(np.float32)

    def swell(self, period_s: float, depth_db: float) -> Signal:
        """Return a wandering gain [samples] of `depth_db` deviation around 1."""
        return decibels(self.drift(period_s) * np.float32(depth_db))

    def breakpoints(self, times_s: NDArray[np.float64], values: NDArray[np.float64]) -> Signal:
        return np.interp(self.times(), times_s, values).astype(np.float32)


def as_signal(values: ArrayLike) -> Signal:
    """Return `values` as single-precision samples."""
    return np.asarray(values, np.float32)


def decibels(level_db: Signal) -> Signal:
    """Return the amplitude of a level in dB, sample by sample."""
    return as_signal(np.exp(level_db * np.float32(np.log(10) / 20)))


def gain(level_db: float) -> float:
    """Return the amplitude of a level in dB."""
    return float(10 ** (level_db / 20))


def rms(signal: Signal) -> float:
    return float(np.sqrt(np.mean(np.square(signal, dtype=np.float64)))) if signal.size else 0.0


def unit(signal: Signal) -> Signal:
    """Return `signal` at an RMS of 1 (silence stays silence)."""
    level = rms(signal)
    return signal if level == 0.0 else signal * np.float32(1.0 / level)
