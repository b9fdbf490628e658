"""Animals that no scene is about: cat, cow, sheep, wolf, pig, horse and a bee in flight. Pure numpy."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from s2s.world.sounds.grains import event_starts, rings
from s2s.world.sounds.noise import coloured
from s2s.world.sounds.speech import Throat
from s2s.world.sounds.take import Signal, Take, as_signal, unit

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Call:
    """One animal's call: pitch, length and gap, how far pitch bends (octaves), mouth closed to open, hoarseness."""

    pitch_hz: Range
    length_s: Range
    gap_s: Range
    bend_octaves: Range
    closed_hz: tuple[float, float, float]
    open_hz: tuple[float, float, float]
    hoarse: Range
    tremor_hz: Range = (0.0, 0.0)


CALLS: Final[dict[str, Call]] = {
    "cat": Call((350, 800), (0.35, 1.1), (0.3, 2.5), (0.1, 0.5), (450, 1900, 3300), (1100, 1900, 3500), (0.01, 0.08)),
    "cow": Call((85, 190), (0.9, 2.6), (0.5, 3.0), (0.1, 0.6), (220, 650, 2000), (600, 1100, 2400), (0.02, 0.2)),
    "sheep": Call(
        (180, 420), (0.5, 1.3), (0.4, 2.0), (0.0, 0.2), (500, 1500, 2600), (800, 1700, 2800), (0.05, 0.3), (6.0, 12.0)
    ),
    "wolf": Call((280, 620), (1.8, 5.0), (0.3, 2.0), (0.3, 0.9), (350, 750, 2200), (600, 1000, 2500), (0.005, 0.03)),
    "pig": Call((60, 240), (0.1, 0.5), (0.05, 0.9), (0.0, 0.5), (350, 1000, 2300), (600, 1500, 2700), (0.2, 0.9)),
}


def animals_unknown(take: Take) -> Signal:
    """Return one of these animals, calling again and again; or hooves, a purr, a bee."""
    kind = str(take.rng.choice([*CALLS, "horse", "purr", "bee"]))
    if kind in CALLS:
        return _calls(take, CALLS[kind])
    return {"horse": _hooves, "purr": _purr, "bee": _bee}[kind](take)


def _calls(take: Take, call: Call) -> Signal:
    throat = Throat(take.uniform(2.0, 7.0), jitter=take.log_uniform(*call.hoarse))
    size, pitch_hz = take.uniform(0.85, 1.15), take.log_uniform(*call.pitch_hz)
    gap_s, at_s = take.log_uniform(*call.gap_s), -take.uniform(0.0, 0.5)
    while at_s < take.duration_s:
        at_s += _utter(take, throat, call, at_s, pitch_hz * float(take.rng.lognormal(0.0, 0.08)), size)
        at_s += gap_s * float(take.rng.lognormal(0.0, 0.4))
    return throat.sound(take)


def _utter(take: Take, throat: Throat, call: Call, at_s: float, pitch_hz: float, size: float) -> float:
    """Set knots for one call from `at_s`; return how long it is in seconds."""
    length_s, octaves = take.log_uniform(*call.length_s), take.uniform(*call.bend_octaves)
    tremor_hz, breath = take.uniform(*call.tremor_hz), take.log_uniform(0.01, 0.2)
    closed, opened = np.array(call.closed_hz) * size, np.array(call.open_hz) * size
    peak = take.uniform(0.25, 0.6)
    for share in np.linspace(0.0, 1.0, max(9, int(length_s * 50))):
        arch = float(np.sin(np.pi * share ** (np.log(0.5) / np.log(peak))))
        tremor = float(np.sin(2 * np.pi * tremor_hz * share * length_s)) if tremor_hz else 0.0
        now_s, loud = at_s + share * length_s, min(1.0, 3.0 * arch) * (1.0 + 0.6 * tremor)
        throat.pitch_hz.append((now_s, pitch_hz * 2.0 ** (octaves * (arch - 0.5) + 0.06 * tremor)))
        throat.voice.append((now_s, loud))
        throat.hiss.append((now_s, breath * loud))
        throat.shape(now_s, closed + (opened - closed) * arch)
    throat.hiss_hz.append((at_s, take.log_uniform(700.0, 4000.0)))
    return length_s


def _hooves(take: Take) -> Signal:
    """Return a horse walking, trotting or galloping on hard or soft ground."""
    offsets = ((0.0, 0.25, 0.5, 0.75), (0.0, 0.5), (0.0, 0.17, 0.34))[int(take.rng.integers(3))]
    stride_s = take.uniform(0.4, 1.1)
    strides = event_starts(take, stride_s, 0.02)
    starts = np.concatenate([strides + int(share * stride_s * take.sample_rate_hz) for share in offsets])
    starts = starts[starts < take.samples]
    out, hz = take.silence(), take.log_uniform(250.0, 1100.0)
    for mode, decay_s in ((1.0, 0.02), (2.3, 0.012), (0.3, 0.03), (4.1, 0.006)):
        slack = hz * mode * np.exp(take.rng.normal(0.0, 0.08, starts.size))
        out += rings(take, starts, slack, np.full(starts.size, decay_s), take.rng.lognormal(0.0, 0.3, starts.size))
    return unit(out)


def _purr(take: Take) -> Signal:
    """Return a purring cat: dull pulses some 25 times a second, in and out with the breath."""
    rate_hz = take.uniform(20.0, 32.0) * (1.0 + 0.03 * take.drift(0.5))
    phase = np.cumsum(rate_hz) / take.sample_rate_hz
    breath = np.square(np.sin(np.pi * take.times() * take.uniform(0.5, 0.9)))
    hum = coloured(take, ((40.0, 0.0), (250.0, take.uniform(-8, 2)), (900.0, -14.0), (5000.0, -34.0)))
    return as_signal(hum * np.exp(-5.0 * (phase % 1.0)) * (0.25 + breath))


def _bee(take: Take) -> Signal:
    """Return a bee or a fly that circles: a buzz whose pitch and level wander, at times gone."""
    hz = take.log_uniform(120.0, 420.0) * np.exp(0.06 * take.drift(take.uniform(0.3, 1.5)))
    turn = np.cumsum(hz, dtype=np.float64) * (2 * np.pi / take.sample_rate_hz)
    out, top = take.silence(), int(0.9 * take.nyquist_hz / float(hz.max()))
    for order in range(1, min(14, top)):
        level = order ** -take.uniform(0.3, 1.3)
        out += np.float32(level) * np.sin(as_signal((order * turn + order**2) % (2 * np.pi)))
    return as_signal(out * take.swell(take.uniform(0.5, 2.5), take.uniform(3.0, 9.0)))
