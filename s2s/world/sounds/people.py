"""A crowd talking, and a choir singing. Pure numpy; voices from `voices`."""

import numpy as np

from s2s.world.sounds.grains import arrivals, bursts, put
from s2s.world.sounds.noise import band, band_curve, coloured, filtered
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit
from s2s.world.sounds.voices import VOWELS, cycle, sung


def crowd(take: Take) -> Signal:
    """Return people: a handful of near talkers over a babble of many, sometimes laughing or cheering."""
    talkers = int(take.rng.integers(5, 13))
    voices = [_talker(take) for _ in range(talkers)]
    near = sum((voice * np.float32(gain(take.uniform(-14.0, 0.0))) for voice in voices), take.silence())
    # The far many are the same voices heard at other moments: nobody can follow a single one.
    far = take.silence()
    for _ in range(int(take.rng.integers(6, 24))):
        voice = voices[int(take.rng.integers(talkers))]
        far += np.roll(voice, int(take.rng.integers(take.samples)))
    murmur = coloured(take, ((80.0, -20.0), (250.0, 0.0), (600.0, 0.0), (1500.0, -10.0), (5000.0, -26.0)))
    out = (
        unit(near) * np.float32(gain(take.near(-12.0, 2.0)))
        + unit(far)
        + murmur * np.float32(gain(take.uniform(-30.0, -14.0)))
    )
    if take.chance(0.25):
        out += cheer(take) * np.float32(gain(take.uniform(-8.0, 4.0)))
    clatter = arrivals(take, take.uniform(0.0, 3.0))
    knocks = bursts(take, clatter, np.full(clatter.size, 0.006), take.rng.lognormal(0.0, 0.7, clatter.size))
    return as_signal(out + filtered(take, knocks, band_curve(800.0, 4000.0, 9.0)) * np.float32(take.uniform(0.0, 1.5)))


def _talker(take: Take) -> Signal:
    """Return one voice speaking in phrases: syllables of moving pitch, hissed consonants between."""
    out, rate = take.silence(), take.sample_rate_hz
    base_hz = take.log_uniform(90.0, 260.0)
    size = float(np.clip((base_hz / 130.0) ** 0.3, 0.9, 1.25))
    tables = [
        cycle(take, base_hz, VOWELS[row] * size * take.uniform(0.93, 1.07), take.uniform(4, 8)) for row in range(6)
    ]
    per_second = take.uniform(3.5, 6.0)
    at_s = -take.uniform(0.0, 1.0)
    laughing = take.chance(0.06)
    while at_s < take.duration_s:
        phrase = int(take.rng.integers(3, 16))
        for number in range(phrase):
            length_s = float(take.rng.lognormal(np.log(0.8 / per_second), 0.25))
            event = _syllable(take, tables, base_hz * (1.25 - 0.45 * number / phrase), length_s, laughing)
            put(out, event, int(at_s * rate))
            at_s += float(take.rng.lognormal(np.log(1.0 / per_second), 0.2))
        at_s += float(take.rng.exponential(0.5)) + 0.1
    return unit(out)


def _syllable(take: Take, tables: list[Signal], pitch_hz: float, length_s: float, laughing: bool) -> Signal:
    count = max(16, int(length_s * take.sample_rate_hz))
    u = np.linspace(0.0, 1.0, count, dtype=np.float32)
    bend = take.uniform(-0.15, 0.15) - (0.3 if laughing else 0.0)
    hz = (pitch_hz * float(take.rng.lognormal(0.0, 0.1)) * (1.6 if laughing else 1.0) * (1 + bend * u)).astype(
        np.float32
    )
    first, second = take.rng.integers(len(tables), size=2)
    tone = sung(tables[first], hz, take.sample_rate_hz) * (1 - u) + sung(tables[second], hz, take.sample_rate_hz) * u
    voiced = tone * np.sin(np.pi * np.sqrt(u)) * np.float32(take.rng.lognormal(0.0, 0.35))
    if take.chance(0.4):
        hiss = take.rng.standard_normal(count, dtype=np.float32)
        hiss[1:] -= hiss[:-1]  # sibilants are bright
        voiced = voiced + hiss * np.exp(-np.square((u - 0.06) / 0.07)) * np.float32(take.uniform(0.05, 0.35))
    return voiced.astype(np.float32)


