"""The sound of a film of a made evening: real recordings at their times in a room that is never quite still.

The room hums and hisses, somebody steps or puts down a glass once or twice, and where the film's kind says so somebody
talks all the time, louder than what sounds. Pure; whatever is drawn comes from the generator that is given.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from s2s.data.clip_source import Sound
from s2s.evaluate.evening_score import FILM_S, Score, Span
from s2s.rates import SAMPLE_RATE_HZ
from s2s.world.sounds import synthesize_unknown

THING_DBFS: Final = (-34.0, -18.0)
ROOM_DBFS: Final = (-62.0, -50.0)
UNDER_SPEECH_DB: Final = (0.0, 6.0)
"""How far a thing lies below the talk above it."""
_STEP_DBFS: Final = (-34.0, -24.0)
_FADE_S: Final = 0.02
_LENGTH: Final = round(FILM_S * SAMPLE_RATE_HZ)


def film_sound(score: Score, sounds: Sequence[Sound], rng: np.random.Generator) -> Sound:
    """Return ten seconds, mono [160 000] within ±1; `sounds` are those of the score's things, of any length."""
    thing_dbfs = rng.uniform(*THING_DBFS)
    heard = _room(rng)
    if score.kind == "speech":
        talk = synthesize_unknown(int(rng.integers(2**31)), kind="speech", duration_s=FILM_S)
        heard += _at_level(talk, thing_dbfs + rng.uniform(*UNDER_SPEECH_DB))
    for one in score.soundings:
        _add(heard, _at_level(_lasting(sounds[one.number], one.heard), thing_dbfs), one.heard)
    return np.asarray(np.clip(heard, -1.0, 1.0), np.float32)


def _lasting(sound: Sound, span: Span) -> Sound:
    """Return a stretch as long as `span`: the loudest of a longer sound, a shorter one again and again."""
    length = round((span[1] - span[0]) * SAMPLE_RATE_HZ)
    if len(sound) <= length:
        return np.resize(sound, length)
    steps = np.arange(0, len(sound) - length + 1, SAMPLE_RATE_HZ // 20)
    energy = np.concatenate([[0.0], np.cumsum(np.square(sound, dtype=np.float64))])
    begin = int(steps[np.argmax(energy[steps + length] - energy[steps])])
    return sound[begin : begin + length]


def _add(heard: Sound, sound: Sound, span: Span) -> None:
    begin = round(span[0] * SAMPLE_RATE_HZ)
    ramp = np.minimum(np.arange(1, len(sound) + 1) / (_FADE_S * SAMPLE_RATE_HZ), 1.0)
    here = heard[begin : begin + len(sound)]
    here += (sound * ramp * ramp[::-1])[: len(here)].astype(np.float32)


def _room(rng: np.random.Generator) -> Sound:
    """Return the room without its guests: noise that falls with frequency, the mains, a step or two."""
    spectrum = np.fft.rfft(rng.standard_normal(_LENGTH))
    hz = np.fft.rfftfreq(_LENGTH, 1 / SAMPLE_RATE_HZ)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(hz, 40.0)), _LENGTH)
    seconds = np.arange(_LENGTH) / SAMPLE_RATE_HZ
    hum = np.sin(2 * np.pi * 100.0 * seconds) * rng.uniform(0.0, 0.5) * noise.std()
    sway = 1.0 + 0.2 * np.sin(2 * np.pi * seconds / rng.uniform(3.0, 9.0) + rng.uniform(0, 6))
    room = _at_level(((noise + hum) * sway).astype(np.float32), rng.uniform(*ROOM_DBFS))
    for _ in range(int(rng.integers(1, 3))):
        at_s = float(rng.uniform(0.2, FILM_S - 0.3))
        _add(room, _step(rng), (at_s, FILM_S))
    return room


def _step(rng: np.random.Generator) -> Sound:
    seconds = np.arange(round(0.15 * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    knock = np.exp(-seconds / 0.025) * (rng.standard_normal(len(seconds)) + np.sin(2 * np.pi * 180 * seconds))
    return _at_level(knock.astype(np.float32), rng.uniform(*_STEP_DBFS))


def _at_level(sound: Sound, level_dbfs: float) -> Sound:
    """Return `sound` with an RMS of `level_dbfs`; digital silence stays what it is."""
    rms = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
    return np.asarray(sound * (10.0 ** (level_dbfs / 20.0) / max(rms, 1e-9)), np.float32)
