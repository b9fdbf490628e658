"""Tunes of mixed instruments over an electronic beat. Pure numpy; each instrument is drawn once a part."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from s2s.world.sounds.grains import put
from s2s.world.sounds.noise import band
from s2s.world.sounds.take import Signal, Take, as_signal, gain, unit

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9), (0, 3, 5, 7, 10), (0, 1, 4, 5, 7, 8, 11))
PROGRESSIONS = ((0, 4, 5, 3), (0, 5, 3, 4), (0, 3, 4, 0), (1, 4, 0, 0), (0, 0, 3, 4), (5, 3, 0, 4))
STEPS = {  # beats from note to note
    "chords": (4.0,),
    "bass": (0.5, 1.0, 2.0),
    "melody": (0.25, 0.5, 1.0),
    "arpeggio": (0.25, 0.5, 1.0),
}


def _edges(count: int, rate: int, rise_s: float, fall_s: float) -> Signal:
    t = np.arange(count, dtype=np.float32) / np.float32(rate)
    return as_signal(np.clip(np.minimum(t / rise_s, (count / rate - t) / fall_s), 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Instrument:
    """One timbre: struck or held, of `levels` of its harmonics, or of one sine that bends its own phase (FM)."""

    rate: int
    held: bool
    rise_s: float
    decay_s: float
    levels: NDArray[np.float64]
    vibrato: float
    ratio: float
    index: float  # depth of the bending in radians; 0: harmonics

    def note(self, hz: float, length_s: float) -> Signal:
        """Return one note at `hz`, loud part about unit RMS."""
        count = max(32, int(length_s * self.rate))
        t = np.arange(count, dtype=np.float32) / np.float32(self.rate)
        turn = as_signal(2 * np.pi * hz * t + self.vibrato * hz / 5.5 * np.sin(2 * np.pi * 5.5 * t))
        fall = as_signal(np.ones(count) if self.held else np.exp(-t / np.float32(self.decay_s)))
        tone = self._bent(turn, fall, hz) if self.index else self._harmonics(turn, hz)
        return as_signal(unit(tone) * fall * _edges(count, self.rate, self.rise_s, 0.03))

    def _bent(self, turn: Signal, fall: Signal, hz: float) -> Signal:
        depth = np.float32(min(self.index, 0.2 * self.rate / hz))
        return as_signal(np.sin(turn + depth * np.sqrt(fall) * np.sin(np.float32(self.ratio) * turn)))

    def _harmonics(self, turn: Signal, hz: float) -> Signal:
        tone = np.zeros_like(turn)
        for order, level in enumerate(self.levels, 1):
            if order * hz < 0.45 * self.rate:
                tone += np.float32(level) * np.sin(np.float32(order) * turn)
        return tone


def draw_instrument(take: Take, *, held: bool) -> Instrument:
    """Draw a timbre."""
    orders = np.arange(1, int(take.rng.integers(3, 13)))
    levels = orders ** -take.uniform(0.4, 2.2) * take.rng.lognormal(0.0, 0.6, orders.size)
    if take.chance(0.3):
        levels[1::2] *= 0.05  # a stopped pipe, a square wave
    return Instrument(
        rate=take.sample_rate_hz,
        held=held,
        rise_s=take.log_uniform(0.003, 0.2 if held else 0.01),
        decay_s=take.log_uniform(0.08, 1.5),
        levels=levels,
        vibrato=take.log_uniform(0.0005, 0.012) if held else 0.0,
        ratio=float(take.rng.choice([1, 1, 2, 3, 3.5, 0.5])),
        index=take.log_uniform(0.4, 5.0) if take.chance(0.35) else 0.0,
    )


@dataclass(frozen=True, slots=True)
class Song:
    """What the players of one piece share: tempo, key and chords, a chord to every four beats."""

    beat_s: float
    root_hz: float
    scale: tuple[int, ...]
    chords: tuple[int, ...]

    def chord_at(self, at_s: float) -> int:
        return self.chords[int(at_s / (4 * self.beat_s) + 1e-6) % len(self.chords)]

    def degrees(self, part: str, number: int, chord: int, melody: int) -> tuple[int, ...]:
        """Return the degrees of the scale that `part` plays as its note `number` over `chord`."""
        octave = len(self.scale)
        if part == "chords":
            return (chord, chord + 2, chord + 4)
        if part == "bass":
            return (chord - 2 * octave,)
        return (melody,) if part == "melody" else (chord + octave + (0, 2, 4, 7)[number % 4],)


def pitch_hz(root_hz: float, scale: tuple[int, ...], degree: int) -> float:
    """Return the pitch of a `degree` of `scale` over `root_hz`; degrees run on through the octaves."""
    octave, step = divmod(degree, len(scale))
    return float(root_hz * 2.0 ** (octave + scale[step] / 12))


def music(take: Take) -> Signal:
    """Return a few instruments playing together: some of chords, bass, melody, arpeggio and an electronic beat."""
    scale = SCALES[int(take.rng.integers(len(SCALES)))]
    chords = PROGRESSIONS[int(take.rng.integers(len(PROGRESSIONS)))]
    song = Song(60.0 / take.uniform(60.0, 160.0), take.log_uniform(130.0, 260.0), scale, chords)
    parts = [part for part in ("chords", "bass", "melody", "arpeggio") if take.chance(0.6)] or ["melody", "chords"]
    out = take.silence()
    for part in parts:
        held = len(parts) > 1 and take.chance(0.45)  # held notes alone would be a string section
        played = _part(take, song, part, draw_instrument(take, held=held))
        out += unit(played) * np.float32(gain(take.uniform(-9.0, 0.0)))
    if take.chance(0.45):
        out += unit(_beat(take, song.beat_s)) * np.float32(gain(take.uniform(-14.0, -3.0)))
    return out


def _part(take: Take, song: Song, part: str, instrument: Instrument) -> Signal:
    """Return what one instrument plays; a melody wanders by steps, and rests."""
    out, degree, rest = take.silence(), int(take.rng.integers(5, 12)), take.uniform(0.05, 0.4)
    step_s = song.beat_s * float(take.rng.choice(STEPS[part]))
    for number in range(int(take.duration_s / step_s) + 1):
        at_s = number * step_s
        degree = int(np.clip(degree + take.rng.integers(-2, 3), 3, 16))
        if part == "melody" and number and take.chance(rest):
            continue
        for wanted in song.degrees(part, number, song.chord_at(at_s), degree):
            event = instrument.note(pitch_hz(song.root_hz, song.scale, wanted), step_s * take.uniform(0.7, 1.3))
            put(out, event * np.float32(take.uniform(0.6, 1.0)), int(at_s * take.sample_rate_hz))
    return out


def _beat(take: Take, beat_s: float) -> Signal:
    """Return a drum machine: a sine that drops for a kick, gated noise for hats."""
    out, rate = take.silence(), take.sample_rate_hz
    kick, hat = _kick(take), _hat(take)
    every, hats = int(take.rng.choice([1, 1, 2])), int(take.rng.choice([2, 4]))
    for number in range(int(take.duration_s / beat_s) + 1):
        if number % every == 0:
            put(out, kick, int(number * beat_s * rate))
        for part in range(hats):
            put(out, hat, int((number + part / hats) * beat_s * rate))
    return out


def _kick(take: Take) -> Signal:
    t = np.arange(int(0.3 * take.sample_rate_hz), dtype=np.float32) / np.float32(take.sample_rate_hz)
    drop = take.uniform(40.0, 60.0) * t + 3.0 * (1.0 - np.exp(-t / 0.03))
    return as_signal(np.sin(2 * np.pi * drop) * np.exp(-t / 0.1))


def _hat(take: Take) -> Signal:
    noise = band(take, take.uniform(3000.0, 5500.0), 0.85 * take.nyquist_hz)[: int(0.3 * take.sample_rate_hz)]
    t = np.arange(noise.size, dtype=np.float32) / np.float32(take.sample_rate_hz)
    return as_signal(noise * np.exp(-t / np.float32(take.log_uniform(0.01, 0.06))) * np.float32(take.uniform(0.2, 0.7)))
