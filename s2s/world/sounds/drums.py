"""Drums: membranes, wires and cymbals struck in grooves. Pure numpy; each drum is drawn once and struck often."""

from dataclasses import dataclass

import numpy as np

from s2s.world.sounds.grains import put
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit

# Modes of an ideal circular membrane over its lowest (zeros of Bessel functions).
MEMBRANE = np.array([1.0, 1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.501, 3.6])
STEPS = 16

# Sixteen steps a bar: X loud, x softer, - often, . rarely, space never.
GROOVES: tuple[dict[str, str], ...] = (
    {"kick": "X     -   X .   ", "snare": "    X .. .  X  .", "hat": "X x X x X x X x "},
    {"kick": "X  x  X .  x  . ", "snare": "  . X ..  . X . ", "hat": "XxxxXxxxXxxxXxx-"},
    {"kick": "X   X   X   X   ", "snare": "    X       X  .", "hat": "  X   X   X   X "},
    {"kick": "X       - .     ", "snare": "        X      .", "ride": "X x X x X x X x "},
    {"snare": "X xxX xxX xxXxxx", "kick": "X       X       "},
    {"ride": "X   X xxX   X xx", "hat": "    X       X   ", "kick": ".  .  .     . . ", "snare": " .    . .     . "},
    {"tom": "X  xX x X  xX xx", "low": "X       X       ", "kick": "    .       .   "},
    {"hand": "X xxX xxX x xXx-", "low": "X     X   X     "},
    {"hand": "XxxXxxXxXxxXxxXx", "low": "X   .   X   . . "},
    {"low": "X   X  xX   X xx", "tom": "  x   x   x   xx"},
)
CHANCES = {"X": 1.0, "x": 0.92, "-": 0.6, ".": 0.2, " ": 0.0}


@dataclass(frozen=True, slots=True)
class Drummer:
    """How someone plays: the length of a sixteenth in seconds, swing 0..0.33, unsteadiness in seconds."""

    step_s: float
    swing: float
    loose_s: float


def drums(take: Take) -> Signal:
    """Return someone drumming: a kit in a groove, a march, hand drums or great drums, with fills."""
    groove = GROOVES[int(take.rng.choice(len(GROOVES), p=[0.2, 0.14, 0.1, 0.08, 0.08, 0.08, 0.08, 0.09, 0.08, 0.07]))]
    player = Drummer(
        15.0 / take.log_uniform(65.0, 165.0), 0.33 * take.uniform(0, 1) * take.chance(0.4), take.uniform(0.002, 0.012)
    )
    # In the order of the groove: a set has another order in every process, and with it other drums.
    kit = {name: [_DRUMS[name](take)] for name in dict.fromkeys((*groove, "tom", "low"))}
    crash = _cymbal(take, take.uniform(0.8, 2.5))
    mix = {name: np.float32(gain(take.uniform(-9.0, 0.0) - 6.0 * (name in ("hat", "ride")))) for name in kit}
    out = take.silence()
    bar_s = STEPS * player.step_s
    at_s, bar = -take.uniform(0.0, 1.0) * bar_s, int(take.rng.integers(0, 4))
    while at_s < take.duration_s:
        fill = bar % 4 == 3 and take.chance(0.5)
        if bar % 4 == 0 and "kick" in groove and take.chance(0.4):
            put(out, crash * np.float32(0.5), int(at_s * take.sample_rate_hz))
        for name, pattern in groove.items():
            steps = STEPS - 4 if fill else STEPS
            _play(take, out, kit[name][0] * mix[name], pattern, at_s, player, steps=steps)
        if fill:
            _fill(take, out, kit, mix, at_s + 12 * player.step_s, player)
        at_s, bar = at_s + bar_s, bar + 1
    return out


def _play(take: Take, out: Signal, hit: Signal, pattern: str, at_s: float, player: Drummer, *, steps: int) -> None:
    for step in range(steps):
        mark = pattern[step]
        if not take.chance(CHANCES[mark]):
            continue
        late_s = player.swing * player.step_s * (step % 2) + float(take.rng.normal(0.0, player.loose_s))
        loud = {"X": 1.0, "x": 0.55, "-": 0.6, ".": 0.22}[mark] * float(take.rng.lognormal(0.0, 0.12))
        put(out, hit * np.float32(loud), int((at_s + step * player.step_s + late_s) * take.sample_rate_hz))


