"""What a microphone does to a clean sound, drawn at random: level, place in time, floor, neighbours, colour.

An encoder trained on clean synthesis alone mistakes every room and every microphone for a new scene.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.spectrogram import normalise, power
from s2s.spectrogram_spec import SpectrogramSpec

Sound = NDArray[np.float32]
CLIPS_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class Hearing:
    """Ranges of what may happen to a sound; levels in dB, relative to full scale unless said otherwise."""

    gain_db: tuple[float, float] = (-12.0, 10.0)
    floor_db: tuple[float, float] = (-95.0, -50.0)
    background_share: float = 0.35
    background_db: tuple[float, float] = (-30.0, -12.0)  # relative to the sound itself
    short_share: float = 0.25
    shortest_s: float = 0.6
    tilt_db: float = 8.0  # either way, over the whole band
    lowpass_share: float = 0.25
    lowpass_hz: tuple[float, float] = (2500.0, 7500.0)


def heard(sound: Sound, other: Sound, hearing: Hearing, spec: SpectrogramSpec, rng: np.random.Generator) -> Sound:
    """Return `sound` [samples] as a microphone might hear it, with `other` faintly behind it."""
    x = np.roll(sound, rng.integers(len(sound)))
    x = x * _ratio(rng.uniform(*hearing.gain_db))
    if rng.random() < hearing.background_share:
        level = _rms(x) / max(_rms(other), 1e-6) * _ratio(rng.uniform(*hearing.background_db))
        x = x + other * level
    x = x + noise_floor(len(x), rng) * _ratio(rng.uniform(*hearing.floor_db))
    if rng.random() < hearing.short_share:
        # The show repeats a short history to the clip's length: its first seconds must be understood too.
        kept = int(rng.uniform(hearing.shortest_s, 6.0) * spec.sample_rate_hz)
        x = np.resize(x[:kept], len(x))
    return np.clip(x, -1.0, 1.0).astype(np.float32)


def noise_floor(num_samples: int, rng: np.random.Generator) -> Sound:
    """Return noise of unit RMS whose spectrum falls by 0 to 6 dB an octave."""
    spectrum = np.fft.rfft(rng.standard_normal(num_samples))
    spectrum /= np.maximum(np.arange(len(spectrum)), 40.0) ** rng.uniform(0.0, 1.0)
    noise = np.fft.irfft(spectrum, num_samples)
    return (noise / _rms(noise)).astype(np.float32)


def coloured_input(waveforms: Tensor, hearing: Hearing, spec: SpectrogramSpec, rng: np.random.Generator) -> Tensor:
    """Return the network's input [b, 1, bins, frames] with a random frequency response a clip."""
    gains = np.stack([_response_db(hearing, spec, rng) for _ in range(len(waveforms))])
    ratios = torch.from_numpy(10 ** (gains / 10))[:, :, None]
    # Few clips at a time stay in the cache: five times as fast as the whole batch at once.
    parts = zip(torch.split(waveforms, CLIPS_AT_ONCE), torch.split(ratios, CLIPS_AT_ONCE), strict=True)
    logs = [torch.log(power(few, spec) * ratio + spec.floor) for few, ratio in parts]
    return torch.cat([normalise(level, spec).float() for level in logs]).unsqueeze(1)


def _response_db(hearing: Hearing, spec: SpectrogramSpec, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a gain per bin [bins]: a tilt, and sometimes a steep end as of a small loudspeaker or a lossy file."""
    position = np.linspace(-1.0, 1.0, spec.num_bins)
    response = position * rng.uniform(-hearing.tilt_db, hearing.tilt_db)
    if rng.random() < hearing.lowpass_share:
        frequency = np.linspace(0.0, spec.sample_rate_hz / 2, spec.num_bins)
        octaves = np.log2(np.maximum(frequency, 1.0) / rng.uniform(*hearing.lowpass_hz))
        response = response - 24.0 * np.maximum(octaves, 0.0)
    return response


def _ratio(level_db: float) -> float:
    return float(10 ** (level_db / 20))


def _rms(x: NDArray[np.floating]) -> float:
    return float(np.sqrt(np.mean(np.square(x, dtype=np.float64))))
