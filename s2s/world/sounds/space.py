"""The air, the room and the microphone between a sound and its recording: distance, reverberation, colour, level.

Pure numpy and scipy. All the linear parts meet in one multiplication of spectra.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft

from s2s.world.sounds.noise import Curve, coloured, curve_gain
from s2s.world.sounds.take import Signal, Take, as_signal, gain, rms, unit

FAR_DBFS, NEAR_DBFS = -42.0, -12.0
KNEE = 0.7  # amplitude where the limiter begins to bend


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scene sounds: reverberation time range, wetness from far to near, and whether it is made of events.

    A scene of events (a bell, a clap of thunder) takes its level from its loud moments, others from the whole.
    """

    decay_s: tuple[float, float]
    wet_db: tuple[float, float]
    events: bool = False
    absorption: float = 1.0


def record(take: Take, dry: Signal, place: Place) -> Signal:
    """Return `dry` as a microphone hears it [heard samples], within ±1; the lead-in is cut away."""
    room = _impulse_response(take, place)
    size = scipy.fft.next_fast_len(dry.size + room.size, real=True)
    spectrum = scipy.fft.rfft(dry, size) * scipy.fft.rfft(room, size)
    hz = np.fft.rfftfreq(size, 1 / take.sample_rate_hz)
    spectrum *= _air(take, hz, place) * _microphone(take, hz)
    heard = scipy.fft.irfft(spectrum, size)[take.lead_in : dry.size].astype(np.float32)
    heard *= np.float32(_target(take) / max(_loudness(take, heard, place), 1e-9))
    return _limited(heard + _floor(take)[take.lead_in :])


def _impulse_response(take: Take, place: Place) -> Signal:
    decay_s = take.log_uniform(*place.decay_s)
    wet_db = take.near(*place.wet_db) + 3.0 * float(take.rng.standard_normal())
    length = int(min(decay_s * 1.2, 4.0) * take.sample_rate_hz) + 64
    t = np.arange(length, dtype=np.float32) / np.float32(take.sample_rate_hz)
    dark = take.rng.standard_normal(length, dtype=np.float32)
    dark[1:] = 0.5 * (dark[1:] + dark[:-1])  # highs die first: a dull tail under a bright beginning
    bright = take.rng.standard_normal(length, dtype=np.float32)
    tail = dark * np.exp(-6.9 * t / decay_s) + bright * np.exp(-6.9 * t / (0.35 * decay_s))
    tail[: int(take.uniform(0.001, 0.02) * take.sample_rate_hz)] = 0.0
    tail *= np.float32(gain(wet_db) / max(float(np.linalg.norm(tail)), 1e-9))
    tail[0] = 1.0
    return as_signal(tail)


def _air(take: Take, hz: np.ndarray, place: Place) -> Signal:
    """Distance dulls: up to some 25 dB lost at 8 kHz for the farthest, as foliage and air do."""
    loss_db = place.absorption * take.uniform(0.4, 1.0) * 25.0 * (1.0 - take.nearness) ** 1.3
    return np.asarray(10 ** (-loss_db / 20 * np.minimum(hz / 8000.0, 2.0) ** 0.8), np.float32)


def _microphone(take: Take, hz: np.ndarray) -> Signal:
    points = [(40.0 * 2.0**octave, take.uniform(0.5, 3.5) * float(take.rng.standard_normal())) for octave in range(9)]
    response = curve_gain(points, hz)
    cut_hz = take.log_uniform(15.0, 160.0)
    response *= (1.0 / np.sqrt(1.0 + (cut_hz / np.maximum(hz, 1.0)) ** 4)).astype(np.float32)
    if take.chance(0.35):  # cheap microphones and lossy codecs end early
        top_hz = take.log_uniform(3500.0, 16000.0)
        response *= (1.0 / np.sqrt(1.0 + (hz / top_hz) ** 16)).astype(np.float32)
    return response


def _target(take: Take) -> float:
    return gain(take.near(FAR_DBFS, NEAR_DBFS) + 1.5 * float(np.clip(take.rng.standard_normal(), -2, 2)))


def _loudness(take: Take, heard: Signal, place: Place) -> float:
    """Return the RMS, of the loudest tenth of 50 ms frames where the scene is made of events."""
    frame = max(1, take.sample_rate_hz // 20)
    if not place.events or heard.size < 4 * frame:
        return rms(heard)
    frames = heard[: heard.size // frame * frame].reshape(-1, frame)
    power = np.sort(np.mean(np.square(frames), axis=1))
    return float(np.sqrt(power[-max(1, power.size // 10) :].mean()))


def _floor(take: Take) -> Signal:
    """Return what is there when nothing sounds: hiss, a little rumble, sometimes mains hum."""
    tilt = take.uniform(2.0, 6.0)
    points: Curve = ((30.0, tilt * 4), (500.0, 0.0), (8000.0, -tilt * 2))
    level_db = take.uniform(-80.0, -54.0)
    noise = unit(coloured(take, points))
    if take.chance(0.2):
        hum = np.sin(2 * np.pi * float(take.rng.choice([100.0, 120.0])) * take.times())
        noise = noise + hum.astype(np.float32) * np.float32(take.uniform(0.2, 1.0))
    return noise * np.float32(gain(level_db))


def _limited(signal: Signal) -> Signal:
    """Bend what exceeds the knee smoothly into ±1, as a recorder's limiter does."""
    over = np.abs(signal) > KNEE
    room = np.float32(1.0 - KNEE)
    excess = np.abs(signal[over]) - np.float32(KNEE)
    signal[over] = np.sign(signal[over]) * (np.float32(KNEE) + room * np.tanh(excess / room))
    return np.clip(signal, -1.0, 1.0)
