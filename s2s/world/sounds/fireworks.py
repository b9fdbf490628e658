"""Fireworks: the mortar, the climb, the burst, its stars' crackle, and the echoes of the valley. Pure numpy."""

import numpy as np

from s2s.world.sounds.grains import bursts, event_starts, power_law, put
from s2s.world.sounds.noise import band_curve, coloured, filtered
from s2s.world.sounds.people import cheer
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit


def fireworks(take: Take) -> Signal:
    """Return a display: single shells or a finale, near or over the hill."""
    out = take.silence()
    finale = take.chance(0.25)
    interval_s = take.log_uniform(0.25, 0.7) if finale else take.log_uniform(0.9, 3.0)
    habits = (take.uniform(0.0, 0.8), take.uniform(0.0, 0.9), take.uniform(0.3, 1.0))  # whistle, crackle, mortar
    for start in event_starts(take, interval_s, 0.5):
        put(out, _shell(take, habits) * np.float32(gain(take.uniform(-10.0, 0.0))), int(start))
    if take.chance(0.2):
        out += _barrage(take) * np.float32(gain(take.uniform(-18.0, -6.0)))
    out = _echoed(take, out)
    if take.chance(0.2):
        out += cheer(take) * np.float32(gain(take.uniform(-30.0, -16.0)))
    return out


def _shell(take: Take, habits: tuple[float, float, float]) -> Signal:
    """Return one shell from its burst on, loud part about 1; a whistle or the mortar may come before the burst."""
    whistles, crackles, mortars = habits
    rate = take.sample_rate_hz
    climb_s = take.uniform(0.5, 1.4) if take.chance(max(whistles, mortars)) else 0.0
    out = np.zeros(int((climb_s + 3.5) * rate), np.float32)
    if climb_s and take.chance(mortars):
        put(out, _boom(take, take.uniform(50.0, 100.0), 0.04, 0.12) * np.float32(take.uniform(0.1, 0.5)), 0)
    if climb_s and take.chance(whistles):
        put(out, _climb(take, climb_s) * np.float32(gain(take.uniform(-18.0, -4.0))), int(0.05 * rate))
    burst = int(climb_s * rate)
    for _ in range(2 if take.chance(0.2) else 1):
        put(
            out,
            _boom(take, take.log_uniform(35.0, 130.0), take.log_uniform(0.004, 0.03), take.uniform(0.12, 0.5)),
            burst,
        )
        burst += int(take.uniform(0.05, 0.3) * rate)
    if take.chance(crackles):
        put(
            out,
            _crackle(take) * np.float32(gain(take.uniform(-16.0, -2.0))),
            burst + int(take.uniform(0.1, 0.6) * rate),
        )
    return out


def _boom(take: Take, hz: float, sharp_s: float, decay_s: float) -> Signal:
    """Return a report: a blast wave (Friedlander's pulse), the low roll behind it, and the crack of its front."""
    rate = take.sample_rate_hz
    count = int(5.0 * decay_s * rate)
    t = np.arange(count, dtype=np.float32) / rate
    width_s = np.float32(0.35 / hz)
    blast = (1.0 - t / width_s) * np.exp(-t / width_s)
    noise = take.rng.standard_normal(count, dtype=np.float32)
    low = np.convolve(noise, np.hanning(max(4, int(rate / hz / 2))).astype(np.float32), mode="same")
    roll = unit(as_signal(low)) * np.exp(-t / np.float32(decay_s)) * np.float32(take.uniform(0.2, 0.6))
    crack = noise * np.exp(-t / np.float32(sharp_s)) * np.float32(take.near(0.1, 0.8) * take.uniform(0.3, 1.0))
    hiss = noise * np.exp(-t / np.float32(decay_s / 2)) * np.float32(take.uniform(0.01, 0.06))
    return as_signal(blast + roll + crack + hiss)


def _climb(take: Take, length_s: float) -> Signal:
    """Return a rocket's whistle: the column of its burning tube shortens or lengthens, and it fades with height."""
    count = int(length_s * take.sample_rate_hz)
    u = np.linspace(0.0, 1.0, count)
    start_hz = take.log_uniform(900.0, 3500.0)
    hz = np.minimum(start_hz * take.uniform(0.5, 1.6) ** u, 0.9 * take.nyquist_hz)
    phase = 2 * np.pi * np.cumsum(hz * (1 + 0.01 * np.sin(60.0 * u * length_s))) / take.sample_rate_hz
    rush = take.rng.standard_normal(count) * take.uniform(0.05, 0.6)
    return as_signal((np.sin(phase) + 0.3 * np.sin(2 * phase) + rush) * np.minimum(1, u / 0.05) * (1 - 0.8 * u))


def _crackle(take: Take) -> Signal:
    """Return falling stars: hundreds of snaps, thickest in the middle, with a sizzle under them."""
    length_s = take.uniform(0.6, 2.2)
    part = Take(take.rng, int((length_s + 0.2) * take.sample_rate_hz), 0, take.sample_rate_hz, take.nearness, take.hour)
    count = int(take.log_uniform(40.0, 300.0))
    starts = (take.rng.beta(1.6, 2.2, count) * length_s * take.sample_rate_hz).astype(np.int64)
    snaps = bursts(part, starts, take.rng.uniform(0.0008, 0.005, count), power_law(part, count, 2.2, 12.0))
    sizzle = coloured(part, ((800.0, -26.0), (4000.0, 0.0), (9000.0, -3.0)))
    sizzle = sizzle * np.sin(np.pi * np.linspace(0.0, 1.0, part.samples)) * np.float32(take.uniform(0.0, 0.1))
    return as_signal(filtered(part, snaps, band_curve(900.0, 5000.0, 6.0)) + sizzle)


def _barrage(take: Take) -> Signal:
    """Return firecrackers: dry bangs in quick irregular file."""
    starts = event_starts(take, take.log_uniform(0.03, 0.15), 0.6)
    bangs = bursts(take, starts, take.rng.uniform(0.002, 0.012, starts.size), take.rng.lognormal(0.0, 0.5, starts.size))
    return unit(filtered(take, bangs, band_curve(300.0, 3500.0, 6.0)))


def _echoed(take: Take, signal: Signal) -> Signal:
    """Add hills and house fronts: late copies, each duller than the last."""
    out = signal.copy()
    late_s, edge_hz = 0.0, 3000.0
    for _ in range(int(take.rng.integers(1, 7))):
        late_s += take.log_uniform(0.08, 0.6)
        edge_hz *= take.uniform(0.5, 0.95)
        late = int(late_s * take.sample_rate_hz)
        if late < signal.size:
            thrown = filtered(take, signal, ((edge_hz / 2, 0.0), (edge_hz * 2, -16.0), (edge_hz * 8, -40.0)))
            out[late:] += thrown[: signal.size - late] * np.float32(gain(take.uniform(-20.0, -8.0)))
    return out
