"""A house without anything that a scene is made of: its appliances, its doors and hands, its quiet. Pure numpy."""

import numpy as np
from scipy.ndimage import uniform_filter1d

from s2s.world.sounds.grains import Starts, arrivals, bursts, event_starts, rings
from s2s.world.sounds.noise import band, band_curve, coloured, filtered
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit


def household(take: Take) -> Signal:
    """Return one thing in a house that runs, or that somebody handles."""
    things = (_blower, _washing_machine, _kettle, _typing, _footsteps, _slams, _cutlery, _paper, _handling)
    return things[int(take.rng.integers(len(things)))](take)


def room_tone(take: Take) -> Signal:
    """Return a room in which nothing happens: ventilation, and what the mains hum."""
    air = coloured(take, _fall(take, 5.0, 12.0)) * take.swell(take.uniform(1.0, 6.0), take.uniform(0.0, 1.5))
    mains_hz = float(take.rng.choice([50.0, 60.0])) * take.uniform(0.998, 1.002)
    orders = np.arange(1, 13)
    levels = orders ** -take.uniform(0.5, 2.0) * take.rng.lognormal(0.0, 0.7, orders.size)
    hum = _harmonics(take, np.full(take.samples, mains_hz, np.float32), levels)
    return as_signal(air + hum * np.float32(gain(take.uniform(-40.0, 6.0))))


def _fall(take: Take, least_db: float, most_db: float) -> list[tuple[float, float]]:
    """Return a spectrum that falls by a drawn amount every two octaves."""
    steps_db = -np.cumsum([0.0, *take.rng.uniform(least_db, most_db, 4)])
    return [(30.0 * 4.0**number, float(level_db)) for number, level_db in enumerate(steps_db)]


def _harmonics(take: Take, hz: Signal, levels: np.ndarray) -> Signal:
    turn = np.cumsum(hz, dtype=np.float64) * (2 * np.pi / take.sample_rate_hz)
    highest_hz = float(hz.max())
    out = take.silence()
    for order, level in enumerate(levels, 1):
        if order * highest_hz < 0.95 * take.nyquist_hz:
            out += np.float32(level) * np.sin(as_signal((order * turn + order**2) % (2 * np.pi)))
    return unit(out)


def _blower(take: Take) -> Signal:
    """Return a vacuum cleaner, a hair dryer or a mixer: a whining motor in rushing air, at times switched over."""
    base_hz = take.log_uniform(90.0, 700.0)
    speed = 1.0 + take.uniform(0.001, 0.03) * take.drift(take.uniform(0.3, 2.0))
    if take.chance(0.5):
        speed = speed * (1.0 - take.uniform(0.1, 0.4) * (np.tanh(4.0 * take.drift(take.uniform(1.5, 5.0))) > 0.5))
    smooth = uniform_filter1d(as_signal(speed), int(0.1 * take.sample_rate_hz))  # a motor has weight
    levels = np.arange(1, 15) ** -take.uniform(0.3, 1.6) * take.rng.lognormal(0.0, 0.9, 14)
    air = band(take, take.log_uniform(150.0, 900.0), take.log_uniform(1500.0, 6000.0), take.uniform(4.0, 12.0))
    motor = _harmonics(take, as_signal(base_hz * smooth), levels) * np.float32(gain(take.uniform(-18.0, 3.0)))
    return as_signal((motor + air) * take.swell(take.uniform(0.4, 2.0), take.uniform(0.2, 3.0)))


def _washing_machine(take: Take) -> Signal:
    turn_hz = take.log_uniform(0.6, 4.0)
    hum = _harmonics(take, np.full(take.samples, take.uniform(48.0, 120.0), np.float32), np.arange(1, 8) ** -1.2)
    slosh = coloured(take, _fall(take, 4.0, 10.0)) * np.square(np.sin(np.pi * turn_hz * take.times()))
    starts = event_starts(take, 1.0 / turn_hz, 0.04)
    thumps = _knocks(take, starts, take.uniform(50.0, 160.0), 0.06)
    return as_signal(hum * np.float32(take.uniform(0.1, 0.7)) + unit(as_signal(slosh)) + 1.5 * unit(thumps))


def _kettle(take: Take) -> Signal:
    rise = np.clip((take.times() / take.duration_s) * take.uniform(0.5, 1.6) + take.uniform(0.0, 0.5), 0.05, 1.2)
    hiss = band(take, take.uniform(300.0, 900.0), take.uniform(2000.0, 6000.0), 8.0) * rise
    bubbling = arrivals(take, take.log_uniform(20.0, 200.0), as_signal(np.clip(rise, 0, 1)))
    hz, decay_s = take.rng.uniform(150.0, 900.0, bubbling.size), take.rng.uniform(0.004, 0.02, bubbling.size)
    level = take.rng.lognormal(0.0, 0.6, bubbling.size)
    return as_signal(hiss + rings(take, bubbling, hz, decay_s, level) * np.float32(take.uniform(0.0, 0.6)))


