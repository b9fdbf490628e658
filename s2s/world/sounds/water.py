"""The sea, a stream, and being under water. Pure numpy; bubbles after Minnaert: a damped sine whose pitch rises."""

import numpy as np

from s2s.world.sounds.grains import arrivals, bursts, event_starts, power_law, put, rings
from s2s.world.sounds.noise import band, band_curve, coloured, filtered
from s2s.world.sounds.take import Signal, Take, gain, unit


def bubbles(take: Take, per_second: float, hz: float, spread: float, density: Signal | None = None) -> Signal:
    """Return bubbles, unit RMS: log-normal pitches around `hz`, small ones shorter, pitch often rising."""
    starts = arrivals(take, per_second, density)
    pitch = np.clip(hz * np.exp(take.rng.normal(0.0, spread, starts.size)), 60.0, 0.9 * take.nyquist_hz)
    # Minnaert: radius 3.26 / hz m; damping 0.13 / radius + 0.0072 radius^-1.5 a second (van den Doel 2005).
    radius_m = 3.26 / pitch
    damping = 0.13 / radius_m + 0.0072 * radius_m**-1.5
    level = power_law(take, starts.size, 2.0, 40.0) * (pitch / hz) ** -0.5
    glide = take.rng.uniform(0.0, 0.3, starts.size) * (take.rng.random(starts.size) < 0.6)
    return unit(rings(take, starts, pitch, 1.0 / damping, level, glide))


def sea(take: Take) -> Signal:
    """Return surf: each wave gathers, breaks broad and bright, and draws back as hiss over a far steady roar."""
    rate_hz = 200  # envelopes need no audio rate
    envelopes = _wave_envelopes(take, rate_hz)  # [3, coarse]
    coarse = np.arange(envelopes.shape[1]) / rate_hz
    rumble, crash, hiss = (take.breakpoints(coarse, row) for row in envelopes)
    tilt = take.uniform(-10.0, 0.0)
    low = coloured(take, ((30.0, -14.0), (take.log_uniform(80.0, 250.0), 0.0), (600.0, -8.0), (4000.0, -45.0)))
    mid = coloured(take, ((80.0, -14.0), (400.0, 0.0), (1500.0, -3.0 + tilt / 2), (8000.0, -14.0 + tilt)))
    high = coloured(take, ((400.0, -30.0), (2500.0, -2.0), (6000.0, 0.0), (12000.0, -8.0 + tilt)))
    roar = coloured(
        take, ((40.0, take.uniform(-16.0, 0.0)), (200.0, -4.0), (500.0, 0.0), (1500.0, -7.0), (8000.0, -22.0 + tilt))
    )
    grain = take.swell(take.log_uniform(0.05, 0.2), take.uniform(0.2, 1.2))  # a crest falls in pieces, not at once
    crash, hiss = crash * grain, hiss * take.swell(take.log_uniform(0.04, 0.12), take.uniform(0.2, 1.2))
    out = low * rumble * np.float32(gain(take.uniform(-6.0, 3.0))) + mid * crash
    out += high * hiss * np.float32(gain(take.uniform(-16.0, -2.0)))
    out += roar * np.float32(gain(take.uniform(-20.0, 0.0))) * take.swell(3.0, 1.0)
    if take.chance(0.6):
        out += _splashes(take, np.clip(crash / 2, 0.0, 1.0)) * np.float32(gain(take.uniform(-22.0, -4.0)))
    if take.chance(0.4):
        lap = bubbles(take, take.log_uniform(30, 200), take.log_uniform(400, 1500), 0.5, np.clip(hiss, 0, 1))
        out += lap * np.float32(gain(take.uniform(-26.0, -10.0)))
    return out


def _splashes(take: Take, density: Signal) -> Signal:
    """Return water thrown up and falling back: short bursts where the waves break."""
    starts = arrivals(take, take.log_uniform(10.0, 120.0), density)
    level = power_law(take, starts.size, 1.8, 30.0)
    thrown = bursts(take, starts, take.rng.uniform(0.004, take.uniform(0.02, 0.08), starts.size), level)
    return unit(filtered(take, thrown, band_curve(take.log_uniform(150, 600), take.log_uniform(900, 4000), 8.0)))


