"""Owls: hoots with a pitch contour, screeches, and an answer from far off. Pure numpy."""

from dataclasses import dataclass

import numpy as np

from s2s.world.sounds.grains import event_starts, put
from s2s.world.sounds.take import Signal, Take, as_signal, gain


@dataclass(frozen=True, slots=True)
class Hoot:
    """One note of a phrase: when it begins and how long it is in seconds, its pitch over the bird's, its waver."""

    at_s: float
    length_s: float
    pitch: float = 1.0
    waver: float = 0.0
    level: float = 1.0


# Phrases of: tawny owl, great horned owl, eagle owl, barred owl, boobook, scops owl, tawny's "kewick".
PHRASES: tuple[tuple[tuple[float, float], tuple[Hoot, ...]], ...] = (
    ((700, 950), (Hoot(0.0, 0.7), Hoot(2.6, 0.12, 0.97, level=0.5), Hoot(3.0, 1.4, 1.0, 0.25))),
    (
        (270, 380),
        (
            Hoot(0.0, 0.35),
            Hoot(0.5, 0.12, 1.04, level=0.7),
            Hoot(0.7, 0.4, 1.03),
            Hoot(1.5, 0.4),
            Hoot(2.2, 0.45, 0.98),
        ),
    ),
    ((260, 400), (Hoot(0.0, 0.45), Hoot(0.5, 0.25, 0.8, level=0.4))),
    (
        (380, 560),
        (
            *(Hoot(0.0, 0.2), Hoot(0.3, 0.2), Hoot(0.75, 0.25, 1.06), Hoot(1.15, 0.6, 1.0, 0.1)),
            *(Hoot(2.6, 0.2), Hoot(2.9, 0.2), Hoot(3.4, 0.25, 1.06), Hoot(3.8, 0.7, 1.02, 0.12)),
        ),
    ),
    ((650, 900), (Hoot(0.0, 0.3, 1.1), Hoot(0.42, 0.35, 0.9))),
    ((1150, 1450), (Hoot(0.0, 0.28),)),
    ((900, 1300), (Hoot(0.0, 0.16, 0.8), Hoot(0.18, 0.22, 1.45))),
)


def owl(take: Take) -> Signal:
    """Return an owl calling again and again in a wood at night, sometimes with another that answers."""
    out = take.silence()
    kind = int(take.rng.choice(len(PHRASES), p=[0.26, 0.2, 0.14, 0.14, 0.12, 0.06, 0.08]))
    _calls(take, out, kind, 1.0)
    if take.chance(0.4):
        answer = kind if take.chance(0.6) else int(take.rng.integers(len(PHRASES)))
        _calls(take, out, answer, gain(take.uniform(-26.0, -10.0)))
    if take.chance(0.12):
        for start in event_starts(take, take.uniform(3.0, 6.0), 0.4):
            put(out, _screech(take) * np.float32(gain(take.uniform(-10.0, 0.0))), int(start))
    return out


def _calls(take: Take, out: Signal, kind: int, level: float) -> None:
    """Add one bird's phrases into `out`."""
    (low_hz, high_hz), phrase = PHRASES[kind]
    base_hz = take.log_uniform(low_hz, high_hz)
    tempo = take.uniform(0.85, 1.2)
    length_s = (phrase[-1].at_s + phrase[-1].length_s) * tempo
    breath, overtone = take.log_uniform(0.01, 0.12), take.log_uniform(0.02, 0.25)
    for start in event_starts(take, length_s + take.log_uniform(1.0, 4.0), 0.25):
        for hoot in phrase:
            event = _hoot(take, hoot, base_hz * take.uniform(0.985, 1.015), tempo, (breath, overtone))
            put(out, event * np.float32(level), int(start + hoot.at_s * tempo * take.sample_rate_hz))


def _hoot(take: Take, hoot: Hoot, base_hz: float, tempo: float, voice: tuple[float, float]) -> Signal:
    """Return one hoot: nearly a sine, sliding up into the note and off it, with breath around the pitch."""
    breath, overtone = voice
    count = max(64, int(hoot.length_s * tempo * take.uniform(0.93, 1.07) * take.sample_rate_hz))
    t = np.arange(count) / take.sample_rate_hz
    u = np.linspace(0.0, 1.0, count)
    bend = 1.0 - 0.06 * np.exp(-t / 0.03) - take.uniform(0.02, 0.09) * np.clip((u - 0.55) / 0.45, 0.0, 1.0) ** 2
    quaver = hoot.waver * np.sin(2 * np.pi * take.uniform(9.0, 13.0) * t) * np.exp(-np.square((u - 0.35) / 0.35))
    phase = 2 * np.pi * np.cumsum(base_hz * hoot.pitch * bend * (1 + 0.1 * quaver)) / take.sample_rate_hz
    tone = np.sin(phase) + overtone * np.sin(2 * phase + 0.4) + 0.4 * overtone * np.sin(3 * phase)
    # Breath: noise of narrow band around the pitch, as a slow complex noise on the tone's own phase.
    step = max(1, count // max(2, int(t[-1] * 120)))
    slow = take.rng.standard_normal((2, count // step + 2))
    real, imaginary = (np.interp(np.arange(count) / step, np.arange(row.size), row) for row in slow)
    puffed = real * np.cos(phase) - imaginary * np.sin(phase) + 0.3 * take.rng.standard_normal(count)
    shape = np.minimum(1.0, t / take.uniform(0.03, 0.08)) * np.minimum(1.0, (t[-1] - t) / (0.25 * t[-1]))
    return as_signal((tone + breath * puffed) * (1.0 + quaver) * shape**1.3 * hoot.level)


def _screech(take: Take) -> Signal:
    """Return a barn owl's hiss of a scream: rough noise over a trembling high pitch."""
    count = int(take.uniform(0.7, 1.6) * take.sample_rate_hz)
    u = np.linspace(0.0, 1.0, count)
    noise = take.rng.standard_normal(count)
    noise[1:] -= 0.6 * noise[:-1]
    flutter = 1 + 0.6 * np.sin(2 * np.pi * np.cumsum(take.uniform(25.0, 45.0) * (1 + 0.3 * u)) / take.sample_rate_hz)
    hz = take.uniform(1800.0, 2800.0) * (1 + 0.15 * np.sin(np.pi * u))
    tone = np.sin(2 * np.pi * np.cumsum(hz) / take.sample_rate_hz + 1.5 * noise)
    return as_signal((0.4 * noise + tone) * flutter * np.sin(np.pi * u**0.6) * 0.5)
