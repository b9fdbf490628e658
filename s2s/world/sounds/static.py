"""Noise that no weather and no water makes: steady spectra, radio static, worn records, failing links. Pure numpy."""

import numpy as np

from s2s.world.sounds.grains import arrivals, bursts, power_law
from s2s.world.sounds.noise import coloured, wandering_whistle
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit


def noise(take: Take) -> Signal:
    """Return one kind of noise, drawn."""
    kinds = (_steady, _shaped, _gated, _radio, _vinyl, _glitches, _clicks)
    return kinds[int(take.rng.integers(len(kinds)))](take)


def _steady(take: Take) -> Signal:
    """Return noise that falls, or rises, by so many dB an octave: white 0, pink 3, brown 6."""
    slope_db = float(take.rng.choice([0.0, 3.0, 6.0, -3.0, take.uniform(-6.0, 9.0)]))
    return coloured(take, ((20.0, 0.0), (20_480.0, -10 * slope_db)))


def _shaped(take: Take) -> Signal:
    """Return noise of an arbitrary steady spectrum, rough or with a few resonances."""
    deviation_db, count = take.uniform(4.0, 18.0), int(take.rng.integers(6, 40))
    hz = np.geomspace(50.0, take.nyquist_hz, count)
    return coloured(take, list(zip(hz.tolist(), take.rng.normal(0.0, deviation_db, count).tolist(), strict=True)))


def _gated(take: Take) -> Signal:
    """Return noise whose level moves by a rule that no weather has: pulsed, stepped, trembling or ramped."""
    t, hz = take.times(), take.log_uniform(0.5, 40.0)
    phase = (t * hz + take.uniform(0, 1)) % 1.0
    steps = take.rng.uniform(0.0, 1.0, int(take.duration_s * hz) + 2)
    rule = (
        lambda: phase < take.uniform(0.2, 0.8),
        lambda: np.square(steps)[(t * hz).astype(np.int64)],
        lambda: 0.5 + 0.5 * np.sin(2 * np.pi * phase),
        lambda: phase,
        lambda: 1.0 - phase,
    )[int(take.rng.integers(5))]
    return as_signal(_shaped(take) * rule())


def _radio(take: Take) -> Signal:
    """Return a set between stations: static, whistles that wander, a carrier swept through."""
    static = _steady(take) * take.swell(take.uniform(0.1, 1.0), take.uniform(0.5, 5.0))
    tuned_hz = as_signal(np.abs(take.log_uniform(300.0, 2500.0) * (1.0 + 1.2 * take.drift(take.uniform(0.6, 3.0)))))
    heterodyne = wandering_whistle(take, np.minimum(tuned_hz, 0.9 * take.nyquist_hz), take.uniform(1.0, 60.0))
    present = np.clip(take.drift(2.0) + 0.3, 0, 1)
    return as_signal(static + heterodyne * present * np.float32(gain(take.uniform(-16.0, 4.0))))


def _vinyl(take: Take) -> Signal:
    starts = arrivals(take, take.log_uniform(3.0, 60.0))
    crackle = bursts(take, starts, take.rng.uniform(0.0003, 0.002, starts.size), power_law(take, starts.size, 2.2))
    surface = coloured(take, ((20.0, 12.0), (100.0, 0.0), (1000.0, -6.0), (8000.0, -8.0)))
    revolution = 1.0 + 0.5 * np.sin(2 * np.pi * take.times() / 1.8)
    return as_signal(unit(crackle) + surface * revolution * np.float32(gain(take.uniform(-24.0, -2.0))))


def _glitches(take: Take) -> Signal:
    """Return a link that fails: short buffers of one thing, repeated, held or dropped."""
    frame = max(2, int(take.log_uniform(0.004, 0.12) * take.sample_rate_hz))
    count = take.samples // frame + 1
    stock = take.rng.standard_normal((6, frame), dtype=np.float32)
    stock[2:] = np.sign(np.sin(2 * np.pi * take.rng.uniform(1, 60, (4, 1)) * np.linspace(0, 1, frame)))
    order = np.repeat(take.rng.integers(6, size=count), take.rng.integers(1, 9, count))[:count]
    heard = take.rng.random(count) < take.uniform(0.2, 0.9)
    loud = take.rng.lognormal(0.0, 0.5, count) * heard
    return as_signal((stock[order] * loud[:, None]).reshape(-1)[: take.samples])


def _clicks(take: Take) -> Signal:
    """Return near silence with clicks."""
    starts = np.append(arrivals(take, take.log_uniform(0.3, 5.0)), take.lead_in + (take.samples - take.lead_in) // 3)
    level = take.rng.lognormal(0.0, 0.5, starts.size)
    clicks = bursts(take, starts, take.rng.uniform(0.0002, 0.003, starts.size), level)
    return as_signal(clicks + _steady(take) * np.float32(gain(take.uniform(-70.0, -45.0))))
