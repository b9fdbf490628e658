"""Rain, thunderstorms and wind. Pure numpy; see the package docstring for how scenes are called."""

import numpy as np

from s2s.world.sounds.grains import arrivals, bursts, event_starts, power_law, put, rings
from s2s.world.sounds.noise import band, band_curve, coloured, filtered, wandering_whistle
from s2s.world.sounds.take import Signal, Take, as_signal, decibels, gain, unit


def rain(take: Take) -> Signal:
    """Return rain: a bed of countless far drops, and near drops that strike leaf, roof or puddle."""
    heaviness = float(np.clip(take.uniform(0.0, 0.8) + 0.25 * take.nearness, 0.0, 1.0))
    bed = rain_bed(take, heaviness) * take.swell(take.uniform(2.0, 8.0), take.uniform(0.2, 1.5))
    drops = _drops(take, 15.0 * 40.0**heaviness)
    mix = bed + drops * np.float32(gain(take.uniform(-12.0, 5.0) - 6.0 * heaviness))
    if take.chance(0.3):  # wind on the microphone
        gusty = band(take, 20.0, take.log_uniform(60.0, 200.0), 9.0) * np.clip(
            take.drift(take.uniform(0.3, 1.5)), 0.0, None
        )
        mix = mix + as_signal(gusty) * np.float32(gain(take.uniform(-18.0, 0.0)))
    if take.chance(0.12):
        mix = mix + _gutter(take) * np.float32(gain(take.uniform(-18.0, -5.0)))
    return mix


def rain_bed(take: Take, heaviness: float) -> Signal:
    """Return the hiss of many drops, unit RMS: lower and fuller the heavier it falls."""
    tilt_db = take.uniform(-4.0, 1.0)  # an octave
    crest_hz, crest_db = take.log_uniform(900.0, 6000.0), take.uniform(0.0, 9.0)
    points = [(63.0 * 2**octave, tilt_db * octave + 1.5 * float(take.rng.standard_normal())) for octave in range(8)]
    points += [(30.0, take.uniform(-16.0, 4.0)), (14000.0, tilt_db * 8 - take.uniform(0.0, 6.0))]
    crest = [(hz, level + crest_db * np.exp(-np.square(np.log2(hz / crest_hz)) / 2)) for hz, level in points]
    return coloured(take, [(hz, float(level + 2.5 * heaviness * (hz < 1000.0))) for hz, level in crest])


def _drops(take: Take, per_second: float) -> Signal:
    starts = arrivals(take, min(per_second, 600.0))
    level = power_law(take, starts.size, take.uniform(1.7, 2.8), 30.0)
    centre_hz = take.log_uniform(900.0, 5000.0)
    thuds = bursts(take, starts, take.rng.uniform(0.0008, take.uniform(0.002, 0.012), starts.size), level)
    struck = unit(
        filtered(take, thuds, band_curve(centre_hz * 0.5, centre_hz * take.uniform(1.5, 4.0), take.uniform(4.0, 9.0)))
    )
    if take.chance(0.4):  # bubbles in puddles, or the ring of a roof
        wet = starts[take.rng.random(starts.size) < 0.5]
        pitch = np.exp(take.rng.normal(np.log(take.log_uniform(900.0, 4000.0)), take.uniform(0.1, 0.5), wet.size))
        decay = take.rng.uniform(0.003, take.uniform(0.006, 0.03), wet.size)
        sung = rings(take, wet, pitch, decay, power_law(take, wet.size, 2.2, 20.0), glide=0.1)
        struck = struck + unit(sung) * np.float32(gain(take.uniform(-14.0, 0.0)))
    return unit(struck)


def _gutter(take: Take) -> Signal:
    """Return slow, nearly regular drips, each a plink with a rising bubble behind it."""
    starts = event_starts(take, take.log_uniform(0.12, 0.9), take.uniform(0.05, 0.5))
    pitch = take.log_uniform(500.0, 2500.0) * np.exp(take.rng.normal(0.0, 0.15, starts.size))
    level = np.exp(take.rng.normal(0.0, 0.4, starts.size))
    return unit(rings(take, starts, pitch, take.rng.uniform(0.01, 0.04, starts.size), level, glide=0.25))


def thunderstorm(take: Take) -> Signal:
    """Return claps and rumbles, over rain that ranges from none to heavy."""
    out = take.silence()
    for start in event_starts(take, take.uniform(3.0, 9.0), 0.4):
        put(out, _thunder(take) * np.float32(gain(take.uniform(-8.0, 0.0))), int(start))
    wet_db = take.uniform(-34.0, -12.0)
    wind_bed = coloured(take, ((40.0, 0.0), (300.0, -20.0), (3000.0, -50.0))) * take.swell(2.0, 3.0)
    rain_part = rain_bed(take, take.uniform(0.3, 1.0)) * take.swell(4.0, 1.0)
    return as_signal(
        out + rain_part * np.float32(gain(wet_db)) + wind_bed * np.float32(gain(take.uniform(-40.0, -20.0)))
    )


