"""A waterfall: turbulence with weight below it, strands of water, spray, and air driven under. Pure numpy."""

import numpy as np

from s2s.world.sounds.grains import arrivals, bursts, power_law
from s2s.world.sounds.noise import band_curve, coloured, filtered
from s2s.world.sounds.take import Signal, Take, gain, unit
from s2s.world.sounds.water import bubbles


def waterfall(take: Take) -> Signal:
    """Return falling water, from a cascade over stones to a great fall: the greater, the lower and the steadier."""
    height = float(np.clip(take.uniform(0.0, 0.85) + 0.2 * take.nearness, 0.0, 1.0))
    plunge_hz = take.log_uniform(45.0, 160.0)
    tilt_db = take.uniform(-4.5, -1.5)  # an octave, from 200 Hz on
    body = coloured(
        take,
        (
            (20.0, -14.0),
            (plunge_hz, 10.0 * height + take.uniform(-8.0, 2.0)),
            (plunge_hz * 3, take.uniform(-4.0, 2.0)),
            (1000.0, 2.3 * tilt_db / 2),
            (4000.0, 4.3 * tilt_db),
            (12000.0, 6.0 * tilt_db - 4.0),
        ),
    )
    out = body * take.swell(take.uniform(0.5, 3.0), 0.5)
    for _ in range(int(take.rng.integers(2, 5))):
        out += _strand(take) * np.float32(gain(take.uniform(-14.0, -4.0)))
    out += _clumps(take, 20.0 * 8.0 ** (1 - height)) * np.float32(gain(take.uniform(-16.0, -4.0) - 4.0 * height))
    if take.chance(0.7):
        pool = bubbles(take, take.log_uniform(80.0, 350.0), take.log_uniform(250.0, 900.0), take.uniform(0.4, 0.7))
        out += pool * np.float32(gain(take.uniform(-18.0, -5.0) - 5.0 * height))
    pounding = coloured(take, ((15.0, -10.0), (plunge_hz / 2, 0.0), (plunge_hz * 2, -14.0), (1000.0, -50.0)))
    return out + pounding * take.swell(take.uniform(0.15, 0.4), 3.0) * np.float32(gain(-14.0 + 14.0 * height))


def _strand(take: Take) -> Signal:
    """Return one strand of the fall: a band of hiss that flutters as the water tears."""
    centre_hz = take.log_uniform(350.0, 6000.0)
    hiss = coloured(take, band_curve(centre_hz * 0.6, centre_hz * take.uniform(1.2, 2.5), take.uniform(4.0, 9.0)))
    return hiss * take.swell(take.log_uniform(0.04, 0.25), take.uniform(0.8, 2.5))


def _clumps(take: Take, per_second: float) -> Signal:
    """Return water striking stone and pool in lumps."""
    starts = arrivals(take, per_second)
    decay_s = take.rng.uniform(0.006, take.uniform(0.015, 0.05), starts.size)
    struck = bursts(take, starts, decay_s, power_law(take, starts.size, 2.2, 15.0))
    return unit(filtered(take, struck, band_curve(take.log_uniform(150, 600), take.log_uniform(900, 3500), 7.0)))
