"""Applause: many hands, each with its own palm, tempo and zeal. Pure numpy."""

import numpy as np

from s2s.world.sounds.grains import bursts, put
from s2s.world.sounds.noise import band_curve, coloured, filtered
from s2s.world.sounds.people import cheer
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit

MOST_CLAPPERS = 120  # beyond, nobody hears one more pair of hands; the rest is a bed
PALMS = 5


def applause(take: Take) -> Signal:
    """Return people clapping: from a handful to a hall, rising and ebbing, sometimes in step, some cheering."""
    people = take.log_uniform(4.0, 600.0) * take.near(0.6, 1.4)
    clappers = int(np.clip(people, 3, MOST_CLAPPERS))
    zeal = np.clip(0.85 + 0.25 * take.drift(take.uniform(2.0, 6.0)), 0.15, 1.3)
    starts, level = _claps(take, clappers, as_signal(zeal))
    out = take.silence()
    owner = take.rng.integers(0, PALMS, starts.size)
    for palm in range(PALMS):
        mine = owner == palm
        out += _palm(take, starts[mine], level[mine])
    out = unit(out)
    if people > MOST_CLAPPERS / 3:
        hall = coloured(take, ((150.0, -22.0), (700.0, -3.0), (1400.0, 0.0), (3500.0, -5.0), (9000.0, -20.0)))
        share_db = float(np.clip(8.0 * np.log2(people / MOST_CLAPPERS), -14.0, 8.0))
        out += hall * as_signal(zeal) * take.swell(take.log_uniform(0.03, 0.1), 1.5) * np.float32(gain(share_db))
    if take.chance(0.45):
        out += cheer(take) * np.float32(gain(take.uniform(-20.0, -4.0)))
    if take.chance(0.25):
        for _ in range(int(take.rng.integers(1, 5))):
            put(out, _finger_whistle(take), int(take.uniform(0.0, take.duration_s) * take.sample_rate_hz))
    return as_signal(out)


def _claps(take: Take, clappers: int, zeal: Signal) -> tuple[np.ndarray, np.ndarray]:
    """Return starts in samples and levels of every clap of everyone."""
    in_step = take.uniform(0.3, 1.0) if take.chance(0.2) else 0.0
    common_s, common_phase = 1.0 / take.uniform(1.8, 2.8), take.uniform(0.0, 1.0)
    starts, levels = [], []
    for distance_db in take.rng.exponential(6.0, clappers):
        own_s = 1.0 / float(np.clip(take.rng.normal(4.0, 0.7), 2.2, 6.0))
        period_s = common_s if in_step else own_s
        count = int(take.duration_s / period_s) + 2
        at_s = (np.arange(count) + (common_phase if in_step else take.uniform(0.0, 1.0)) - 1.0) * period_s
        loose_s = 0.015 + (1.0 - in_step) * 0.12 if in_step else 0.08 * period_s
        at_s = at_s + take.rng.normal(0.0, loose_s, count) + (take.rng.normal(0.0, 0.03) if in_step else 0.0)
        at_s = at_s[(at_s >= 0.0) & (at_s < take.duration_s)]
        at = (at_s * take.sample_rate_hz).astype(np.int64)
        starts.append(at)
        levels.append(gain(-min(distance_db, 24.0)) * take.rng.lognormal(0.0, 0.25, at.size) * zeal[at])
    return np.concatenate(starts), np.concatenate(levels)


def _palm(take: Take, starts: np.ndarray, level: np.ndarray) -> Signal:
    """Return claps of one kind of hand: flat palms are bright and short, cupped ones low and hollow (Repp 1987)."""
    cupped = take.uniform(0.0, 1.0)
    centre_hz = 2600.0 * 0.3**cupped * take.uniform(0.85, 1.15)
    decay_s = take.rng.uniform(0.0025, 0.005 + 0.006 * cupped, starts.size)
    struck = bursts(take, starts, decay_s, level)
    return filtered(take, struck, band_curve(centre_hz * 0.75, centre_hz * 1.35, take.uniform(6.0, 11.0)))


def _finger_whistle(take: Take) -> Signal:
    count = int(take.uniform(0.35, 1.0) * take.sample_rate_hz)
    u = np.linspace(0.0, 1.0, count)
    knots_hz = take.uniform(1500.0, 2600.0) * np.array([0.8, 1.3, 1.1, take.uniform(0.7, 1.5)])
    hz = np.minimum(np.interp(u, [0.0, 0.25, 0.6, 1.0], knots_hz), 0.9 * take.nyquist_hz)
    tone = np.sin(2 * np.pi * np.cumsum(hz) / take.sample_rate_hz) + 0.1 * take.rng.standard_normal(count)
    return as_signal(tone * np.sin(np.pi * u**0.7) * gain(take.uniform(-14.0, 0.0)))
