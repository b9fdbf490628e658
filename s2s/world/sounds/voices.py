"""Voices: vowels as formant-weighted cycles, sung or spoken at any pitch. Pure numpy; used by crowd, choir, rooster."""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from s2s.world.sounds.take import Signal, Take, as_signal

CYCLE = 2048  # samples of one stored cycle

# First three formants of an average man, Hz (Peterson & Barney 1952), for a, e, i, o, u and schwa.
VOWELS: NDArray[np.float64] = np.array(
    [[730, 1090, 2440], [530, 1840, 2480], [270, 2290, 3010], [570, 840, 2410], [300, 870, 2240], [500, 1500, 2500]],
    np.float64,
)


def formant_gain(
    hz: NDArray[np.floating], formants_hz: NDArray[np.float64], width: float = 0.09
) -> NDArray[np.float64]:
    """Return the amplitude of a vocal tract at `hz`: resonances in parallel, each weaker than the one below."""
    tract = np.zeros_like(hz, np.float64)
    for rank, centre_hz in enumerate((*formants_hz, 3500.0 * formants_hz[-1] / 2500.0)):
        half_hz = 40.0 + width * centre_hz / 2
        tract += 0.6**rank / np.sqrt(1.0 + np.square((hz - centre_hz) / half_hz))
    return tract


def cycle(take: Take, pitch_hz: float, formants_hz: NDArray[np.float64], tilt_db: float) -> Signal:
    """Return one cycle [CYCLE] of a voice at `pitch_hz`, no harmonic above Nyquist; `tilt_db` is its fall an octave."""
    count = max(1, min(int(0.95 * take.nyquist_hz / pitch_hz), CYCLE // 4))
    order = np.arange(1, count + 1)
    spectrum = np.zeros(CYCLE // 2 + 1, np.complex64)
    level = order ** (-tilt_db / 6.02) * formant_gain(order * pitch_hz, formants_hz)
    spectrum[1 : count + 1] = level * np.exp(1j * take.rng.normal(0.0, 0.5, count))
    table = scipy.fft.irfft(spectrum, CYCLE)
    return np.asarray(table / max(float(np.sqrt(np.mean(table**2))), 1e-12), np.float32)


def sung(table: Signal, hz: Signal, sample_rate_hz: int, phase: float = 0.0) -> Signal:
    """Return `table` read at the pitch `hz` [samples], unit RMS."""
    place = (np.cumsum(hz, dtype=np.float64) / sample_rate_hz + phase) * CYCLE
    return as_signal(table[place.astype(np.int64) & (CYCLE - 1)])
