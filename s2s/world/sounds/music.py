"""Bells: modal synthesis, each partial a close pair that beats. Pure numpy."""

import numpy as np

from s2s.world.sounds.grains import event_starts, powers, put
from s2s.world.sounds.take import Signal, Take, as_signal

# Partials over the strike note (church bell: Rossing, "Science of Percussion Instruments": hum, prime, tierce, quint,
# nominal...; tube and bar: free-free beam; hand bell: tuned to the twelfth; bowl: near-quadratic series).
FAMILIES: dict[str, tuple[float, ...]] = {
    "church": (0.5, 1.0, 1.2, 1.5, 2.0, 2.5, 2.61, 3.0, 4.0, 5.33, 6.7),
    "hand": (1.0, 3.0, 3.6, 5.4, 7.2, 9.1),
    "tube": (0.65, 1.0, 1.49, 2.0, 2.6, 3.4, 4.3, 5.3),
    "bar": (1.0, 2.76, 5.4, 8.93),
    "bowl": (1.0, 2.7, 4.95, 7.7, 10.9),
    "gong": (1.0, 1.41, 1.83, 2.2, 2.74, 3.3, 3.9, 4.7, 5.6, 6.6, 7.9),
}
PITCH_HZ = {
    "church": (180.0, 900.0),
    "hand": (500.0, 2500.0),
    "tube": (250.0, 1200.0),
    "bar": (800.0, 3000.0),
    "bowl": (200.0, 900.0),
    "gong": (90.0, 350.0),
}


def bell(take: Take) -> Signal:
    """Return one bell tolling, or a few pealing."""
    out = take.silence()
    family = str(take.rng.choice(list(FAMILIES), p=[0.45, 0.15, 0.12, 0.08, 0.12, 0.08]))
    pitch_hz = take.log_uniform(*PITCH_HZ[family])
    peal = int(take.rng.integers(2, 6)) if take.chance(0.35) else 1
    scale = np.array([0, -2, -4, -5, -7, 3]) if take.chance(0.5) else np.array([0, -3, -5, -8, -12, 4])
    bells = [_partials(take, family, pitch_hz * 2 ** (scale[number] / 12)) for number in range(peal)]
    interval_s = take.log_uniform(0.7, 4.5) / (1 + 0.7 * (peal - 1))
    for number, start in enumerate(event_starts(take, interval_s, take.uniform(0.01, 0.15))):
        event = _strike(take, *bells[number % peal]) * np.float32(take.rng.lognormal(0.0, 0.2))
        put(out, event, int(start))
    return out


def chime(take: Take, family: str) -> Signal:
    """Return one stroke on a rod, bowl or bell of `family`, loud part about 1."""
    return _strike(take, *_partials(take, family, take.log_uniform(*PITCH_HZ[family])))


def _partials(take: Take, family: str, pitch_hz: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return frequency, decay and level of every mode, each split into a pair by the casting's unevenness."""
    ratio = np.array(FAMILIES[family]) * np.exp(take.rng.normal(0.0, 0.006, len(FAMILIES[family])))
    hz = np.repeat(pitch_hz * ratio, 2)
    hz[1::2] += take.rng.uniform(0.1, 3.0, ratio.size)
    longest_s = take.log_uniform(0.8, 5.0)
    decay_s = longest_s * (hz / hz[0]) ** -take.uniform(0.5, 1.1)
    level = (hz / hz[0]) ** -take.uniform(0.2, 1.0) * take.rng.lognormal(0.0, 0.5, hz.size)
    level[1::2] *= take.rng.uniform(0.2, 0.9, ratio.size)
    heard = hz < 0.95 * take.nyquist_hz
    return hz[heard], decay_s[heard], level[heard]


def _strike(take: Take, hz: np.ndarray, decay_s: np.ndarray, level: np.ndarray) -> Signal:
    rate = take.sample_rate_hz
    count = int(min(4.0 * float(decay_s.max()), take.duration_s) * rate)
    t = np.arange(count, dtype=np.float32) / np.float32(rate)
    out = np.zeros(count, np.float32)
    hardness = take.near(0.6, 1.0) * take.uniform(0.7, 1.0)
    for mode_hz, mode_s, mode_level in zip(hz, decay_s, level * hardness ** np.log2(hz / hz[0]), strict=True):
        end = min(count, int(6.0 * mode_s * rate) + 1)
        rotation = np.exp((2j * np.pi * mode_hz - 1.0 / mode_s) / rate)
        out[:end] += np.float32(mode_level) * np.imag(powers(rotation, end))
    click = take.rng.standard_normal(count, dtype=np.float32) * np.exp(-t / np.float32(0.004))
    fade = np.minimum(1.0, (t[-1] - t) / 0.05) * np.minimum(1.0, t / 0.0006)
    return as_signal((out + click * np.float32(take.uniform(0.05, 0.6))) * fade)