def _wave_envelopes(take: Take, rate_hz: int) -> np.ndarray:
    period_s = take.log_uniform(1.6, 10.0)
    count = int(take.duration_s / period_s) + 4
    out = np.zeros((3, int(take.duration_s * rate_hz) + 2))
    t = np.arange(out.shape[1]) / rate_hz
    at = -period_s * take.uniform(0.5, 1.5)
    for _ in range(2 * count):
        height = float(take.rng.lognormal(0.0, 0.45))
        rise_s, fall_s = take.log_uniform(0.06, 0.35) * period_s, take.log_uniform(0.08, 0.3) * period_s
        for row, (late, longer) in enumerate(((-0.5, 1.2), (0.0, 1.0), (0.5 * take.uniform(0.3, 1.2), 1.5))):
            since = t - at - late * rise_s
            rising = np.exp(-np.square(since / rise_s) * 2.0)
            falling = np.exp(-np.maximum(since, 0.0) / (fall_s * longer))
            out[row] += height * np.where(since < 0, rising, falling)
        at += period_s * float(np.clip(take.rng.normal(1.0, 0.3), 0.4, 2.0)) * (0.5 if take.chance(0.3) else 1.0)
    return out


def stream(take: Take) -> Signal:
    """Return running water: hundreds of bubbles a second in a few pools of pitch, and the hiss of little falls."""
    out = take.silence()
    for _ in range(int(take.rng.integers(2, 5))):
        hz = take.log_uniform(350.0, 2200.0)
        flow = np.clip(0.55 + 0.3 * take.drift(take.uniform(0.2, 1.0)), 0.05, 1.0).astype(np.float32)
        part = bubbles(take, take.log_uniform(60.0, 700.0), hz, take.uniform(0.25, 0.6), flow)
        out += part * np.float32(gain(take.uniform(-8.0, 0.0)))
    crest_hz = take.log_uniform(600.0, 4000.0)
    hiss = coloured(
        take, ((60.0, -22.0), (crest_hz / 2, -3.0), (crest_hz, 0.0), (crest_hz * 3, -12.0), (14000.0, -28.0))
    )
    return out + hiss * take.swell(0.4, 1.0) * np.float32(gain(take.uniform(-16.0, 2.0)))


def underwater(take: Take) -> Signal:
    """Return the inside of water: a dull moving rumble, bubbles rising in clusters, sometimes a diver's breath."""
    edge_hz = take.log_uniform(150.0, 600.0)
    dull = ((25.0, take.uniform(-6, 6)), (edge_hz / 2, 0.0), (edge_hz * 2, -24.0), (edge_hz * 8, -60.0))
    out = coloured(take, dull) * take.swell(take.uniform(0.6, 3.0), take.uniform(1.0, 4.0))
    clusters = take.silence()
    for start in event_starts(take, take.log_uniform(0.4, 3.0), 0.5):
        put(clusters, _gurgle(take), int(start))
    out += unit(clusters) * np.float32(gain(take.uniform(-8.0, 6.0)))
    if take.chance(0.3):
        out += _breaths(take, edge_hz) * np.float32(gain(take.uniform(-6.0, 3.0)))
    if take.chance(0.25):
        out += _pings(take) * np.float32(gain(take.uniform(-16.0, -4.0)))
    return out


def _gurgle(take: Take) -> Signal:
    """Return one rising cluster of large bubbles, quickening and thinning out."""
    rate = take.sample_rate_hz
    count = int(take.rng.integers(4, 40))
    small = Take(take.rng, int(rate * (0.3 + take.log_uniform(0.2, 1.5))), 0, rate, take.nearness, take.hour)
    starts = np.minimum(take.rng.beta(1.2, 2.5, count) * small.samples, small.samples - 1).astype(np.int64)
    rise = 1.0 + take.uniform(0.0, 0.8) * starts / small.samples
    pitch = take.log_uniform(120.0, 700.0) * rise * np.exp(take.rng.normal(0.0, 0.3, count))
    level = take.rng.lognormal(0.0, 0.6, count)
    return rings(small, starts, pitch, take.uniform(2.0, 6.0) / pitch, level, take.rng.uniform(0.1, 0.8, count))


def _breaths(take: Take, edge_hz: float) -> Signal:
    period_s = take.uniform(2.5, 5.0)
    t = (take.times() / period_s + take.uniform(0, 1)) % 1.0
    drawn = np.exp(-np.square((t - 0.2) / 0.09)) * 0.7
    blown = np.exp(-np.square((t - 0.65) / 0.14))
    inward = band(take, 400.0, 1500.0, 12.0) * drawn
    outward = (
        bubbles(take, 250.0, edge_hz * 1.2, 0.4, blown.astype(np.float32)) + 0.4 * band(take, 60.0, edge_hz) * blown
    )
    return unit((inward * 0.5 + outward).astype(np.float32))


def _pings(take: Take) -> Signal:
    """Return the snapping of small shells, as hydrophones hear near reefs."""
    starts = arrivals(take, take.log_uniform(3.0, 40.0))
    pitch = take.rng.uniform(1500.0, 5000.0, starts.size)
    return unit(rings(take, starts, pitch, np.full(starts.size, 0.001), power_law(take, starts.size, 2.0, 30.0)))
