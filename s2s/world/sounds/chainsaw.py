"""A chainsaw: a two-stroke that idles, races and labours, and the chain in the wood. Pure numpy."""

import numpy as np
import scipy.fft

from s2s.world.sounds.noise import GainCurve, coloured, filtered
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit
from s2s.world.sounds.voices import CYCLE, sung

CONTROL_HZ = 100  # the throttle needs no audio rate


def chainsaw(take: Take) -> Signal:
    """Return a chainsaw at work: bursts of throttle, cuts under load, and now and then idling."""
    idle_hz = take.uniform(36.0, 58.0)
    full_hz = take.log_uniform(110.0, 200.0)
    speed, load = _work(take)
    hz = idle_hz * (full_hz / idle_hz) ** speed * (1.0 - 0.12 * load)
    hz = hz * (1.0 + 0.015 * take.drift(0.15) + (0.05 - 0.045 * speed) * take.drift(0.06))
    turn = np.cumsum(hz, dtype=np.float64) / take.sample_rate_hz
    out = _firing(take, hz, turn, load, speed)
    out += _breath(take, turn, speed) * np.float32(gain(take.uniform(-14.0, 0.0)))
    chain = coloured(take, ((300.0, -24.0), (take.log_uniform(1500, 4500), 0.0), (7000.0, -6.0), (12000.0, -14.0)))
    out += chain * speed**2 * np.float32(gain(take.uniform(-16.0, -1.0)))
    out += _rasp(take, turn) * load * speed * np.float32(gain(take.uniform(-14.0, 0.0)))
    out *= 0.15 + 0.85 * speed ** take.uniform(0.7, 1.6)
    return as_signal(filtered(take, out.astype(np.float32), _muffler(take)))


def _work(take: Take) -> tuple[Signal, Signal]:
    """Return speed and load over time, both 0..1: the hand on the throttle and the bar in the wood.

    An engine follows its throttle late: it runs up within some tenths of a second and down in about one.
    """
    at = np.arange(0.0, take.duration_s + 0.1, 1 / CONTROL_HZ)
    throttle, bite = np.zeros(at.size), np.zeros(at.size)
    temper = take.uniform(0.0, 1.0)  # from long cuts to short blips
    begin_s = -take.uniform(0.0, 3.0)
    while begin_s < take.duration_s:
        held_s = take.log_uniform(1.5, 7.0) * (1.0 - temper) + take.log_uniform(0.15, 1.2) * temper
        held = (at >= begin_s) & (at < begin_s + held_s)
        throttle[held] = take.uniform(0.6, 1.0)
        if take.chance(0.85 - 0.5 * temper):
            bite[held & (at > begin_s + take.uniform(0.2, 0.6))] = take.uniform(0.3, 1.0)
        begin_s += held_s + take.log_uniform(0.15, 1.0 + 1.5 * temper)
    bite *= np.clip(1.0 + 0.4 * np.interp(at, take.times(), take.drift(take.uniform(0.3, 1.2))), 0.0, 1.5)
    throttle *= 1.0 + 0.08 * np.interp(at, take.times(), take.drift(take.uniform(0.4, 1.5)))
    up_s, down_s = take.uniform(0.08, 0.3), take.uniform(0.25, 0.7)
    speed, now = np.empty(at.size), throttle[0]
    for index, target in enumerate(throttle):
        now += (target - now) / CONTROL_HZ / (up_s if target > now else down_s)
        speed[index] = now
    return take.breakpoints(at, np.clip(speed, 0.0, 1.1)), take.breakpoints(at, np.clip(bite, 0.0, 1.0))


def _firing(take: Take, hz: Signal, turn: np.ndarray, load: Signal, speed: Signal) -> Signal:
    """Return the exhaust: a pulse a turn, no two alike; at idle every other one misses, under load it roughens."""
    tables = [_cycle(take, tilt_db, float(hz.max())) for tilt_db in (take.uniform(3.0, 6.0), take.uniform(1.0, 3.5))]
    easy, hard = (sung(table, as_signal(hz), take.sample_rate_hz) for table in tables)
    number = turn.astype(np.int64)
    strength = take.rng.lognormal(0.0, 0.1, number[-1] + 2)
    strength[1::2] *= take.uniform(0.8, 1.0)
    missed = take.rng.random(strength.size) < take.uniform(0.05, 0.35)
    place = np.clip(turn - 0.5, 0.0, None)
    at = place.astype(np.int64)
    share = as_signal(np.square(np.sin(0.5 * np.pi * (place - at))))
    firing = as_signal(strength[at]) * (1 - share) + as_signal(strength[at + 1]) * share
    misfire = as_signal(np.where(missed, 0.25, 1.0))
    running = 1.0 + (misfire[at] * (1 - share) + misfire[at + 1] * share - 1.0) * np.clip(1.0 - 3.0 * speed, 0.0, 1.0)
    return as_signal((easy * (1 - load) + hard * load) * firing * running)


def _cycle(take: Take, tilt_db: float, top_hz: float) -> Signal:
    """Return one turn of the crank [CYCLE] as its exhaust sounds: every harmonic there, none much above the next."""
    harmonics = int(np.clip(0.95 * take.nyquist_hz / top_hz, 1, 90))
    order = np.arange(1, harmonics + 1)
    spectrum = np.zeros(CYCLE // 2 + 1, np.complex64)
    level = order ** (-tilt_db / 6.02) * take.rng.lognormal(0.0, 0.35, harmonics)
    spectrum[1 : harmonics + 1] = level * np.exp(1j * take.rng.normal(0.0, 1.2, harmonics))
    return unit(as_signal(scipy.fft.irfft(spectrum, CYCLE)))


def _breath(take: Take, turn: np.ndarray, speed: Signal) -> Signal:
    """Return intake and exhaust noise, beating with every turn."""
    noise = coloured(take, ((80.0, -12.0), (take.log_uniform(300, 900), 0.0), (3000.0, -6.0), (9000.0, -18.0)))
    pulse = as_signal(np.exp(-4.0 * (turn % 1.0)))
    return as_signal(noise * (0.35 + 1.2 * pulse) * (0.3 + 0.7 * speed))


def _rasp(take: Take, turn: np.ndarray) -> Signal:
    """Return teeth tearing fibre: noise chopped at the rate of the cutters."""
    noise = coloured(take, ((200.0, -10.0), (take.log_uniform(700, 2500), 0.0), (5000.0, -8.0), (12000.0, -20.0)))
    teeth = 0.5 + 0.5 * np.sin(2 * np.pi * take.uniform(1.5, 3.5) * turn)
    return as_signal(noise * as_signal(0.4 + teeth) * take.swell(0.15, 2.0))


def _muffler(take: Take) -> GainCurve:
    """Return the fixed colour that the moving harmonics run through: muffler, housing, bar."""
    points = [(25.0, -26.0), (60.0, -18.0 + take.uniform(-5.0, 5.0))]
    points += [(110.0 * 1.45**step, take.rng.normal(0.0, 4.5)) for step in range(12)]
    tilt_db = take.uniform(-2.0, 1.0)
    return [(hz, float(level + tilt_db * max(0.0, np.log2(hz / 500.0)))) for hz, level in points]
