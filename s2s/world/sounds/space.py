"""The air, the room and the microphone between a sound and its recording: distance, reverberation, colour, level.

Pure numpy and scipy. All the linear parts meet in one multiplication of spectra.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft

from s2s.world.sounds.noise import coloured, curve_gain
from s2s.world.sounds.take import Signal, Take, as_signal, gain, rms

FAR_DBFS, NEAR_DBFS = -42.0, -12.0
KNEE = 0.7  # amplitude where the limiter begins to bend


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scene sounds: reverberation time range, wetness from far to near, and whether it is made of events.

    A scene of events (a bell, a clap of thunder) takes its level from its loud moments, others from the whole;
    `clearance_db` is how far below it the surroundings may lie.
    """

    decay_s: tuple[float, float]
    wet_db: tuple[float, float]
    events: bool = False
    absorption: float = 1.0
    clearance_db: tuple[float, float] = (14.0, 70.0)


def record(take: Take, dry: Signal, place: Place) -> Signal:
    """Return `dry` as a microphone hears it [heard samples], within ±1; the lead-in is cut away."""
    room = _impulse_response(take, place)
    size = scipy.fft.next_fast_len(dry.size + room.size, real=True)
    spectrum = scipy.fft.rfft(dry, size) * scipy.fft.rfft(room, size)
    hz = np.fft.rfftfreq(size, 1 / take.sample_rate_hz)
    spectrum *= _air(take, hz, place) * _microphone(take, hz)
    heard = scipy.fft.irfft(spectrum, size)[take.lead_in : dry.size].astype(np.float32)
    heard *= np.float32(_target(take) / max(_loudness(take, heard, place), 1e-9))
    return _limited(heard + _floor(take, place)[take.lead_in :])


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
    for _ in range(int(take.rng.integers(0, 5))):  # ground and walls: each echo combs the spectrum a little
        echo = int(take.log_uniform(0.0006, 0.03) * take.sample_rate_hz) + 1
        tail[min(echo, length - 1)] += np.float32(
            gain(take.near(-14.0, -20.0) + take.uniform(-10.0, 6.0)) * take.rng.choice([-1, 1])
        )
    return as_signal(tail)


def _air(take: Take, hz: np.ndarray, place: Place) -> Signal:
    """Distance dulls: up to some 25 dB lost at 8 kHz for the farthest, as foliage and air do."""
    loss_db = place.absorption * take.uniform(0.4, 1.0) * 25.0 * (1.0 - take.nearness) ** 1.3
    return np.asarray(10 ** (-loss_db / 20 * np.minimum(hz / 8000.0, 2.0) ** 0.8), np.float32)


def _microphone(take: Take, hz: np.ndarray) -> Signal:
    points = [(40.0 * 2.0**octave, take.uniform(0.5, 3.5) * float(take.rng.standard_normal())) for octave in range(9)]
    response = curve_gain(points, hz)
    for _ in range(int(take.rng.integers(0, 5))):  # housings, stands and panels ring
        centre_hz, width = take.log_uniform(80.0, 7000.0), take.uniform(0.02, 0.25)
        bump = np.exp(-np.square(np.log(np.maximum(hz, 1.0) / centre_hz) / width))
        response *= as_signal(10 ** (take.uniform(-5.0, 5.0) / 20 * bump))
    cut_hz = take.log_uniform(10.0, 120.0)
    response *= (1.0 / np.sqrt(1.0 + (cut_hz / np.maximum(hz, 1.0)) ** 4)).astype(np.float32)
    if take.chance(0.25):  # cheap microphones and lossy codecs end early
        top_hz = take.log_uniform(4000.0, 16000.0)
        response *= (1.0 / np.sqrt(1.0 + (hz / top_hz) ** 12)).astype(np.float32)
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


def _floor(take: Take, place: Place) -> Signal:
    """Return what is there when nothing sounds: hiss, rumble, sometimes mains hum or a far unrelated bustle.

    It is either the recorder's own floor, at a level of its own, or the surroundings', at a distance from the scene.
    """
    own_db = take.uniform(-95.0, -56.0)
    around_db = take.near(FAR_DBFS, NEAR_DBFS) - take.uniform(*place.clearance_db)
    points = [(25.0, 0.0)]
    for hz in (100.0, 400.0, 1600.0, 7000.0):
        points.append((hz, points[-1][1] - take.uniform(0.0, 14.0)))
    noise = coloured(take, points) * take.swell(take.uniform(0.5, 4.0), take.uniform(0.0, 2.0))
    if take.chance(0.2):
        hum = np.sin(2 * np.pi * float(take.rng.choice([50.0, 60.0, 100.0, 120.0])) * take.times())
        noise = noise + as_signal(hum) * np.float32(take.uniform(0.2, 1.0))
    return as_signal(noise * np.float32(gain(max(own_db, around_db))))


def _limited(signal: Signal) -> Signal:
    """Bend what exceeds the knee smoothly into ±1, as a recorder's limiter does."""
    over = np.abs(signal) > KNEE
    room = np.float32(1.0 - KNEE)
    excess = np.abs(signal[over]) - np.float32(KNEE)
    signal[over] = np.sign(signal[over]) * (np.float32(KNEE) + room * np.tanh(excess / room))
    return np.clip(signal, -1.0, 1.0)
