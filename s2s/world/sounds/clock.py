"""Clocks: the clicks of an escapement through the modes of a case, and now and then a chime. Pure numpy."""

from dataclasses import dataclass

import numpy as np

from s2s.world.sounds.grains import Starts, Values, power_law, put, strew
from s2s.world.sounds.music import chime
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit


@dataclass(frozen=True, slots=True)
class Movement:
    """A kind of clock: beats a second, how many clicks a beat has and over how long, and what its case rings with.

    `thump_hz` is the case's own low note, `wire` how strongly a spring or gong rod rings on after every beat.
    """

    beats_hz: tuple[float, float]
    clicks: tuple[int, int]
    spread_s: tuple[float, float]
    modes_hz: tuple[float, float]
    decay_s: tuple[float, float]
    thump_hz: tuple[float, float]
    wire: float


MOVEMENTS = {
    "quartz": Movement((1.0, 1.0), (1, 3), (0.002, 0.03), (700, 6500), (0.002, 0.02), (150, 600), 0.15),
    "alarm": Movement((3.0, 5.0), (2, 4), (0.004, 0.02), (900, 7500), (0.002, 0.03), (250, 900), 0.5),
    "watch": Movement((4.0, 6.0), (2, 5), (0.004, 0.018), (1800, 9000), (0.001, 0.008), (500, 1500), 0.2),
    "wall": Movement((1.6, 3.0), (2, 3), (0.004, 0.025), (500, 5000), (0.003, 0.04), (120, 500), 0.4),
    "pendulum": Movement((0.9, 1.7), (2, 4), (0.006, 0.04), (250, 4000), (0.004, 0.06), (70, 300), 0.5),
}


def clock(take: Take) -> Signal:
    """Return a ticking clock: tick and tock differ, the beat is never quite even, and a few strike the hour."""
    kind = str(take.rng.choice(list(MOVEMENTS), p=[0.36, 0.22, 0.1, 0.16, 0.16]))
    movement = MOVEMENTS[kind]
    beat_s = 1.0 / take.uniform(*movement.beats_hz)
    lame_s = 0.0 if kind == "quartz" else beat_s * float(np.clip(take.rng.normal(0.0, 0.06), -0.2, 0.2))
    number = np.arange(int(take.duration_s / beat_s) + 3)
    at_s = (number - take.uniform(0.0, 1.0)) * beat_s + lame_s * (number % 2)
    at_s = at_s + take.rng.normal(0.0, 0.0008, at_s.size)
    out = take.silence()
    voices = [_voice(take, movement) for _ in range(1 if kind == "quartz" and take.chance(0.6) else 2)]
    uneven = 0.3 if take.chance(0.3) else 0.1
    for side, (offsets_s, strengths, body) in enumerate(voices):
        mine = at_s[number % len(voices) == side]
        level = gain(take.uniform(-6.0, 0.0) * side) * take.rng.lognormal(0.0, uneven, mine.size)
        every = np.concatenate([mine + offset_s for offset_s in offsets_s])
        loud = np.concatenate([level * strength * take.rng.lognormal(0.0, 0.12, mine.size) for strength in strengths])
        _knock(take, out, every, loud, body)
    out = unit(out)
    if kind != "quartz" and take.chance(0.12):
        out += _strikes(take) * np.float32(gain(take.uniform(0.0, 10.0)))
    return out


def _voice(take: Take, movement: Movement) -> tuple[Values, Values, Signal]:
    """Return when the clicks of one beat fall in seconds, their strengths, and the case's answer to one click.

    An escapement clicks as the lever unlocks, as it is given its impulse, and loudest as it drops onto its stop.
    """
    clicks = int(take.rng.integers(movement.clicks[0], movement.clicks[1] + 1))
    offsets_s = np.sort(take.rng.uniform(0.0, take.uniform(*movement.spread_s), clicks))
    strengths = power_law(take, clicks, 2.0, 6.0)
    return offsets_s - offsets_s[0], strengths / strengths.max(), _case(take, movement)


def _case(take: Take, movement: Movement) -> Signal:
    """Return the response of the case to one click [samples of some tenths of a second]."""
    count = int(0.45 * take.sample_rate_hz)
    t = np.arange(count) / take.sample_rate_hz
    out = np.zeros(count)
    modes = int(take.rng.integers(8, 18))
    low_hz, high_hz = movement.modes_hz
    for _ in range(modes):
        hz = take.log_uniform(low_hz, high_hz)
        decay_s = take.log_uniform(*movement.decay_s) * min(1.0, (1500.0 / hz) ** 0.3)
        out += _mode(take, t, hz, decay_s) * take.rng.lognormal(0.0, 0.6) * (low_hz / hz) ** take.uniform(-0.3, 0.4)
    out += _mode(take, t, take.log_uniform(*movement.thump_hz), take.uniform(0.01, 0.05)) * take.uniform(0.1, 1.5)
    for _ in range(int(take.rng.integers(1, 5)) if take.chance(movement.wire) else 0):
        hz = take.log_uniform(800.0, 5500.0)
        out += _mode(take, t, hz, take.log_uniform(0.04, 0.25)) * take.uniform(0.05, 0.3)
    snap = take.rng.standard_normal(count) * np.exp(-t / take.log_uniform(0.0004, 0.004))
    return as_signal((out + snap * take.uniform(0.5, 4.0)) * np.minimum(1.0, (t[-1] - t) / 0.05))


def _mode(take: Take, t: np.ndarray, hz: float, decay_s: float) -> np.ndarray:
    return np.asarray(np.sin(2 * np.pi * hz * t) * np.exp(-t / decay_s) * (hz < 0.95 * take.nyquist_hz))


def _knock(take: Take, out: Signal, at_s: Values, level: Values, body: Signal) -> None:
    """Add `body` into `out` at every `at_s`, as loud as `level`."""
    heard = (at_s >= 0.0) & (at_s < take.duration_s)
    starts: Starts = (at_s[heard] * take.sample_rate_hz).astype(np.int64)
    strew(out, starts, body[None, :] * level[heard].astype(np.float32)[:, None])


def _strikes(take: Take) -> Signal:
    """Return the hour: a few strokes on a rod or a bowl, or a cuckoo."""
    out, rate = take.silence(), take.sample_rate_hz
    every_s = take.uniform(1.0, 2.2)
    at_s = take.visits[0][0] + take.uniform(0.0, 0.6) * (take.duration_s - take.visits[0][0])
    cuckoo = take.chance(0.25)
    stroke = _cuckoo(take) if cuckoo else chime(take, "bowl" if take.chance(0.5) else "bar")
    for _ in range(int(take.rng.integers(1, 7))):
        put(out, stroke * np.float32(take.uniform(0.85, 1.0)), int(at_s * rate))
        at_s += every_s
    return unit(out)


def _cuckoo(take: Take) -> Signal:
    """Return two stopped pipes a third apart, breathy, as bellows blow them."""
    rate, root_hz = take.sample_rate_hz, take.uniform(480.0, 720.0)
    out = np.zeros(int(0.9 * rate), np.float32)
    for at_s, hz in ((0.0, root_hz), (0.38, root_hz * 0.8)):
        count = int(0.28 * rate)
        u = np.linspace(0.0, 1.0, count)
        phase = 2 * np.pi * hz * np.arange(count) / rate
        tone = np.sin(phase) + 0.2 * np.sin(3 * phase) + 0.05 * take.rng.standard_normal(count)
        put(out, as_signal(tone * np.sin(np.pi * u**0.4)), int(at_s * rate))
    return out
