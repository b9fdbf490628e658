"""Fire: crackles of power-law energy in clusters, hiss of steam, flickering roar. Pure numpy."""

import numpy as np

from s2s.world.sounds.grains import arrivals, bursts, power_law, rings
from s2s.world.sounds.noise import band_curve, coloured, filtered
from s2s.world.sounds.take import Signal, Take, gain, unit


def fire(take: Take) -> Signal:
    """Return a fire, from candle-like crackle to blaze: nearness and chance set how violent."""
    blaze = float(np.clip(take.uniform(0.0, 0.8) + 0.3 * take.nearness, 0.0, 1.0))
    out = _crackles(take, 1.2 * 20.0**blaze)
    roar_hz = take.log_uniform(30.0, 140.0)
    roar = coloured(
        take, ((25.0, take.uniform(-8.0, 6.0)), (roar_hz, 0.0), (roar_hz * 4, -18.0), (3000.0, -40.0), (9000.0, -54.0))
    )
    flicker = take.swell(take.uniform(0.1, 0.4), take.uniform(1.0, 4.0))
    out = out + roar * flicker * np.float32(gain(take.uniform(-22.0, 0.0) + 12.0 * blaze))
    hiss = coloured(take, ((500.0, -30.0), (3000.0, -4.0), (6000.0, 0.0), (12000.0, -6.0)))
    return out + hiss * take.swell(0.3, 4.0) * np.float32(gain(take.uniform(-40.0, -12.0) + 6.0 * blaze))


def _crackles(take: Take, per_second: float) -> Signal:
    density = np.clip(0.35 + 0.35 * take.drift(take.uniform(0.2, 0.8)), 0.02, 1.0).astype(np.float32)
    out = take.silence()
    for centre_hz, share in ((700.0, 0.12), (2200.0, 0.5), (5000.0, 1.0)):
        starts = arrivals(take, 2.0 * per_second * share, density)
        energy = power_law(take, starts.size, take.uniform(1.5, 2.1), 3000.0)
        decay_s = take.rng.uniform(0.0006, take.uniform(0.002, 0.010), starts.size)
        clicks = bursts(take, starts, decay_s, np.sqrt(energy))
        tone_hz = centre_hz * take.uniform(0.6, 1.5)
        out += filtered(take, clicks, band_curve(tone_hz * 0.6, tone_hz * 1.8, 7.0)) * np.float32(
            take.uniform(0.3, 1.0) * min(1.0, centre_hz / 3000.0)
        )
    pops = arrivals(take, take.uniform(0.3, 3.0), density)
    knock = rings(
        take,
        pops,
        take.rng.uniform(150, 900, pops.size),
        take.rng.uniform(0.004, 0.02, pops.size),
        power_law(take, pops.size, 2.0, 20.0),
    )
    snap = filtered(
        take, bursts(take, pops, np.full(pops.size, 0.004), np.full(pops.size, 6.0)), band_curve(300.0, 4000.0, 6.0)
    )
    if take.chance(0.4):  # sap boils over and spits
        spits = arrivals(take, take.uniform(0.1, 0.6), density)
        steam = bursts(take, spits, take.rng.uniform(0.02, 0.09, spits.size), np.full(spits.size, 12.0))
        snap = snap + filtered(take, steam, band_curve(2500.0, 9000.0, 9.0)) * np.float32(take.uniform(0.3, 1.0))
    return unit(out + (knock * np.float32(0.5) + snap) * np.float32(take.uniform(0.0, 1.5)))
