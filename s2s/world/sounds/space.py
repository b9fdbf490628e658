"""The air, the room and the microphone between a sound and its recording: distance, reverberation, colour, level.

Pure numpy and scipy. All the linear parts meet in one multiplication of spectra.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from s2s.world.sounds.noise import GainCurve, coloured, curve_gain
from s2s.world.sounds.take import Signal, Take, as_signal, gain, rms

FAR_DBFS, NEAR_DBFS = -42.0, -12.0
KNEE = 0.7  # amplitude where the limiter begins to bend
_FRAME_S = 0.05


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
    clearance_db: tuple[float, float] = (16.0, 75.0)


@dataclass(frozen=True, slots=True)
class RecordingMicrophone:
    """One recorder's colour: an uneven response, what rings near it, and where it ends below and above."""

    points: GainCurve
    bumps: tuple[tuple[float, float, float], ...]  # centre in Hz, width in log-frequency, dB
    cut_hz: float
    top_hz: float | None

    def response(self, hz: NDArray[np.floating]) -> Signal:
        """Return the amplitude at each frequency."""
        response = curve_gain(self.points, hz)
        log_hz = np.log(np.maximum(hz, 1.0)).astype(np.float32)
        for centre_hz, width, level_db in self.bumps:
            bump = np.exp(-np.square((log_hz - np.float32(np.log(centre_hz))) / np.float32(width)))
            response *= as_signal(10 ** (np.float32(level_db / 20) * bump))
        response *= (1.0 / np.sqrt(1.0 + (self.cut_hz / np.maximum(hz, 1.0)) ** 4)).astype(np.float32)
        if self.top_hz is not None:
            response *= (1.0 / np.sqrt(1.0 + (hz / self.top_hz) ** 12)).astype(np.float32)
        return response


def draw_microphone(take: Take) -> RecordingMicrophone:
    """Draw a recorder: housings, stands and panels ring, and a quarter end early as cheap ones and codecs do."""
    points = [(40.0 * 2.0**octave, take.uniform(0.5, 3.5) * float(take.rng.standard_normal())) for octave in range(9)]
    bumps = tuple(
        (take.log_uniform(80.0, 7000.0), take.uniform(0.02, 0.25), take.uniform(-5.0, 5.0))
        for _ in range(int(take.rng.integers(0, 5)))
    )
    cut_hz = take.log_uniform(10.0, 120.0)
    return RecordingMicrophone(points, bumps, cut_hz, take.log_uniform(4000.0, 16000.0) if take.chance(0.25) else None)


class Listening:
    """One dry sound in one place, through one microphone: `at` answers how it is heard from any nearness."""

    def __init__(self, take: Take, dry: Signal, place: Place, microphone: RecordingMicrophone) -> None:
        early, tail = _draw_room(take, place)
        self._wet_db = (place.wet_db[0], place.wet_db[1], 3.0 * float(take.rng.standard_normal()))
        self._loss_db = place.absorption * take.uniform(0.4, 1.0) * 25.0
        self._span = slice(take.lead_in, dry.size)
        self._size = scipy.fft.next_fast_len(dry.size + tail.size, real=True)
        hz = np.fft.rfftfreq(self._size, 1 / take.sample_rate_hz)
        self._distance = as_signal(np.minimum(hz / 8000.0, 2.0) ** 0.8)
        self._dry = scipy.fft.rfft(dry, self._size) * microphone.response(hz)
        self._early, self._tail = scipy.fft.rfft(early, self._size), scipy.fft.rfft(tail, self._size)

    def at(self, nearness: float) -> Signal:
        """Return the sound [heard samples] from one distance, its level still that of the dry sound.

        Distance dulls: up to some 25 dB lost at 8 kHz for the farthest, as foliage and air do; and it drowns what is
        direct in what the place throws back.
        """
        far_db, near_db, own_db = self._wet_db
        wet = np.float32(gain(far_db + (near_db - far_db) * nearness + own_db))
        loss_db = self._loss_db * (1.0 - nearness) ** 1.3
        air = np.exp(self._distance * np.float32(-loss_db / 20 * np.log(10)))
        spectrum = self._dry * (self._early + wet * self._tail) * air
        return np.asarray(scipy.fft.irfft(spectrum, self._size)[self._span], np.float32)


