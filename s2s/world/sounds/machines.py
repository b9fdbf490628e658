"""A train, a helicopter, road traffic. Pure numpy; engines are stored cycles read at a moving rate."""

import numpy as np
import scipy.fft

from s2s.world.sounds.grains import bursts, event_starts, put, rings
from s2s.world.sounds.noise import band, band_curve, coloured, filtered, wandering_whistle
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit
from s2s.world.sounds.voices import CYCLE, sung

BLADES = 60  # passages until the pattern of 2, 3, 4 or 5 unlike blades repeats


def engine_cycle(take: Take, harmonics: int, tilt_db: float, firings: int = 1) -> Signal:
    """Return one turn [CYCLE] of an engine: falling harmonics unevenly, those of the firing rate strongest."""
    spectrum = np.zeros(CYCLE // 2 + 1, np.complex64)
    order = np.arange(1, harmonics + 1)
    level = order ** (-tilt_db / 6.02) * take.rng.lognormal(0.0, 0.6, harmonics)
    level[order % firings != 0] *= take.uniform(0.05, 0.4)
    spectrum[1 : harmonics + 1] = level * np.exp(2j * np.pi * take.rng.random(harmonics))
    return unit(scipy.fft.irfft(spectrum, CYCLE).astype(np.float32))


def helicopter(take: Take) -> Signal:
    """Return a helicopter: blade slap at 8 to 34 Hz, air noise beating with it, tail rotor and turbine whine."""
    blade_hz = take.log_uniform(7.5, 34.0)
    wander = 1 + 0.015 * take.drift(take.uniform(1.5, 5.0))
    turn = np.cumsum(blade_hz * wander, dtype=np.float64) / take.sample_rate_hz + take.uniform(0, 1)
    phase = (turn % 1.0).astype(np.float32)
    sharp = take.log_uniform(2.5, 25.0)
    slap = (
        np.exp(-sharp * phase)
        * (1 - np.exp(-200.0 * phase))
        * _blades(take)[(np.floor(turn) % BLADES).astype(np.int64)]
    )
    thump_hz = take.log_uniform(60.0, 350.0)
    loop = sung(_slap_cycle(take, thump_hz / blade_hz), (blade_hz * wander).astype(np.float32), take.sample_rate_hz)
    out = unit(loop) * np.float32(gain(take.uniform(-18.0, 1.0)))
    # The wash of air and jet, from dull to bright, more or less chopped by the blades at each height of sound.
    for low_hz, level_db in ((70.0, -3.0), (220.0, 2.0), (600.0, -2.0), (2000.0, -9.0), (5000.0, -13.0)):
        part = band(take, low_hz * take.uniform(0.6, 1.2), low_hz * take.uniform(1.4, 3.0), take.uniform(5.0, 12.0))
        chopped = take.uniform(0.0, 0.8)
        heard_db = level_db + take.near(-4.0, 2.0) * (low_hz > 500.0) + take.uniform(-8.0, 6.0)
        out += part * ((1 - chopped) * np.float32(0.5) + chopped * slap) * np.float32(gain(heard_db))
    tail = engine_cycle(take, 24, take.uniform(2.0, 7.0))
    tail_hz = blade_hz * take.uniform(3.8, 6.2)
    out += sung(tail, (tail_hz * wander).astype(np.float32), take.sample_rate_hz) * np.float32(
        gain(take.uniform(-24.0, -3.0))
    )
    for _ in range(int(take.rng.integers(0, 8))):  # gears and turbine: thin steady lines
        line = np.cumsum(take.log_uniform(150.0, 0.9 * take.nyquist_hz) * (1 + (wander - 1) * 0.5), dtype=np.float64)
        out += as_signal(np.sin(2 * np.pi * line / take.sample_rate_hz)) * np.float32(gain(take.uniform(-38.0, -14.0)))
    drift_db = take.log_uniform(0.7, 8.0)
    return out.astype(np.float32) * take.swell(take.uniform(2.0, 9.0), drift_db) * take.swell(0.3, 0.5)


def _blades(take: Take) -> Signal:
    """Return the strength of each passage [BLADES]: no two blades fly alike, so the slap also beats once a turn."""
    count = int(take.rng.integers(2, 6))
    levels = take.rng.lognormal(0.0, take.uniform(0.0, 0.35), count)
    return as_signal(np.resize(levels, BLADES))


def _slap_cycle(take: Take, peak_order: float) -> Signal:
    """Return one blade passage [CYCLE]: a pressure pulse with its energy around harmonic `peak_order`."""
    order = np.arange(1, 160)
    level = (order / peak_order) / (1 + (order / peak_order) ** take.uniform(2.2, 3.5))
    spectrum = np.zeros(CYCLE // 2 + 1, np.complex64)
    spectrum[1:160] = level * np.exp(1j * (take.rng.normal(0.0, 0.4, order.size) - np.pi / 2))
    return unit(scipy.fft.irfft(spectrum, CYCLE).astype(np.float32))


def train(take: Take) -> Signal:
    """Return a train on rails: rumble, the clack of joints in axle pairs, squeal, steam or a horn at times."""
    joint_s = take.log_uniform(0.35, 1.3)
    passing = _passing(take) if take.chance(0.4) else take.swell(3.0, 1.5)
    rumble_hz = take.log_uniform(50.0, 160.0)
    rumble = coloured(take, ((25.0, -6.0), (rumble_hz, 0.0), (rumble_hz * 4, -9.0), (1500.0, -20.0), (8000.0, -40.0)))
    hiss = coloured(take, ((150.0, -14.0), (take.log_uniform(500, 1600), 0.0), (4000.0, -12.0), (10000.0, -26.0)))
    clacks = _clacks(take, joint_s)
    out = rumble * take.swell(0.25, 1.5) + hiss * take.swell(0.3, 2.0) * np.float32(gain(take.uniform(-16.0, -3.0)))
    out += clacks * np.float32(gain(take.uniform(-6.0, 5.0)))
    if take.chance(0.3):
        hz = take.log_uniform(1500.0, 5000.0) * (1 + 0.01 * take.drift(0.6))
        squeal = wandering_whistle(take, hz.astype(np.float32), 25.0) * np.clip(take.drift(1.0), 0, None) ** 2
        out += squeal * np.float32(gain(take.uniform(-16.0, -4.0)))
    if take.chance(0.3):
        out += _chuffs(take) * np.float32(gain(take.uniform(-4.0, 6.0)))
    out *= passing
    if take.chance(0.4):
        out += _horn(take) * np.float32(gain(take.uniform(-2.0, 8.0)))
    return out.astype(np.float32)


def _passing(take: Take) -> Signal:
    """Return the gain of something going by: inverse distance along a straight line."""
    closest_s = take.lead_in_s + take.uniform(0.1, 0.9) * (take.duration_s - take.lead_in_s)
    width_s = take.log_uniform(0.8, 4.0)
    return as_signal(1.0 / np.sqrt(1.0 + np.square((take.times() - closest_s) / width_s)))


def _clacks(take: Take, joint_s: float) -> Signal:
    starts = event_starts(take, joint_s, 0.02)
    starts = np.concatenate([starts[0] - np.arange(1, 9) * int(joint_s * take.sample_rate_hz), starts])
    axle_s, bogie_s = joint_s * take.uniform(0.1, 0.16), joint_s * take.uniform(0.38, 0.55)
    offsets = [0.0, axle_s] + ([bogie_s, bogie_s + axle_s] if take.chance(0.6) else [])
    every = np.concatenate([starts + int(offset * take.sample_rate_hz) for offset in offsets])
    every = every[(every >= 0) & (every < take.samples)]
    level = take.rng.lognormal(0.0, 0.25, every.size)
    knock = bursts(take, every, take.rng.uniform(0.008, 0.03, every.size), level)
    struck = unit(filtered(take, knock, band_curve(take.log_uniform(120, 500), take.log_uniform(900, 3000), 9.0)))
    ring_hz = take.log_uniform(250.0, 1400.0)
    rail = rings(take, every, np.full(every.size, ring_hz), np.full(every.size, 0.03), level)
    thud = rings(take, every, np.full(every.size, take.log_uniform(50.0, 110.0)), np.full(every.size, 0.05), level)
    return unit(
        struck + unit(rail) * np.float32(take.uniform(0.1, 0.6)) + unit(thud) * np.float32(take.uniform(0.2, 1.0))
    )


def _chuffs(take: Take) -> Signal:
    starts = event_starts(take, take.log_uniform(0.14, 0.6), 0.03)
    accent = np.where(np.arange(starts.size) % 4 == 0, 1.4, 1.0) * take.rng.lognormal(0.0, 0.12, starts.size)
    puffs = bursts(take, starts, np.full(starts.size, take.uniform(0.03, 0.09)), accent)
    return unit(
        filtered(take, puffs, ((80.0, -12.0), (take.log_uniform(300, 900), 0.0), (3000.0, -8.0), (9000.0, -22.0)))
    )


def _horn(take: Take) -> Signal:
    """Return an air horn or a steam whistle: a chord, blown once or in a pattern, beginning with a rise."""
    out, rate = take.silence(), take.sample_rate_hz
    root_hz = take.log_uniform(180.0, 500.0)
    chord = np.array([[1, 1.2, 1.5, 1.78], [1, 1.26, 1.5, 2], [1, 1.26, 1.68, 1], [1, 1, 1.01, 2]])[
        take.rng.integers(4)
    ]
    pattern = ([1.5], [1.5, 1.5, 0.5, 2.0], [0.4, 0.4], [2.5])[int(take.rng.integers(4))]
    at_s = take.lead_in_s + take.uniform(-0.5, 0.6) * (take.duration_s - take.lead_in_s)
    tables = [
        engine_cycle(take, max(2, int(0.45 * rate / (root_hz * tone) * 0.9)), take.uniform(3.0, 7.0)) for tone in chord
    ]
    for blow_s in pattern:
        count = int(blow_s * take.uniform(0.8, 1.3) * rate)
        t = np.arange(count, dtype=np.float32) / rate
        shape = np.minimum(1, t / 0.08) * np.minimum(1, (t[-1] - t) / 0.15)
        hz = 1 - 0.06 * np.exp(-t / 0.06) - 0.04 * np.exp(-(t[-1] - t) / 0.08)
        blown = sum(
            (
                sung(table, (root_hz * tone * hz).astype(np.float32), rate)
                for table, tone in zip(tables, chord, strict=True)
            ),
            np.zeros(count, np.float32),
        )
        put(out, (blown * shape * 0.5).astype(np.float32), int(at_s * rate))
        at_s += count / rate + take.uniform(0.2, 0.6)
    return out


def traffic(take: Take) -> Signal:
    """Return a road: the steady wash of far cars, and cars, lorries and motorcycles that come and go."""
    wash_hz = take.log_uniform(400.0, 1200.0)
    wash = coloured(
        take,
        (
            (40.0, take.uniform(-4, 8)),
            (100.0, 0.0),
            (350.0, -12.0),
            (wash_hz, take.uniform(-16, -8)),
            (2500.0, -28.0),
            (9000.0, -50.0),
        ),
    )
    out = wash * take.swell(3.0, 1.5) * np.float32(gain(take.uniform(-16.0, -6.0)))
    interval_s = take.log_uniform(1.0, 5.0)
    reach_s = 4.0
    at_s = -reach_s
    while at_s < take.duration_s + reach_s:
        out += _car(take, at_s) * np.float32(gain(take.uniform(-10.0, 0.0)))
        at_s += interval_s * float(np.clip(take.rng.exponential(1.0), 0.3, 3.0))
    if take.chance(0.25):
        out += _car_horn(take) * np.float32(gain(take.uniform(-10.0, 4.0)))
    return out


def _car(take: Take, closest_s: float) -> Signal:
    """Return one vehicle passing at `closest_s`: tyre noise and engine, both bent by Doppler."""
    rate = take.sample_rate_hz
    speed_ms, distance_m = take.uniform(7.0, 30.0), take.near(18.0, 4.0) * take.uniform(0.7, 1.5)
    reach_s = 5.0
    first, last = max(0, int((closest_s - reach_s) * rate)), min(take.samples, int((closest_s + reach_s) * rate))
    out = take.silence()
    if last - first < rate // 20:
        return out
    along_m = (np.arange(first, last, dtype=np.float32) / rate - np.float32(closest_s)) * speed_ms
    range_m = np.sqrt(distance_m**2 + np.square(along_m))
    near = (distance_m / range_m) ** 1.2 * np.minimum(1, (reach_s - np.abs(along_m) / speed_ms) / 1.0)
    doppler = 1.0 / (1.0 + speed_ms / 343.0 * along_m / range_m)
    tyre_hz = take.log_uniform(600.0, 1500.0)
    part = Take(take.rng, last - first, 0, rate, take.nearness, take.hour)
    dull = coloured(
        part,
        (
            (40.0, 0.0),
            (90.0, take.uniform(2, 12)),
            (300.0, -4.0),
            (tyre_hz, 0.0),
            (tyre_hz * 2, -12.0),
            (9000.0, -44.0),
        ),
    )
    bright = coloured(part, ((tyre_hz / 2, -18.0), (tyre_hz * 1.5, 0.0), (tyre_hz * 4, -8.0), (12000.0, -24.0)))
    heavy = take.chance(0.35)
    turn_hz = take.log_uniform(14.0, 32.0) if heavy else take.log_uniform(25.0, 75.0)
    table = engine_cycle(take, 60, take.uniform(4.0, 8.0), firings=int(take.rng.choice([1, 2, 3])))
    revs = turn_hz * doppler * (1 + 0.1 * take.uniform(-1, 1) * along_m / speed_ms / reach_s)
    motor = sung(table, revs.astype(np.float32), rate) * np.float32(gain(take.uniform(-10.0, 5.0) + 5.0 * heavy))
    out[first:last] = near * (dull + bright * near * np.float32(take.uniform(0.2, 1.0)) + motor)
    return out


def _car_horn(take: Take) -> Signal:
    out, rate = take.silence(), take.sample_rate_hz
    root_hz = take.uniform(330.0, 520.0)
    table = engine_cycle(take, int(0.45 * rate / root_hz / 1.3), 3.0)
    at_s = take.lead_in_s + take.uniform(0.0, 0.8) * (take.duration_s - take.lead_in_s)
    for _ in range(int(take.rng.integers(1, 4))):
        count = int(take.log_uniform(0.12, 0.9) * rate)
        t = np.arange(count, dtype=np.float32) / rate
        shape = np.minimum(1, t / 0.02) * np.minimum(1, (t[-1] - t) / 0.04)
        flat = np.full(count, root_hz, np.float32)
        put(out, (sung(table, flat, rate) + sung(table, flat * 1.26, rate)) * shape * np.float32(0.4), int(at_s * rate))
        at_s += count / rate + take.uniform(0.08, 0.3)
    return out
