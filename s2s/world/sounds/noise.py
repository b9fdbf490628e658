"""Filtered and modulated noise: the stuff of rain, wind, water and engines.

Pure numpy and scipy. Spectra are given as points (frequency in Hz, level in dB), straight lines between them over
log-frequency, so that every scene describes its colour the way one reads it off a spectrum analyser.
"""

from collections.abc import Sequence

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from s2s.world.sounds.take import Signal, Take, unit

GainCurve = Sequence[tuple[float, float]]  # (Hz, dB)


def curve_gain(points: GainCurve, frequencies_hz: NDArray[np.floating]) -> Signal:
    """Return the amplitude of `points` at each frequency, log-interpolated and held flat beyond the ends."""
    hz, level_db = np.array(sorted(points)).T
    log_hz = np.log(np.maximum(frequencies_hz, 1.0))
    return np.asarray(10 ** (np.interp(log_hz, np.log(hz), level_db) / 20), np.float32)


def coloured(take: Take, points: GainCurve) -> Signal:
    """Return stationary noise [samples] with the spectrum `points`, at unit RMS; drawn in frequency, so one FFT."""
    size = scipy.fft.next_fast_len(take.samples, real=True)
    bins = size // 2 + 1
    draw = take.rng.standard_normal((bins, 2), dtype=np.float32).view(np.complex64)[:, 0]
    draw *= curve_gain(points, np.fft.rfftfreq(size, 1 / take.sample_rate_hz))
    draw[0] = 0.0
    return unit(scipy.fft.irfft(draw, size)[: take.samples])


def band(take: Take, low_hz: float, high_hz: float, slope_db: float = 18.0) -> Signal:
    """Return noise between two frequencies, falling by `slope_db` an octave outside, at unit RMS."""
    edge = min(high_hz, 0.9 * take.nyquist_hz)
    return coloured(take, band_curve(min(low_hz, edge * 0.9), edge, slope_db))


def band_curve(low_hz: float, high_hz: float, slope_db: float = 18.0) -> GainCurve:
    octaves = 6
    reach, fall = 2.0**octaves, -slope_db * octaves
    return ((low_hz / reach, fall), (low_hz, 0.0), (high_hz, 0.0), (high_hz * reach, fall))


def filtered(take: Take, signal: Signal, points: GainCurve) -> Signal:
    """Return `signal` through a zero-phase filter of the given curve; smooth curves only, else it rings ahead."""
    size = scipy.fft.next_fast_len(signal.size + take.sample_rate_hz // 20, real=True)
    spectrum = scipy.fft.rfft(signal, size)
    spectrum *= curve_gain(points, np.fft.rfftfreq(size, 1 / take.sample_rate_hz))
    return np.asarray(scipy.fft.irfft(spectrum, size)[: signal.size], np.float32)


def wandering_whistle(take: Take, hz: Signal, width_hz: float) -> Signal:
    """Return a narrow band of noise [samples] whose centre follows `hz`, as wind makes around an edge: unit RMS.

    A slow complex noise of bandwidth `width_hz` rides on a carrier; cheaper and steadier than a moving filter.
    """
    phase = np.cumsum(hz, dtype=np.float64) * (2 * np.pi / take.sample_rate_hz)
    envelope = coloured(take, ((1.0, 0.0), (width_hz, 0.0), (width_hz * 8, -54.0)))
    quadrature = coloured(take, ((1.0, 0.0), (width_hz, 0.0), (width_hz * 8, -54.0)))
    return unit((envelope * np.cos(phase) - quadrature * np.sin(phase)).astype(np.float32))