def _thunder(take: Take) -> Signal:
    """Return one thunder, loud part near 1: a cloud of N-waves from the bends of the channel, then its echoes.

    After the acoustics of tortuous lightning channels (Few 1969): each segment sends an N-wave, whose length in time
    grows with the energy and the distance; claps are many segments arriving together.
    """
    rate = take.sample_rate_hz
    length_s = take.uniform(3.0, 8.0)
    cloud = np.zeros(int(length_s * rate), np.float32)
    for _ in range(int(take.rng.integers(1, 6))):  # the claps within one thunder
        _clap(take, cloud, take.uniform(0.0, 0.5) ** 1.5 * length_s)
    t = np.arange(cloud.size, dtype=np.float32) / rate
    murmur = band(take, 25.0, take.uniform(70.0, 160.0), 9.0)[: cloud.size]
    murmur = np.pad(murmur, (0, cloud.size - murmur.size), mode="wrap")
    grumble = decibels(
        np.interp(
            t,
            np.arange(0.0, length_s + 0.4, 0.3),
            take.rng.normal(0.0, 5.0, int((length_s + 0.4) / 0.3) + 2)[: np.arange(0.0, length_s + 0.4, 0.3).size],
        ).astype(np.float32)
    )
    shape = (1 - np.exp(-t / take.uniform(0.05, 0.6))) * np.exp(-t / (length_s * take.uniform(0.2, 0.35)))
    body = unit(cloud) + murmur * grumble * shape * np.float32(gain(take.near(6.0, -2.0) + take.uniform(-4, 4)))
    edge_hz = take.log_uniform(150.0, 600.0) * take.near(0.6, 4.0)  # the far crack has been smoothed by the air
    body = filtered(take, body, ((edge_hz, 0.0), (edge_hz * 4, -14.0), (edge_hz * 16, -34.0)))
    body *= np.minimum(1.0, (length_s - t) / 0.5).astype(np.float32)
    return as_signal(body)


def _clap(take: Take, cloud: Signal, at_s: float) -> None:
    rate = take.sample_rate_hz
    count = int(take.rng.integers(30, 200))
    spread_s = take.log_uniform(0.03, 0.8)
    arrive = at_s + take.rng.exponential(spread_s, count)
    widths = np.exp(take.rng.normal(np.log(take.near(0.012, 0.003)), 0.6, count))
    level = np.exp(-(arrive - at_s) / spread_s * 0.5) * take.rng.lognormal(0.0, 0.7, count) * take.uniform(0.3, 1.0)
    for arrive_s, width_s, strength in zip(arrive, widths, level, strict=True):
        wave = np.linspace(1.0, -1.0, max(4, int(width_s * rate)), dtype=np.float32)
        put(cloud, wave * np.float32(strength), int(arrive_s * rate))


def wind(take: Take) -> Signal:
    """Return wind: gusts that grow brighter as they grow louder, whistles around edges, leaves, buffeting."""
    gust = _gusts(take)  # [samples], about 0..1
    roar_hz = take.log_uniform(120.0, 700.0)
    low = coloured(take, ((30.0, take.uniform(-12, 6)), (roar_hz, 0.0), (roar_hz * 4, -24.0), (9000.0, -60.0)))
    high = coloured(
        take, ((roar_hz / 2, -20.0), (roar_hz * 2, 0.0), (roar_hz * 6, take.uniform(-18, -8)), (9000.0, -40.0))
    )
    out = low * (0.1 + gust) + high * np.square(gust) * np.float32(gain(take.uniform(-10.0, 2.0)))
    if take.chance(0.55):
        out = out + _whistles(take, gust) * np.float32(gain(take.uniform(-14.0, 2.0)))
    if take.chance(0.4):
        leaves = coloured(take, ((400.0, -30.0), (2500.0, 0.0), (6000.0, 0.0), (12000.0, -12.0)))
        out = out + leaves * gust**1.5 * take.swell(0.15, 3.0) * np.float32(gain(take.uniform(-20.0, -4.0)))
    if take.chance(0.35):
        buffet = band(take, 15.0, 60.0, 12.0) * np.maximum(0.0, take.drift(0.4) + gust - 0.3)
        out = out + buffet.astype(np.float32) * np.float32(gain(take.uniform(-6.0, 6.0)))
    return as_signal(out)


def _gusts(take: Take) -> Signal:
    slow, quick = take.drift(take.uniform(2.0, 6.0)), take.drift(take.uniform(0.4, 1.2))
    return np.asarray(1.0 / (1.0 + np.exp(-take.uniform(0.6, 1.8) * slow - 0.5 * quick)), np.float32)


def _whistles(take: Take, gust: Signal) -> Signal:
    out = take.silence()
    for _ in range(int(take.rng.integers(1, 4))):
        base_hz = take.log_uniform(250.0, 1600.0)
        hz = base_hz * (0.75 + take.uniform(0.2, 0.8) * gust) * (1 + 0.03 * take.drift(0.5))
        level = np.clip(gust + 0.25 * take.drift(1.5), 0.0, None) ** take.uniform(1.5, 3.0)
        out += wandering_whistle(take, hz.astype(np.float32), base_hz * take.uniform(0.01, 0.08)) * level
    return out
