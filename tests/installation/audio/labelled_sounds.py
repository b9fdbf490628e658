"""Sounds whose beginnings and tempo are known: clicks, drums, music, speech, noise. Made here, always the same."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from installation.values import SAMPLE_RATE_HZ, Samples

_Wave = NDArray[np.float64]
DURATION_S = 20.0
_FIRST_S = 0.5
_SCALE = (60, 62, 64, 65, 67, 69, 71, 72)
_ROOTS = (48, 53, 55, 57)


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """A sound [n]; the seconds at which something begins; the beats a minute, 0 where there is no beat."""

    samples: Samples
    onsets_s: tuple[float, ...]
    bpm: float = 0.0

    def in_hiss(self, below_db: float) -> "Labelled":
        """The same in noise that much below its own level."""
        rms = float(np.sqrt(np.mean(np.square(self.samples))))
        hiss = rms * 10.0 ** (below_db / 20.0) * _noise(len(self.samples), seed=9)
        return Labelled((self.samples + hiss).astype(np.float32), self.onsets_s, self.bpm)


def clicks(bpm: float) -> Labelled:
    """A metronome."""
    return _laid([(at_s, _click(number)) for number, at_s in enumerate(_beats(bpm))], bpm)


def drums(bpm: float, swing: float = 0.0) -> Labelled:
    """Bass drum and snare by turns, a cymbal on every half."""
    hits: list[tuple[float, _Wave]] = []
    for number, at_s in enumerate(_beats(bpm)):
        hits.append((at_s, (_bass_drum() if number % 2 == 0 else _snare(number)) + _cymbal(number, 4000)))
        hits.append((at_s + 30.0 / bpm * (1.0 + swing), _cymbal(number + 500, 900)))
    return _laid(hits, bpm)


def music(bpm: float, seed: int) -> Labelled:
    """A melody over chords that change every four beats; each note dies away into the next."""
    rng, beat_s = np.random.default_rng(seed), 60.0 / bpm
    notes: list[tuple[float, _Wave]] = []
    for number, at_s in enumerate(_beats(bpm)):
        if number % 4 == 0:
            root = int(rng.choice(_ROOTS))
            notes += [(at_s, _note(root + step, 4 * beat_s, 0.1)) for step in (0, 4, 7)]
        notes.append((at_s, _note(int(rng.choice(_SCALE)), 0.9 * beat_s, 0.2)))
        if rng.random() < 0.4:
            notes.append((at_s + beat_s / 2, _note(int(rng.choice(_SCALE)), 0.5 * beat_s, 0.2)))
    return _laid(notes, bpm)


def speech(seed: int) -> Labelled:
    """Syllables with a consonant each, in words with pauses."""
    rng, at_s = np.random.default_rng(seed), _FIRST_S
    syllables: list[tuple[float, _Wave]] = []
    while at_s < DURATION_S - 1.0:
        long_s = rng.uniform(0.14, 0.29)
        syllables.append((at_s, _syllable(rng, long_s)))
        at_s += long_s + 0.03 + (rng.uniform(0.0, 0.1) if rng.random() > 0.25 else rng.uniform(0.0, 0.5))
    return _laid(syllables, 0.0)


def swelling_noise() -> Labelled:
    """Wind: after its beginning it comes and goes, and nothing begins."""
    swell = 1.0 + 0.6 * np.sin(2 * np.pi * 0.2 * _times(DURATION_S))
    return Labelled((0.1 * swell * _noise(len(swell), seed=8)).astype(np.float32), (0.0,))


def noise_that_begins() -> Labelled:
    """Steady noise from half a second on."""
    sound = 0.1 * _noise(round(DURATION_S * SAMPLE_RATE_HZ), seed=7)
    sound[: round(_FIRST_S * SAMPLE_RATE_HZ)] *= 0.01
    return Labelled(sound.astype(np.float32), (_FIRST_S,))


def _beats(bpm: float) -> list[float]:
    return [float(at_s) for at_s in np.arange(_FIRST_S, DURATION_S - 1.0, 60.0 / bpm)]


def _laid(events: Iterable[tuple[float, _Wave]], bpm: float) -> Labelled:
    sound = 0.001 * _noise(round(DURATION_S * SAMPLE_RATE_HZ), seed=0)
    begun: set[float] = set()
    for at_s, wave in events:
        start = round(at_s * SAMPLE_RATE_HZ)
        part = wave[: len(sound) - start]
        sound[start : start + len(part)] += part
        begun.add(round(at_s, 4))
    return Labelled(sound.astype(np.float32), tuple(sorted(begun)), bpm)


def _noise(count: int, seed: int) -> _Wave:
    return np.asarray(np.random.default_rng(seed).standard_normal(count))


def _times(duration_s: float) -> _Wave:
    return np.asarray(np.arange(round(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ)


def _fading(count: int, fade_s: float) -> _Wave:
    return np.asarray(np.exp(-np.arange(count) / (fade_s * SAMPLE_RATE_HZ)))


def _click(seed: int) -> _Wave:
    return 0.5 * _noise(160, seed) * _fading(160, 0.002)


def _bass_drum() -> _Wave:
    pitch_hz = 50.0 + 100.0 * _fading(4000, 0.03)
    return 0.7 * np.sin(2 * np.pi * np.cumsum(pitch_hz) / SAMPLE_RATE_HZ) * _fading(4000, 0.08)


def _snare(seed: int) -> _Wave:
    skin = 0.3 * np.sin(2 * np.pi * 190.0 * np.arange(4000) / SAMPLE_RATE_HZ) * _fading(4000, 0.05)
    return 0.35 * _noise(4000, seed) * _fading(4000, 0.04) + skin


def _cymbal(seed: int, count: int) -> _Wave:
    return 0.12 * np.diff(_noise(count, seed), prepend=0.0) * _fading(count, 0.015)


def _note(midi: int, duration_s: float, level: float) -> _Wave:
    times = _times(duration_s)
    pitch_hz = 440.0 * 2.0 ** ((midi - 69) / 12.0)
    partials = [np.sin(2 * np.pi * pitch_hz * part * times) / part**1.4 for part in range(1, 7)]
    shape = np.minimum(times / 0.008, 1.0) * np.minimum((duration_s - times) / 0.02, 1.0)
    return np.asarray(level * np.sum(partials, axis=0) * shape * np.exp(-times / (0.6 * duration_s)))


def _syllable(rng: np.random.Generator, duration_s: float) -> _Wave:
    times = _times(duration_s)
    pitch_hz = rng.uniform(110.0, 170.0)
    voice = np.sign(np.sin(2 * np.pi * pitch_hz * times * (1.0 + 0.05 * np.sin(2 * np.pi * 3.0 * times))))
    for formant_hz in (rng.uniform(400.0, 800.0), rng.uniform(1000.0, 2200.0), 2500.0):
        turn = 2 * np.pi * formant_hz / SAMPLE_RATE_HZ
        voice = lfilter([0.03], [1.0, -1.94 * np.cos(turn), 0.97**2], voice)
    voice *= np.minimum(times / 0.02, 1.0) * np.minimum((duration_s - times) / 0.05, 1.0)
    consonant = np.zeros(len(times))
    consonant[:960] = 0.08 * np.diff(rng.standard_normal(960), prepend=0.0)
    return np.asarray(0.3 * voice / np.abs(voice).max() + consonant)