def cheer(take: Take) -> Signal:
    """Return people calling out together: open vowels that slide, unit RMS."""
    out = take.silence()
    for _ in range(int(take.rng.integers(8, 20))):
        base_hz = take.log_uniform(180.0, 600.0)
        table = cycle(
            take, base_hz, VOWELS[int(take.rng.choice([0, 3, 1]))] * take.uniform(1.0, 1.2), take.uniform(4, 7)
        )
        hz = base_hz * (1 + 0.08 * take.drift(0.5))
        out += sung(table, hz.astype(np.float32), take.sample_rate_hz) * np.clip(
            take.drift(take.uniform(1.0, 3.0)), 0, 2
        )
    return unit(out + band(take, 500.0, 3000.0, 9.0) * np.float32(0.3) * unit(out).std())


CHORDS = (
    (0, 4, 7, 12),
    (0, 3, 7, 12),
    (0, 5, 9, 12),
    (0, 5, 8, 12),
    (0, 7, 12, 16),
    (0, 7, 12, 15),
    (0, 2, 7, 12),
    (0, 12, 19, 24),
)


def choir(take: Take) -> Signal:
    """Return a choir on held vowels: chords that change every few seconds, each part several voices with vibrato."""
    out = take.silence()
    root_hz = take.log_uniform(100.0, 210.0)
    at_s = -take.uniform(0.0, 2.0)
    each_s = take.log_uniform(1.0, 5.0)
    step = 0
    parts, voices = int(take.rng.integers(1, 5)), int(take.rng.integers(3, 6))
    while at_s < take.duration_s:
        length_s = each_s * take.uniform(0.8, 1.3)
        chord = CHORDS[int(take.rng.integers(len(CHORDS)))]
        vowel = VOWELS[int(take.rng.choice([0, 3, 4, 1, 0, 3]))]
        for part in range(parts):
            pitch_hz = root_hz * 2 ** ((step + chord[part]) / 12)
            put(out, _part(take, pitch_hz, vowel, voices, length_s * 1.15), int(at_s * take.sample_rate_hz))
        at_s += length_s
        step = int(take.rng.choice([-5, -3, -2, 0, 2, 3, 4, 5]))
    breath = band(take, 800.0, 5000.0, 6.0) * np.float32(gain(take.uniform(-40.0, -24.0)))
    return unit(out) * take.swell(take.uniform(1.5, 5.0), take.uniform(0.5, 2.5)) + breath


def _part(take: Take, pitch_hz: float, vowel: Signal | np.ndarray, voices: int, length_s: float) -> Signal:
    """Return one note of one section: `voices` singers a few cents apart, each with their own vibrato."""
    count = int(length_s * take.sample_rate_hz)
    t = np.arange(count, dtype=np.float32) / take.sample_rate_hz
    rise_s, fall_s = take.uniform(0.08, 0.5), take.uniform(0.2, 0.6)
    shape = np.minimum(1.0, t / rise_s) * np.minimum(1.0, (t[-1] - t) / fall_s)
    size = float(np.clip((pitch_hz / 180.0) ** 0.25, 0.95, 1.25))
    out = np.zeros(count, np.float32)
    for _ in range(voices):
        table = cycle(take, pitch_hz, np.asarray(vowel) * size * take.uniform(0.95, 1.05), take.uniform(6.0, 10.0))
        wobble = 0.004 * take.uniform(0.3, 2.5) * np.sin(2 * np.pi * (take.uniform(4.5, 6.5) * t + take.uniform(0, 1)))
        scoop = -0.03 * take.uniform(0, 1) * np.exp(-t / 0.08)
        hz = pitch_hz * (1 + take.rng.normal(0.0, 0.005) + wobble + scoop)
        out += sung(table, hz.astype(np.float32), take.sample_rate_hz, take.uniform(0, 1))
    return as_signal(out * np.square(np.sin(0.5 * np.pi * shape)))