def _draw_room(take: Take, place: Place) -> tuple[Signal, Signal]:
    """Return the direct sound with the first echoes, and the reverberation behind it at unit energy."""
    decay_s = take.log_uniform(*place.decay_s)
    length = int(min(decay_s * 1.2, 4.0) * take.sample_rate_hz) + 64
    t = np.arange(length, dtype=np.float32) / np.float32(take.sample_rate_hz)
    dark = take.rng.standard_normal(length, dtype=np.float32)
    dark[1:] = 0.5 * (dark[1:] + dark[:-1])  # highs die first: a dull tail under a bright beginning
    bright = take.rng.standard_normal(length, dtype=np.float32)
    tail = dark * np.exp(-6.9 * t / decay_s) + bright * np.exp(-6.9 * t / (0.35 * decay_s))
    tail[: int(take.uniform(0.001, 0.02) * take.sample_rate_hz)] = 0.0
    tail /= max(float(np.linalg.norm(tail)), 1e-9)
    early = np.zeros(min(length, int(0.04 * take.sample_rate_hz) + 2), np.float32)
    early[0] = 1.0
    for _ in range(int(take.rng.integers(0, 5))):  # ground and walls: each echo combs the spectrum a little
        echo = int(take.log_uniform(0.0006, 0.03) * take.sample_rate_hz) + 1
        level_db = take.near(-14.0, -20.0) + take.uniform(-10.0, 6.0)
        early[min(echo, early.size - 1)] += np.float32(gain(level_db) * take.rng.choice([-1, 1]))
    return early, as_signal(tail)


def record(take: Take, dry: Signal, place: Place, around: Signal | None = None) -> Signal:
    """Return `dry` as a microphone hears it [heard samples], within ±1; the lead-in is cut away.

    `around` [samples] is what else is there, at a level over the loud moments of the sound itself.
    """
    microphone = draw_microphone(take)
    heard = Listening(take, dry, place, microphone).at(take.nearness)
    target = level_at(take.nearness) * draw_carelessness(take)
    heard *= np.float32(target / max(loudness(take, heard, place), 1e-9))
    if around is not None:
        heard = heard + around[take.lead_in :] * np.float32(target)
    return limited(heard + draw_floor(take, take.nearness, place)[take.lead_in :])


def level_at(nearness: float) -> float:
    """Return the RMS at `nearness`: -42 dBFS from afar to -12 dBFS close by."""
    return gain(FAR_DBFS + (NEAR_DBFS - FAR_DBFS) * nearness)


def draw_carelessness(take: Take) -> float:
    """Return a gain around 1: no two recordings are set to quite the same level."""
    return gain(1.5 * float(np.clip(take.rng.standard_normal(), -2, 2)))


def loudness(take: Take, heard: Signal, place: Place) -> float:
    """Return the RMS, of the loudest tenth of 50 ms frames where the scene is made of events."""
    frame = max(1, int(take.sample_rate_hz * _FRAME_S))
    if not place.events or heard.size < 4 * frame:
        return rms(heard)
    frames = heard[: heard.size // frame * frame].reshape(-1, frame)
    power = np.sort(np.mean(np.square(frames), axis=1))
    return float(np.sqrt(power[-max(1, power.size // 10) :].mean()))


def draw_floor(take: Take, nearness: float, place: Place) -> Signal:
    """Return what is there when nothing sounds [samples]: hiss, rumble, sometimes hum or a far unrelated bustle.

    It is either the recorder's own floor, at a level of its own, or the surroundings', at a distance from the scene
    where it is at `nearness`.
    """
    own_db = take.uniform(-95.0, -56.0)
    around_db = FAR_DBFS + (NEAR_DBFS - FAR_DBFS) * nearness - take.uniform(*place.clearance_db)
    points = [(25.0, 0.0)]
    for hz in (100.0, 400.0, 1600.0, 7000.0):
        points.append((hz, points[-1][1] - take.uniform(0.0, 14.0)))
    noise = coloured(take, points) * take.swell(take.uniform(0.5, 4.0), take.uniform(0.0, 2.0))
    if take.chance(0.2):
        hum = np.sin(2 * np.pi * float(take.rng.choice([50.0, 60.0, 100.0, 120.0])) * take.times())
        noise = noise + as_signal(hum) * np.float32(take.uniform(0.2, 1.0))
    return as_signal(noise * np.float32(gain(max(own_db, around_db))))


def limited(signal: Signal) -> Signal:
    """Return `signal` with what exceeds the knee bent smoothly into ±1, as a recorder's limiter does."""
    out = signal.copy()
    over = np.abs(out) > KNEE
    room = np.float32(1.0 - KNEE)
    excess = np.abs(out[over]) - np.float32(KNEE)
    out[over] = np.sign(out[over]) * (np.float32(KNEE) + room * np.tanh(excess / room))
    return np.clip(out, -1.0, 1.0)
