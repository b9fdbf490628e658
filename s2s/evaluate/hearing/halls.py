"""Three halls as impulse responses in the time domain: the direct sound, then noise that decays band by band. Pure.

The late part of a hall is Gaussian noise under an exponential (Moorer 1979); low frequencies last longer, high ones die
in the air. Early reflections are left out but for the pause before the tail.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from s2s.rates import SAMPLE_RATE_HZ

BANDS_HZ: Final = (125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)
"""The middles of the octave bands of `Hall.decay_s`; the outermost reach on to both ends."""
_DECAY: Final = 6.907755  # ln 1000: an amplitude that falls by 60 dB
_FRACTION: Final = 1.2  # of the longest decay is kept: 72 dB


@dataclass(frozen=True, slots=True)
class Hall:
    """`decay_s` is the time in which each octave band of `BANDS_HZ` falls by 60 dB; the tail begins after `pause_s`.

    `direct_db` is the energy of the direct sound against that of the whole tail: 0 dB is as far from the source as the
    room's critical distance.
    """

    name: str
    decay_s: tuple[float, ...]
    pause_s: float
    direct_db: float


ROOM: Final = Hall("room 0.5 s", (0.65, 0.6, 0.5, 0.5, 0.5, 0.45, 0.35), 0.004, 0.0)
HALL: Final = Hall("hall 1.8 s", (2.2, 2.0, 1.8, 1.8, 1.7, 1.4, 0.9), 0.018, -6.0)
CATHEDRAL: Final = Hall("cathedral 5 s", (6.0, 5.8, 5.3, 5.0, 4.2, 2.8, 1.4), 0.035, -10.0)
HALLS: Final = (ROOM, HALL, CATHEDRAL)


def impulse_response(hall: Hall, seed: int = 0, rate_hz: int = SAMPLE_RATE_HZ) -> NDArray[np.float64]:
    """Return the response of `hall` [n] at `rate_hz`, its direct sound 1 at sample 0; the same seed gives the same."""
    start, length = round(hall.pause_s * rate_hz), round(_FRACTION * max(hall.decay_s) * rate_hz)
    noise = np.random.default_rng([seed, *hall.name.encode()]).standard_normal(length)
    times_s = np.arange(length) / rate_hz
    decays = np.exp(-_DECAY * times_s / np.array(hall.decay_s)[:, None])  # [bands, n]
    tail = (_bands(noise, rate_hz) * decays).sum(axis=0)
    tail *= 10 ** (-hall.direct_db / 20) / np.sqrt((tail**2).sum())
    return np.concatenate([[1.0], np.zeros(max(0, start - 1)), tail])


def in_hall(sound: NDArray[np.float32], response: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return `sound` [..., n] as heard in a hall, as loud (RMS) as before.

    The convolution goes round: it is heard as though it had been sounding before, so its beginning is no drier than its
    end. What of the response is longer than the sound is left out.
    """
    size = sound.shape[-1]
    spectrum = scipy.fft.rfft(sound, axis=-1) * scipy.fft.rfft(response[:size], size)
    heard = scipy.fft.irfft(spectrum, size, axis=-1)
    before, after = (np.sqrt(np.square(one, dtype=np.float64).mean(axis=-1, keepdims=True)) for one in (sound, heard))
    louder: NDArray[np.float32] = (heard * (before / np.maximum(after, 1e-12))).astype(np.float32)
    return louder


def _bands(noise: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    """Return `noise` [n] in octave bands [bands, n] that add up to it, each fading into the next over an octave."""
    hz = scipy.fft.rfftfreq(len(noise), 1 / rate_hz)
    place = np.clip(np.log2(np.maximum(hz, 1.0) / BANDS_HZ[0]), 0, len(BANDS_HZ) - 1)
    gains = np.clip(1.0 - np.abs(place - np.arange(len(BANDS_HZ))[:, None]), 0.0, 1.0)  # [bands, n / 2 + 1]
    banded: NDArray[np.float64] = scipy.fft.irfft(scipy.fft.rfft(noise) * gains, len(noise), axis=1)
    return banded
