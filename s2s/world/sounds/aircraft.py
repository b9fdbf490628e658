"""Aeroplanes overhead: jets and propellers, bent by Doppler, combed by the ground. Pure numpy."""

from dataclasses import dataclass

import numpy as np

from s2s.world.sounds.machines import engine_cycle
from s2s.world.sounds.noise import band, coloured
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit
from s2s.world.sounds.voices import sung

SPEED_OF_SOUND_MS = 343.0


@dataclass(frozen=True, slots=True)
class Flight:
    """A straight flight past the listener, sample by sample: pitch ratio, inverse distance, sine of the elevation.

    `ahead` runs from 1 (coming at the listener) to -1 (gone past).
    """

    doppler: Signal
    near: Signal
    rise: Signal
    ahead: Signal


def aeroplane(take: Take) -> Signal:
    """Return an aeroplane flying over: a jet's roar and whine, or the drone of propellers."""
    flight = _draw_flight(take)
    out = _jet(take, flight) if take.chance(0.65) else _propellers(take, flight)
    # Warm and cold air between there and here: what arrives wavers, highs more than lows.
    out = out * flight.near * take.swell(take.uniform(0.6, 2.5), take.uniform(0.5, 2.0))
    return as_signal(_with_ground(take, out, flight))


def _draw_flight(take: Take) -> Flight:
    speed_ms, height_m = take.uniform(50.0, 160.0), take.near(900.0, 120.0) * take.uniform(0.6, 1.6)
    closest_s = take.lead_in_s + take.uniform(-0.5, 1.5) * (take.duration_s - take.lead_in_s)
    along_m = (take.times() - np.float32(closest_s)) * np.float32(speed_ms)
    aside_m = height_m * take.uniform(0.0, 1.5)
    range_m = np.sqrt(np.square(along_m) + height_m**2 + aside_m**2)
    closing = -along_m / range_m
    doppler = 1.0 / (1.0 - speed_ms / SPEED_OF_SOUND_MS * closing)
    near = (float(range_m.min()) / range_m) ** take.uniform(0.5, 1.2)
    return Flight(as_signal(doppler), as_signal(near), as_signal(height_m / range_m), as_signal(closing))


def _jet(take: Take, flight: Flight) -> Signal:
    """Return a jet: the fan's whine ahead of it, the roar behind."""
    peak_hz = take.log_uniform(90.0, 400.0)
    dull = coloured(take, ((20.0, -14.0), (peak_hz, 0.0), (peak_hz * 4, -7.0), (3000.0, -24.0), (9000.0, -50.0)))
    bright = coloured(take, ((60.0, -18.0), (peak_hz * 3, 0.0), (3000.0, -6.0), (6000.0, -16.0), (12000.0, -34.0)))
    behind = np.clip(0.5 - 0.5 * flight.ahead, 0.0, 1.0)
    rumble = take.swell(take.uniform(0.15, 0.4), take.uniform(1.0, 3.0))
    out = dull * (0.5 + behind) * rumble + bright * flight.rise * np.float32(gain(take.near(-18.0, -5.0)))
    ahead = as_signal(np.clip(0.5 + 0.5 * flight.ahead, 0.05, 1.0))
    return as_signal(out + _fan(take, flight.doppler) * ahead * np.float32(gain(take.uniform(-24.0, -4.0))))


def _fan(take: Take, doppler: Signal) -> Signal:
    """Return the whine: blade passing tones of each engine, and the shaft's own buzz between them."""
    out = take.silence()
    shaft_hz = take.log_uniform(50.0, 130.0)
    blades = int(take.rng.integers(16, 32))
    for _ in range(int(take.rng.choice([1, 2, 2, 3]))):
        turn = np.cumsum(shaft_hz * take.uniform(0.99, 1.01) * doppler, dtype=np.float64) / take.sample_rate_hz
        out += as_signal(np.sin(2 * np.pi * blades * turn))
        for order in take.rng.integers(3, 2 * blades, int(take.rng.integers(2, 8))):
            out += as_signal(np.sin(2 * np.pi * int(order) * turn)) * np.float32(gain(take.uniform(-30.0, -6.0)))
    hiss_hz = min(shaft_hz * blades, 0.8 * take.nyquist_hz)
    return unit(out) + band(take, hiss_hz * 0.8, hiss_hz * 1.3, 8.0) * np.float32(gain(take.uniform(-12.0, 3.0)))


def _propellers(take: Take, flight: Flight) -> Signal:
    """Return one to four engines droning, a little apart in pitch so that they beat."""
    out = take.silence()
    pass_hz = take.log_uniform(55.0, 160.0)
    revs = 1.0 + 0.01 * take.drift(take.uniform(2.0, 6.0))
    for _ in range(int(take.rng.choice([1, 1, 2, 4]))):
        table = engine_cycle(take, max(2, int(min(40, 0.8 * take.nyquist_hz / pass_hz))), take.uniform(4.0, 8.0))
        hz = pass_hz * take.uniform(0.985, 1.015) * revs * flight.doppler
        out += sung(table, as_signal(hz), take.sample_rate_hz, take.uniform(0.0, 1.0))
    wash = coloured(take, ((40.0, -12.0), (pass_hz * 2, 0.0), (1200.0, -8.0), (4000.0, -24.0), (9000.0, -44.0)))
    return unit(out) + wash * np.float32(gain(take.uniform(-18.0, -4.0)))


def _with_ground(take: Take, signal: Signal, flight: Flight) -> Signal:
    """Add what the ground throws back: its delay, and with it the comb in the spectrum, moves as the aircraft flies.

    The path by the ground is longer by twice the microphone's height times the sine of the elevation.
    """
    height_m = take.uniform(0.5, 3.0)
    delay = flight.rise * np.float32(2.0 * height_m / SPEED_OF_SOUND_MS * take.sample_rate_hz)
    place = np.maximum(np.arange(signal.size) - delay, 0.0)
    whole = place.astype(np.int64)
    share = (place - whole).astype(np.float32)
    thrown = signal[whole] * (1.0 - share) + signal[np.minimum(whole + 1, signal.size - 1)] * share
    return as_signal(signal + thrown * np.float32(take.uniform(0.2, 0.8)))
