"""A dog: barks of a rough glottis through a muzzle, in bouts; sometimes a growl, a whine or a howl. Pure numpy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from s2s.world.sounds.grains import event_starts, put
from s2s.world.sounds.noise import filtered
from s2s.world.sounds.take import Signal, Take, as_signal, gain
from s2s.world.sounds.voices import formant_gain

HARMONICS = 24


@dataclass(frozen=True, slots=True)
class Hound:
    """A dog's voice: pitch of a bark's height, its length, resonances of throat and muzzle, roughness 0..1."""

    pitch_hz: float
    length_s: float
    muzzle_hz: NDArray[np.float64]
    rough: float
    tilt_db: float


def dog(take: Take) -> Signal:
    """Return a dog barking in bouts, perhaps with another answering from a distance."""
    out = take.silence()
    _barks(take, out, _draw_hound(take), 1.0)
    if take.chance(0.25):
        _barks(take, out, _draw_hound(take), gain(take.uniform(-28.0, -10.0)))
    return out


def _draw_hound(take: Take) -> Hound:
    size = take.uniform(0.0, 1.0)  # from toy to mastiff
    scale = 1.5 * 0.6**size
    return Hound(
        pitch_hz=take.log_uniform(0.8, 1.3) * 900.0 * 0.42**size,
        length_s=(0.09 + 0.12 * size) * take.uniform(0.7, 1.4),
        muzzle_hz=np.array([600.0, 1050.0, 1900.0]) * scale * np.exp(take.rng.normal(0.0, 0.12, 3)),
        rough=take.uniform(0.1, 1.0),
        tilt_db=take.uniform(5.0, 10.0),
    )


def _barks(take: Take, out: Signal, hound: Hound, level: float) -> None:
    """Add one dog's bouts into `out`: one to six barks each, sometimes led by a growl or ended by a howl."""
    rate = take.sample_rate_hz
    most = int(take.rng.choice([1, 2, 3, 4, 6]))
    gap_s = take.log_uniform(0.12, 0.6)
    for start in event_starts(take, take.log_uniform(0.7, 3.5), 0.35):
        at = int(start)
        if take.chance(0.05):
            growl = _growl(take, hound)
            put(out, growl * np.float32(level * 0.3), at)
            at += growl.size
        for _ in range(int(take.rng.integers(1, most + 1))):
            bark = _bark(take, hound, hound.length_s * take.uniform(0.8, 1.25))
            put(out, bark * np.float32(level * take.rng.lognormal(0.0, 0.2)), at)
            at += bark.size + int(gap_s * take.uniform(0.7, 1.4) * rate)
        if take.chance(0.02):
            put(out, _bark(take, hound, take.uniform(0.7, 1.8), howl=True) * np.float32(level * 0.7), at)
        elif take.chance(0.05):
            put(out, _whine(take, hound) * np.float32(level * 0.2), at)


def _bark(take: Take, hound: Hound, length_s: float, *, howl: bool = False) -> Signal:
    """Return one bark: pitch leaps up and falls, the muzzle opens and shuts, breath bursts with the onset."""
    rate = take.sample_rate_hz
    count = max(96, int(length_s * rate))
    u = np.linspace(0.0, 1.0, count)
    top = take.uniform(0.15, 0.45)
    arch = np.where(u < top, np.sin(0.5 * np.pi * u / top), np.sin(0.5 * np.pi * (1 - u) / (1 - top)).clip(0.0) ** 0.7)
    hz = hound.pitch_hz * take.uniform(0.93, 1.07) * (0.55 + 0.45 * arch if not howl else 0.8 + 0.2 * np.sin(np.pi * u))
    unsteady = np.interp(u, np.linspace(0, 1, int(length_s * 500) + 2), take.rng.normal(0, 1, int(length_s * 500) + 2))
    hz = hz * (1.0 + (0.004 + 0.07 * hound.rough**1.5 * (not howl)) * unsteady)
    phase = 2 * np.pi * np.cumsum(hz) / rate
    opening = 0.82 + 0.3 * arch  # an opening mouth raises every resonance
    tone = np.zeros(count)
    for order in range(1, HARMONICS):
        heard = (order * hz < 0.93 * take.nyquist_hz) * order ** (-hound.tilt_db / 6.02)
        if not heard.any():
            break
        tone += (
            heard * formant_gain(order * hz / opening, hound.muzzle_hz, 0.2) * np.sin(order * phase + order**2 * 0.4)
        )
    tone /= max(float(np.sqrt(np.mean(tone**2))), 1e-9)
    # A driven glottis doubles its period: every other pulse weaker.
    tone *= 1.0 + (0.7 * hound.rough * (not howl)) * np.sin(0.5 * phase + 0.3)
    breath = (
        _breath(take, hound, count) * (0.04 + 0.4 * hound.rough * (0.2 + np.exp(-u / 0.15))) * (0.3 if howl else 1.0)
    )
    attack_s, release_s = take.uniform(0.004, 0.02), (0.35 if howl else 0.5) * length_s
    t = u * length_s
    shape = np.minimum(1.0, t / attack_s) * np.minimum(1.0, (length_s - t) / release_s) ** 1.3
    return as_signal((tone + breath) * shape)


def _breath(take: Take, hound: Hound, count: int) -> NDArray[np.float32]:
    """Return noise [count] through the same muzzle, about unit RMS."""
    noise = take.rng.standard_normal(count, dtype=np.float32)
    low, middle, high = (float(hz) for hz in hound.muzzle_hz)
    shaped = filtered(take, noise, ((low / 3, -30.0), (low, 0.0), (middle, 0.0), (high, -8.0), (high * 2, -28.0)))
    return as_signal(shaped / max(float(np.std(shaped)), 1e-9))


def _growl(take: Take, hound: Hound) -> Signal:
    """Return a growl: the same throat far below its bark, every pulse heard."""
    count = int(take.uniform(0.3, 1.0) * take.sample_rate_hz)
    u = np.linspace(0.0, 1.0, count)
    hz = take.uniform(35.0, 90.0) * (1.0 + 0.2 * np.sin(np.pi * u))
    pulse = np.exp(-6.0 * ((np.cumsum(hz) / take.sample_rate_hz) % 1.0))
    return as_signal(_breath(take, hound, count) * pulse * 2.5 * np.sin(np.pi * u**0.7))


def _whine(take: Take, hound: Hound) -> Signal:
    """Return a whine: a thin, high, trembling tone that sinks."""
    count = int(take.uniform(0.25, 0.8) * take.sample_rate_hz)
    u = np.linspace(0.0, 1.0, count)
    hz = np.minimum(hound.pitch_hz * take.uniform(1.3, 2.2) * (1.1 - 0.35 * u), 0.45 * take.nyquist_hz)
    phase = 2 * np.pi * np.cumsum(hz * (1 + 0.015 * np.sin(45.0 * u))) / take.sample_rate_hz
    return as_signal((np.sin(phase) + 0.15 * np.sin(2 * phase)) * np.sin(np.pi * u**0.6))
