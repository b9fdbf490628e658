"""Beginnings and beats are found where they are known to be, at any frame rate, and a hand overrules the ear."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from installation.audio.features import LISTEN_SAMPLES, FastPath
from installation.audio.tempo import BeatTracker
from installation.values import SAMPLE_RATE_HZ, AudioBlock, Beat, Features
from tests.installation.audio.labelled_sounds import (
    DURATION_S,
    Labelled,
    clicks,
    drums,
    music,
    noise_that_begins,
    speech,
    swelling_noise,
)

SOUNDS = {
    "clicks": clicks(100.0),
    "fast clicks": clicks(173.0),
    "drums": drums(120.0),
    "swinging drums": drums(84.0, swing=0.3),
    "drums in hiss": drums(140.0).in_hiss(-20.0),
    "music": music(90.0, seed=3),
    "fast music": music(128.0, seed=4),
    "music in hiss": music(110.0, seed=5).in_hiss(-20.0),
    "speech": speech(5),
    "speech in hiss": speech(6).in_hiss(-20.0),
    "noise": noise_that_begins(),
    "wind": swelling_noise(),
}
STEADY = [name for name, sound in SOUNDS.items() if sound.bpm]
STEP_S = 0.008


@cache
def heard(sound: Labelled, fps: int) -> list[tuple[float, Features]]:
    ears, found = FastPath(), []
    for picture in range(1, int(DURATION_S * fps) + 1):
        now = picture / fps
        end = round(now * SAMPLE_RATE_HZ)
        found.append((now, ears.listen(AudioBlock(sound.samples[max(end - LISTEN_SAMPLES, 0) : end], now), now)))
    return found


def beginnings(features: list[tuple[float, Features]]) -> list[float]:
    """The times at which the onset jumps up, as a light that follows it would."""
    found, before = [-1.0], 0.0
    for now, one in features:
        if one.onset > max(0.1, before + 0.08) and now - found[-1] > 0.06:
            found.append(now)
        before = one.onset
    return found[1:]


def f_measure(found: list[float], true_s: tuple[float, ...], within_s: float = 0.05) -> float:
    left, hits = list(found), 0
    for at_s in true_s:
        near = [one for one in left if abs(one - at_s) <= within_s]
        if near:
            left.remove(min(near, key=lambda one: abs(one - at_s)))
            hits += 1
    wrong = len(left) + len(true_s) - hits
    return 2 * hits / (2 * hits + wrong) if hits + wrong else 1.0


@pytest.mark.parametrize("name", SOUNDS)
def test_beginnings_are_found_within_fifty_milliseconds(name: str) -> None:
    assert f_measure(beginnings(heard(SOUNDS[name], 60)), SOUNDS[name].onsets_s) >= 0.9


@pytest.mark.parametrize(("name", "fps"), [*((name, 60) for name in STEADY), ("drums", 24), ("music", 144)])
def test_the_tempo_of_steady_sound_is_right_within_two_percent(name: str, fps: int) -> None:
    assert heard(SOUNDS[name], fps)[-1][1].tempo_bpm == pytest.approx(SOUNDS[name].bpm, rel=0.02)


@pytest.mark.parametrize("name", ["clicks", "drums", "music"])
def test_the_pulse_comes_on_the_beat(name: str) -> None:
    pulses = [(now, one.beat) for now, one in heard(SOUNDS[name], 60) if now > 10.0]
    beat_s = 60.0 / SOUNDS[name].bpm
    apart_s = [(now - 0.5) % beat_s for (_, before), (now, one) in pairwise(pulses) if one > before + 0.3]
    assert len(apart_s) >= 10
    assert all(min(off_s, beat_s - off_s) < 0.09 for off_s in apart_s)


@pytest.mark.parametrize("name", ["speech", "noise", "wind"])
def test_what_has_no_beat_has_no_pulse(name: str) -> None:
    assert max(one.beat for now, one in heard(SOUNDS[name], 60) if now > 4.0) < 0.35


def test_taps_say_the_tempo_from_the_third_on_and_each_is_a_beat() -> None:
    tracker = BeatTracker(STEP_S)
    said = []
    for _ in range(4):
        said.append(tracker.tap())
        tracker.follow(np.zeros(75))  # 0.6 s
    assert said[:2] == [None, None] and said[2:] == [pytest.approx(100.0), pytest.approx(100.0)]
    tracker.follow(np.zeros(3))
    tracker.tap()
    assert tracker.beat.phase == 0.0 and tracker.beat.certainty == 1.0


def test_taps_after_a_pause_begin_anew() -> None:
    tracker = BeatTracker(STEP_S)
    for _ in range(3):
        tracker.tap()
        tracker.follow(np.zeros(75))
    tracker.follow(np.zeros(300))
    assert tracker.tap() is None and tracker.beat.bpm == pytest.approx(100.0)


def test_two_taps_at_one_moment_say_nothing() -> None:
    tracker = BeatTracker(STEP_S)
    assert [tracker.tap() for _ in range(4)] == [None] * 4 and tracker.beat == Beat()


def test_a_tempo_that_is_told_is_kept_until_0_is_told() -> None:
    tracker = BeatTracker(STEP_S)
    tracker.keep(90.0)
    tracker.follow(np.zeros(round(1.0 / STEP_S)))
    assert tracker.beat.bpm == 90.0 and tracker.beat.phase == pytest.approx(0.5, abs=0.01)
    tracker.keep(0.0)
    assert tracker.beat == Beat()