def _knocks(take: Take, starts: Starts, hz: float, decay_s: float) -> Signal:
    """Return dull blows on something that rings at about `hz`."""
    modes = np.array([1.0, 1.6, 2.4, 3.9, 6.1]) * np.exp(take.rng.normal(0.0, 0.15, 5))
    loud = take.rng.lognormal(0.0, 0.35, starts.size)
    out = take.silence()
    for rank, mode in enumerate(modes):
        slack = hz * mode * np.exp(take.rng.normal(0.0, 0.04, starts.size))
        out += rings(take, starts, slack, np.full(starts.size, decay_s / mode**0.5), loud * 0.6**rank)
    return out + bursts(take, starts, np.full(starts.size, 0.004), loud * take.uniform(0.05, 0.7))


def _later(take: Take, starts: Starts, delay_s: float) -> Starts:
    """Return `starts` moved by `delay_s`, without those that the take is over for."""
    moved = starts + int(delay_s * take.sample_rate_hz)
    return moved[(moved >= 0) & (moved < take.samples)]


def _typing(take: Take) -> Signal:
    down = event_starts(take, take.log_uniform(0.08, 0.3), 0.6)
    down = down[take.rng.random(down.size) < (0.4 + (take.drift(2.0)[np.minimum(down, take.samples - 1)] > -0.5))]
    up = _later(take, down, take.uniform(0.05, 0.1))
    hz, decay_s = take.log_uniform(250.0, 1600.0), take.log_uniform(0.004, 0.02)
    return _knocks(take, down, hz, decay_s) + np.float32(0.4) * _knocks(take, up, hz * 1.7, decay_s)


def _footsteps(take: Take) -> Signal:
    heel = event_starts(take, take.uniform(0.3, 0.8), take.uniform(0.02, 0.1))
    toe = _later(take, heel, take.uniform(0.05, 0.14))
    steps = _knocks(take, heel, take.log_uniform(60.0, 400.0), take.log_uniform(0.01, 0.05))
    loud = take.rng.lognormal(-0.5, 0.4, toe.size)
    scuff = bursts(take, toe, np.full(toe.size, take.log_uniform(0.01, 0.07)), loud)
    grit = filtered(take, scuff, band_curve(take.log_uniform(300, 2500), 6000.0, 8.0))
    return as_signal(unit(steps) + unit(grit) * np.float32(gain(take.uniform(-24.0, 4.0))))


def _slams(take: Take) -> Signal:
    starts = event_starts(take, take.log_uniform(0.7, 4.0), 0.6)
    blow = _knocks(take, starts, take.log_uniform(45.0, 160.0), take.log_uniform(0.05, 0.2))
    latch = _later(take, starts, -take.uniform(0.02, 0.15))
    return blow + np.float32(take.uniform(0.05, 0.4)) * _knocks(take, latch, take.uniform(900, 2500), 0.01)


def _cutlery(take: Take) -> Signal:
    starts = arrivals(take, take.log_uniform(1.0, 10.0))
    starts = np.concatenate((starts, [take.lead_in + int(0.2 * (take.samples - take.lead_in))])).astype(np.int64)
    out = take.silence()
    for _ in range(int(take.rng.integers(3, 7))):
        hz = take.log_uniform(900.0, 6500.0) * np.exp(take.rng.normal(0.0, 0.2, starts.size))
        decay_s = take.log_uniform(0.01, 0.25) * take.rng.lognormal(0.0, 0.3, starts.size)
        out += rings(take, starts, hz, decay_s, take.rng.lognormal(0.0, 0.7, starts.size))
    return out + bursts(take, starts, np.full(starts.size, 0.003), take.rng.lognormal(0.0, 0.5, starts.size))


def _paper(take: Take) -> Signal:
    busy = np.clip(take.drift(take.log_uniform(0.3, 2.0)) + 0.4, 0.02, 1.5)
    starts = arrivals(take, take.log_uniform(60.0, 600.0), as_signal(np.clip(busy, 0, 1)))
    crackle = bursts(
        take, starts, take.rng.uniform(0.0008, 0.006, starts.size), take.rng.lognormal(0, 0.9, starts.size)
    )
    rustle = take.rng.standard_normal(take.samples, dtype=np.float32) * as_signal(busy**2) * np.float32(0.2)
    return filtered(take, crackle + rustle, band_curve(take.log_uniform(700.0, 2500.0), take.uniform(4000, 7500), 9.0))


def _handling(take: Take) -> Signal:
    """Return a hand on the recorder itself: thuds and rubbing."""
    thuds = _knocks(take, event_starts(take, take.log_uniform(0.3, 2.0), 0.7), take.log_uniform(40.0, 200.0), 0.03)
    rub = coloured(take, _fall(take, 3.0, 12.0)) * np.clip(take.drift(take.uniform(0.3, 1.0)), 0, 2)
    return as_signal(unit(thuds) + unit(as_signal(rub)) * np.float32(gain(take.uniform(-14.0, 4.0))))
