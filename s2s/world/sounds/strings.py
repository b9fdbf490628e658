"""Bowed strings: one player to a section, lines and chords, through the body of the instrument. Pure numpy."""

import numpy as np
import scipy.fft

from s2s.world.sounds.grains import powers, put
from s2s.world.sounds.noise import GainCurve, filtered
from s2s.world.sounds.take import Signal, Take, as_signal, unit
from s2s.world.sounds.voices import CYCLE, sung

MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
# Steps of the scale that harmony takes, one a bar.
PROGRESSIONS = ((0, 5, 3, 4), (0, 3, 4, 0), (0, 4, 5, 3), (5, 3, 0, 4), (0, 6, 5, 4), (0, 0, 3, 3))
# Air and wood resonances of a violin and of a cello, Hz, and the hill of the bridge (Fletcher & Rossing, ch. 10).
BODIES = {"violin": (280.0, 450.0, 540.0, 1000.0, 2500.0), "cello": (100.0, 180.0, 220.0, 700.0, 1700.0)}


def strings(take: Take) -> Signal:
    """Return strings: a solo, a quartet or a section, in legato chords, a moving line, tremolo or pizzicato."""
    players = int(take.rng.choice([1, 2, 4, 6], p=[0.25, 0.2, 0.3, 0.25]))
    manner = str(take.rng.choice(["legato", "line", "tremolo", "short", "plucked"], p=[0.35, 0.32, 0.1, 0.12, 0.11]))
    scale = MAJOR if take.chance(0.5) else MINOR
    root_hz = take.log_uniform(98.0, 185.0)
    steps = PROGRESSIONS[int(take.rng.integers(len(PROGRESSIONS)))]
    bar_s = take.log_uniform(1.2, 4.0)
    dark = _voices(take, (root_hz / 2, root_hz), scale, steps, bar_s, players=max(1, players // 2), manner=manner)
    bright = _voices(take, (root_hz * 2, root_hz * 3), scale, steps, bar_s, players=players, manner=manner)
    out = take.silence()
    if players > 1 or take.chance(0.4):
        out += unit(filtered(take, dark, _body(take, "cello"))) * np.float32(take.uniform(0.4, 1.0))
    if players > 1 or not out.any():
        out += unit(filtered(take, bright, _body(take, "violin"))) * np.float32(take.uniform(0.5, 1.0))
    return out * take.swell(take.uniform(1.5, 4.0), take.uniform(0.5, 2.5))


def _voices(
    take: Take,
    registers_hz: tuple[float, float],
    scale: tuple[int, ...],
    steps: tuple[int, ...],
    bar_s: float,
    *,
    players: int,
    manner: str,
) -> Signal:
    """Return the parts of one half of the ensemble, each in its register, over the harmony."""
    out = take.silence()
    tables = [_table(take, registers_hz[-1] * 2.0) for _ in range(max(2, players))]
    parts = 1 if players == 1 else 2
    offset_s = take.uniform(0.0, 1.0) * bar_s
    for part in range(parts):
        register_hz = registers_hz[part % 2]
        tone, at_s, bar = 2 * part, -offset_s, 0
        while at_s < take.duration_s:
            for length_s, here in _rhythm(take, steps[bar % len(steps)], tone, bar_s, manner, part):
                tone = here
                hz = register_hz * 2 ** (_semitones(scale, tone) / 12)
                note = _note(take, tables, hz, length_s, max(1, players // parts), manner)
                put(out, note, int(at_s * take.sample_rate_hz))
                at_s += length_s
            bar += 1
    return out


def _rhythm(take: Take, step: int, tone: int, bar_s: float, manner: str, part: int) -> list[tuple[float, int]]:
    """Return the notes of one bar: lengths in seconds and steps of the scale, near the last `tone`."""
    chord = [step + 7 * octave + third for octave in (-1, 0, 1) for third in (0, 2, 4)]
    near = sorted(chord, key=lambda candidate: abs(candidate - tone))
    if manner in ("legato", "tremolo") or (manner == "line" and part):
        return [(bar_s, near[int(take.rng.integers(2))])]
    count = int(take.rng.choice([2, 3, 4, 4, 6, 8])) if manner == "line" else int(take.rng.choice([4, 6, 8]))
    out, here = [], near[0]
    for _ in range(count):
        here = (
            here + int(take.rng.choice([-2, -1, -1, 1, 1, 2])) if manner == "line" else int(take.rng.choice(near[:3]))
        )
        here = int(np.clip(here, -5, 11))
        out.append((bar_s / count, here))
    return out


def _semitones(scale: tuple[int, ...], tone: int) -> int:
    return 12 * (tone // 7) + scale[tone % 7]


def _table(take: Take, top_hz: float) -> Signal:
    """Return one cycle [CYCLE] of a bowed string: Helmholtz motion's 1/n, notched where the bow touches."""
    harmonics = int(np.clip(0.9 * take.nyquist_hz / top_hz, 4, 80))
    order = np.arange(1, harmonics + 1)
    bow = take.uniform(0.07, 0.16)
    level = np.abs(np.sin(np.pi * order * bow)) ** 0.3 / order ** take.uniform(0.9, 1.25)
    spectrum = np.zeros(CYCLE // 2 + 1, np.complex64)
    spectrum[1 : harmonics + 1] = level * take.rng.lognormal(0.0, 0.25, harmonics) * -1j
    return unit(as_signal(scipy.fft.irfft(spectrum, CYCLE)))


def _note(take: Take, tables: list[Signal], hz: float, length_s: float, players: int, manner: str) -> Signal:
    """Return one note of `players` desks; each has its own vibrato, pitch and moment."""
    if manner == "plucked":
        return _pluck(take, hz)
    rate = take.sample_rate_hz
    sounding_s = length_s * (0.55 if manner == "short" else 1.08)
    count = max(64, int(sounding_s * rate))
    t = np.arange(count, dtype=np.float32) / rate
    rise_s = take.uniform(0.015, 0.04) if manner == "short" else take.uniform(0.04, 0.25)
    shape = np.minimum(1.0, t / rise_s) * np.minimum(1.0, (t[-1] - t) / min(0.12, 0.4 * sounding_s))
    out = np.zeros(count, np.float32)
    for _ in range(players):
        wide = take.uniform(0.002, 0.009) * np.clip((t - 0.12) / 0.25, 0.0, 1.0)
        wobble = wide * np.sin(2 * np.pi * (take.uniform(4.8, 6.6) * t + take.uniform(0.0, 1.0)))
        slide = 1.0 - 0.02 * take.uniform(0.0, 1.0) * np.exp(-t / np.float32(0.04))
        pitch = as_signal(hz * (1.0 + take.rng.normal(0.0, 0.0025)) * (slide + wobble))
        table = tables[int(take.rng.integers(len(tables)))]
        bowed = sung(table, pitch, rate, take.uniform(0.0, 1.0))
        if manner == "tremolo":
            strokes = np.abs(np.sin(np.pi * (take.uniform(9.0, 14.0) * t + take.uniform(0.0, 1.0))))
            bowed = as_signal(bowed * (0.35 + 0.65 * strokes))
        out += bowed
    rosin = take.rng.standard_normal(count, dtype=np.float32) * np.float32(take.uniform(0.02, 0.12) * np.sqrt(players))
    scrape = 1.0 + 3.0 * np.exp(-t / np.float32(0.03))
    return as_signal((out + rosin * scrape) * np.square(np.sin(0.5 * np.pi * shape)))


def _pluck(take: Take, hz: float) -> Signal:
    """Return a plucked string: harmonics that die the faster the higher, and the finger's knock on the wood."""
    rate = take.sample_rate_hz
    count, place = int(1.2 * rate), take.uniform(0.12, 0.3)
    out = np.zeros(count, np.float32)
    longest_s = take.uniform(0.15, 0.45) * (200.0 / hz) ** 0.3
    for order in range(1, int(np.clip(0.9 * take.nyquist_hz / hz, 1, 24)) + 1):
        decay_s = longest_s / order**0.7
        end = min(count, int(6.0 * decay_s * rate) + 1)
        rotation = np.exp((2j * np.pi * hz * order - 1.0 / decay_s) / rate)
        out[:end] += np.float32(2.0 * np.sin(np.pi * order * place) / order) * np.imag(powers(rotation, end))
    knock = take.rng.standard_normal(count, dtype=np.float32)[: int(0.05 * rate)]
    out[: knock.size] += knock * np.exp(-np.arange(knock.size, dtype=np.float32) / np.float32(0.006 * rate)) * 0.2
    return out


def _body(take: Take, kind: str) -> GainCurve:
    """Return the body's response: peaks at its resonances, drawn anew for every instrument."""
    points = [(30.0, -40.0), (BODIES[kind][0] * 0.6, -18.0)]
    for centre_hz in BODIES[kind]:
        hz = centre_hz * take.uniform(0.93, 1.07)
        points += [
            (hz * 0.88, take.uniform(-9.0, -4.0)),
            (hz, take.uniform(-2.0, 3.0)),
            (hz * 1.13, take.uniform(-9.0, -4.0)),
        ]
    return [*points, (4500.0, take.uniform(-18.0, -9.0)), (12000.0, -40.0)]
