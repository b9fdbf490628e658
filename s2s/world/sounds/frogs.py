"""Frogs and toads: pulse trains through a throat, whistles, and the chorus of a pond. Pure numpy."""

from dataclasses import dataclass

import numpy as np

from s2s.world.sounds.grains import Starts, Values, put, rings
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit


@dataclass(frozen=True, slots=True)
class Frog:
    """How a species calls: lowest and highest of each draw, frequencies in Hz, times in seconds.

    `upper` is the second resonance over the first; `pulses_hz` 0 means a whistle. `notes` is how many calls follow
    each other `every_s` apart before a pause of `pause_s`.
    """

    throat_hz: tuple[float, float]
    upper: tuple[float, float]
    pulses_hz: tuple[float, float]
    length_s: tuple[float, float]
    notes: tuple[int, int]
    every_s: tuple[float, float]
    pause_s: tuple[float, float]


# After the calls of, in this order: a tree frog, a bullfrog, a spring peeper, a chorus frog, a toad, a marsh frog, a
# common frog (ranges as field guides and Gerhardt & Huber, "Acoustic Communication in Insects and Anurans", give them).
SPECIES = (
    Frog((800, 2200), (1.8, 2.6), (60, 140), (0.08, 0.3), (3, 14), (0.25, 0.6), (0.8, 4.0)),
    Frog((180, 320), (4.0, 6.5), (85, 130), (0.5, 1.0), (2, 5), (0.8, 1.5), (1.5, 4.0)),
    Frog((2300, 3200), (2.0, 2.01), (0, 0), (0.08, 0.22), (4, 20), (0.5, 1.4), (0.5, 3.0)),
    Frog((1900, 3400), (1.3, 1.6), (14, 28), (0.5, 1.1), (2, 8), (1.0, 2.0), (0.8, 3.0)),
    Frog((1100, 2000), (2.0, 2.2), (18, 45), (2.0, 7.0), (1, 2), (3.0, 8.0), (1.0, 4.0)),
    Frog((700, 1400), (2.0, 2.6), (10, 20), (0.4, 0.9), (1, 4), (0.7, 1.3), (1.0, 4.0)),
    Frog((350, 800), (2.2, 3.2), (25, 55), (0.2, 0.6), (2, 8), (0.5, 1.1), (0.6, 3.0)),
)


def frogs(take: Take) -> Signal:
    """Return frogs calling at a pond: some near, each in turn with the others, and often a chorus behind them."""
    near = []
    kinds = take.rng.permutation(len(SPECIES))[: int(take.rng.integers(1, 3))]
    pitch = {int(kind): take.uniform(0.0, 1.0) for kind in kinds}
    for number in range(int(take.rng.integers(2, 7))):
        kind = int(kinds[number % len(kinds)])
        near.append(_caller(take, SPECIES[kind], pitch[kind]) * np.float32(gain(take.uniform(-14.0, 0.0))))
    out = as_signal(np.sum(near, axis=0))
    if take.chance(0.65):  # the far many are the same voices at other moments
        far = take.silence()
        for _ in range(int(take.rng.integers(8, 30))):
            far += np.roll(near[int(take.rng.integers(len(near)))], int(take.rng.integers(take.samples)))
        out += unit(far) * np.float32(gain(take.uniform(-22.0, -6.0)) * max(float(np.std(out)), 1e-6))
    return out


def _caller(take: Take, frog: Frog, pitch: float) -> Signal:
    """Return one frog [samples], loud part about 1; `pitch` 0..1 is its kind's pitch that night."""
    low, high = frog.throat_hz
    throat_hz = low * (high / low) ** pitch * take.uniform(0.92, 1.08)
    call = _whistle if frog.pulses_hz[0] == 0 else _croak
    upper = take.uniform(*frog.upper)
    length_s = take.uniform(*frog.length_s)
    draw = (take.uniform(*frog.pulses_hz), take.uniform(0.0, 1.0), take.uniform(-0.2, 0.2))
    every_s = max(take.uniform(*frog.every_s), length_s * 1.1)
    out = take.silence()
    for begin_s, end_s in take.visits:
        # Already calling where the visit begins, so that even a short one has a call in it.
        at_s = begin_s - take.uniform(0.0, 1.0) * every_s
        while at_s < end_s:
            for _ in range(int(take.rng.integers(frog.notes[0], frog.notes[1] + 1))):
                if at_s < end_s:
                    event = call(
                        take, throat_hz * take.uniform(0.98, 1.02), upper, length_s * take.uniform(0.9, 1.1), draw
                    )
                    put(out, event * np.float32(take.rng.lognormal(0.0, 0.15)), int(at_s * take.sample_rate_hz))
                at_s += every_s * take.uniform(0.93, 1.07)
            at_s += take.uniform(*frog.pause_s)
    return out


def _croak(take: Take, throat_hz: float, upper: float, length_s: float, draw: tuple[float, float, float]) -> Signal:
    """Return pulses of the throat's two resonances: grown, sometimes quickening or rising within the call."""
    pulses_hz, opening, slide = draw
    count = max(1, int(pulses_hz * length_s))
    u = np.linspace(0.0, 1.0, count)
    at_s = (u + 0.15 * slide * np.sin(np.pi * u)) * length_s + take.rng.normal(0.0, 0.02 / pulses_hz, count)
    part = Take(take.rng, int((length_s + 0.1) * take.sample_rate_hz), 0, take.sample_rate_hz, take.nearness, take.hour)
    starts: Starts = np.clip(at_s * take.sample_rate_hz, 0, part.samples - 1).astype(np.int64)
    level: Values = np.clip(u / 0.3 + 0.15, 0.0, 1.0) * np.clip((1.15 - u) / 0.2, 0.0, 1.0)
    level = level * take.rng.lognormal(0.0, 0.12, count)
    # Fast pulses run into each other as harmonics; a slow creak's each ring out.
    decay_s = np.full(count, min(0.35 / pulses_hz, 0.012 + 0.5 / throat_hz))
    lower = rings(part, starts, throat_hz * (1.0 + slide * (u - 0.5)), decay_s, level)
    higher = rings(part, starts, upper * throat_hz * (1.0 + slide * (u - 0.5)), decay_s * 0.7, level)
    return as_signal(lower + higher * np.float32(0.15 + 0.6 * opening))


def _whistle(take: Take, throat_hz: float, upper: float, length_s: float, draw: tuple[float, float, float]) -> Signal:
    """Return a peep: a nearly pure tone that rises."""
    count = max(32, int(length_s * take.sample_rate_hz))
    u = np.linspace(0.0, 1.0, count)
    hz = np.minimum(throat_hz * (1.0 + (0.02 + abs(draw[2])) * (u**0.7 - 0.7)), 0.92 * take.nyquist_hz)
    phase = 2 * np.pi * np.cumsum(hz) / take.sample_rate_hz
    tone = np.sin(phase) + 0.06 * draw[1] * np.sin(upper * phase) * (upper * hz < take.nyquist_hz)
    return as_signal(tone * np.sin(np.pi * u**0.6) ** 0.8)