def _fill(
    take: Take, out: Signal, kit: dict[str, list[Signal]], mix: dict[str, np.float32], at_s: float, player: Drummer
) -> None:
    names = [name for name in ("snare", "tom", "tom", "low") if name in kit]
    for step in range(4):
        name = names[min(step, len(names) - 1)]
        put(
            out,
            kit[name][0] * mix[name] * np.float32(0.7 + 0.1 * step),
            int((at_s + step * player.step_s) * take.sample_rate_hz),
        )


def _membrane(take: Take, hz: float, decay_s: float, drop: float, modes: int) -> Signal:
    """Return a struck skin: membrane modes, pitch falling by `drop` as its tension settles."""
    count = int(5.0 * decay_s * take.sample_rate_hz)
    t = np.arange(count) / take.sample_rate_hz
    phase = 2 * np.pi * np.cumsum(hz * (1.0 + drop * np.exp(-t / 0.035))) / take.sample_rate_hz
    out = np.zeros(count)
    for ratio in MEMBRANE[:modes] * np.exp(take.rng.normal(0.0, 0.02, modes)):
        if ratio * hz * (1 + drop) < 0.95 * take.nyquist_hz:
            level = ratio ** -take.uniform(0.6, 1.8)
            out += level * np.sin(ratio * phase) * np.exp(-t * ratio**0.7 / decay_s)
    return as_signal(out)


def _stick(take: Take, count: int, decay_s: float) -> Signal:
    t = np.arange(count, dtype=np.float32) / take.sample_rate_hz
    return as_signal(take.rng.standard_normal(count, dtype=np.float32) * np.exp(-t / np.float32(decay_s)))


def _kick(take: Take) -> Signal:
    skin = _membrane(take, take.uniform(45.0, 75.0), take.uniform(0.06, 0.22), take.uniform(0.5, 2.0), 3)
    return unit(skin) * np.float32(3.0) + _stick(take, skin.size, 0.003) * np.float32(take.uniform(0.1, 0.8))


def _snare(take: Take) -> Signal:
    skin = _membrane(take, take.uniform(160.0, 260.0), take.uniform(0.05, 0.12), 0.15, 6)
    wires = _stick(take, skin.size, take.uniform(0.05, 0.16))
    wires[1:] -= 0.7 * wires[:-1]  # wires rattle high
    return unit(skin) * np.float32(take.uniform(0.6, 2.0)) + wires * np.float32(take.uniform(0.6, 1.6))


def _tom(take: Take) -> Signal:
    skin = _membrane(take, take.uniform(100.0, 220.0), take.uniform(0.1, 0.4), take.uniform(0.1, 0.4), 7)
    return unit(skin) * np.float32(2.5) + _stick(take, skin.size, 0.004) * np.float32(take.uniform(0.2, 0.8))


def _low(take: Take) -> Signal:
    skin = _membrane(take, take.uniform(50.0, 110.0), take.uniform(0.15, 0.6), take.uniform(0.05, 0.3), 8)
    return unit(skin) * np.float32(3.0) + _stick(take, skin.size, 0.006) * np.float32(take.uniform(0.2, 1.0))


def _hand(take: Take) -> Signal:
    skin = _membrane(take, take.uniform(180.0, 420.0), take.uniform(0.03, 0.12), 0.05, 9)
    return unit(skin) * np.float32(1.6) + _stick(take, skin.size, take.uniform(0.004, 0.012)) * np.float32(1.2)


def _cymbal(take: Take, decay_s: float) -> Signal:
    """Return struck metal: a crowd of inharmonic partials with noise between them, the highest dying first."""
    count = int(3.0 * decay_s * take.sample_rate_hz)
    t = np.arange(count, dtype=np.float32) / take.sample_rate_hz
    shimmer = take.rng.standard_normal(count, dtype=np.float32)
    shimmer[1:] -= 0.9 * shimmer[:-1]
    out = shimmer * (np.exp(-t / np.float32(decay_s * 0.3)) + 0.3 * np.exp(-t / np.float32(decay_s)))
    for hz in np.exp(take.rng.uniform(np.log(400.0), np.log(0.9 * take.nyquist_hz), 14)):
        tone = np.sin(np.float32(2 * np.pi * hz) * t) * np.exp(
            -t / np.float32(decay_s * (600.0 / max(hz, 600.0)) ** 0.3)
        )
        out += tone * np.float32(take.uniform(0.05, 0.35))
    return as_signal(out * 0.7)


def _hat(take: Take) -> Signal:
    return _cymbal(take, take.log_uniform(0.025, 0.12))


def _ride(take: Take) -> Signal:
    return _cymbal(take, take.uniform(0.3, 1.0))


_DRUMS = {"kick": _kick, "snare": _snare, "tom": _tom, "low": _low, "hand": _hand, "hat": _hat, "ride": _ride}
