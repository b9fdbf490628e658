"""The figures of section 5.1 as sounds: which columns they have, and what a film of them sounds like."""

import math

import numpy as np
import pytest

from s2s.sampling.figures.sweeps import (
    decibels,
    joining_sweep,
    mixing_steps,
    opposing_steps,
    opposing_sweep,
    position_at,
    volume_steps,
    volume_sweep,
)
from s2s.sampling.manipulate import FADE_CURVES, FadeCurve, Sound, at_volume, mix

RATE_HZ = 16_000


def tone(pitch_hz: float, num_samples: int = RATE_HZ) -> Sound:
    return (0.2 * np.sin(2 * np.pi * pitch_hz * np.arange(num_samples) / RATE_HZ)).astype(np.float32)


RAIN, BELL, BIRD = tone(200), tone(1_000), tone(3_000, 8_000)
PAIR = {"rain": RAIN, "bell": BELL}
THREE = {**PAIR, "bird": BIRD}


def loudness_of(pitch_hz: float, sound: Sound) -> float:
    """The amplitude at one pitch, as part of the tones' own."""
    wave = np.exp(-2j * np.pi * pitch_hz * np.arange(len(sound)) / RATE_HZ)
    return float(2 * abs(np.mean(sound * wave)) / 0.2)


def test_a_volume_sweep_has_a_column_a_gain() -> None:
    steps = volume_steps(RAIN, [-30, 0, 6.4])
    assert [step.caption for step in steps] == ["-30 dB", "0 dB", "+6 dB"]
    np.testing.assert_array_equal(steps[0].sound, at_volume(RAIN, -30))
    np.testing.assert_array_equal(steps[1].sound, RAIN)
    with pytest.raises(ValueError, match="at least one gain"):
        volume_steps(RAIN, [])


def test_two_sounds_are_shown_alone_and_mixed() -> None:
    steps = mixing_steps(PAIR)
    assert [step.caption for step in steps] == ["rain", "bell", "rain +\nbell"]
    np.testing.assert_array_equal(steps[0].sound, RAIN)
    np.testing.assert_array_equal(steps[2].sound, mix([RAIN, BELL]))


def test_more_sounds_are_shown_alone_and_all_together_and_every_two_if_asked_for() -> None:
    names = [step.caption.replace("\n", " ") for step in mixing_steps(THREE)]
    assert names == ["rain", "bell", "bird", "rain + bell + bird"]
    names = [step.caption.replace("\n", " ") for step in mixing_steps(THREE, pairs=True)]
    assert names[3:6] == ["rain + bell", "rain + bird", "bell + bird"]
    assert len(mixing_steps(PAIR, pairs=True)) == 3  # the only pair is all of them


def test_gains_of_a_mix_hold_alone_and_together_and_are_said() -> None:
    steps = mixing_steps(PAIR, [0.0, -6.0])
    assert [step.caption for step in steps] == ["rain", "bell -6 dB", "rain +\nbell -6 dB"]
    np.testing.assert_array_equal(steps[1].sound, at_volume(BELL, -6))
    np.testing.assert_array_equal(steps[2].sound, mix([RAIN, BELL], [0.0, -6.0]))


@pytest.mark.parametrize("curve", FADE_CURVES)
def test_opposing_volumes_begin_and_end_with_one_sound_alone(curve: FadeCurve) -> None:
    steps = opposing_steps(PAIR, 5, curve=curve)
    assert len(steps) == 5
    assert (steps[0].caption, steps[-1].caption) == ("0 dB / off", "off / 0 dB")
    np.testing.assert_array_equal(steps[0].sound, RAIN)
    np.testing.assert_array_equal(steps[-1].sound, BELL)
    middle = -3 if curve == "equal-power" else -6
    assert steps[2].caption == f"{middle} dB / {middle} dB"


def test_what_cannot_be_mixed_is_refused() -> None:
    with pytest.raises(ValueError, match="at least two sounds, got 1"):
        mixing_steps({"rain": RAIN})
    with pytest.raises(ValueError, match="one gain a sound, 2; got 3"):
        mixing_steps(PAIR, [0, 0, 0])
    with pytest.raises(ValueError, match="exactly two sounds, got 3"):
        opposing_steps(THREE, 5)
    with pytest.raises(ValueError, match="at least 2 steps, got 1"):
        opposing_steps(PAIR, 1)
    with pytest.raises(ValueError, match="finite gains"):
        volume_sweep("rain", RAIN, -math.inf, 0.0)


def test_a_sweep_is_held_at_both_ends_so_that_they_can_be_compared() -> None:
    assert [position_at(part) for part in (0.0, 0.05, 0.9, 1.0)] == [0.0, 0.0, pytest.approx(1.0), 1.0]
    assert position_at(0.5) == pytest.approx(0.5)


def test_a_film_of_a_volume_sweep_sounds_as_it_looks() -> None:
    sweep = volume_sweep("rain", RAIN, -40.0, 0.0)
    assert [sweep.caption(position) for position in (0.0, 0.5, 1.0)] == ["rain -40 dB", "rain -20 dB", "rain 0 dB"]
    np.testing.assert_array_equal(sweep.sound(1.0), RAIN)
    heard = sweep.heard(5 * RATE_HZ)
    assert len(heard) == 5 * RATE_HZ
    for moment_s, gain_db in ((0.0, -40.0), (2.4, -20.0), (4.75, 0.0)):
        start = round(moment_s * RATE_HZ)
        part = heard[start : start + RATE_HZ // 5]
        assert 20 * math.log10(loudness_of(200, part)) == pytest.approx(gain_db, abs=1.0)


def test_sounds_join_one_after_another() -> None:
    sweep = joining_sweep(THREE)
    assert sweep.caption(0.0) == "rain 0 dB"
    assert sweep.caption(0.5) == "rain 0 dB  +  bell 0 dB"
    assert sweep.caption(1.0) == "rain 0 dB  +  bell 0 dB  +  bird 0 dB"
    for position, expected in ((0.0, (1, 0, 0)), (0.5, (1, 1, 0)), (1.0, (1, 1, 1))):
        sound = sweep.sound(position)
        found = [loudness_of(pitch_hz, sound) for pitch_hz in (200, 1_000, 3_000)]
        assert found == pytest.approx(expected, abs=1e-3)
    np.testing.assert_allclose(sweep.sound(1.0), mix(list(THREE.values())), atol=1e-6)


def test_a_film_of_opposing_volumes_crosses_in_the_middle() -> None:
    sweep = opposing_sweep(PAIR, [0.0, -6.0])
    assert sweep.caption(0.5) == "rain -3 dB  +  bell -9 dB"
    heard = sweep.heard(4 * RATE_HZ)
    start, middle, end = heard[:RATE_HZ], heard[30_400:33_600], heard[-RATE_HZ // 4 :]
    assert (loudness_of(200, start), loudness_of(1_000, end)) == pytest.approx((1.0, 0.5), abs=0.1)
    assert (loudness_of(1_000, start), loudness_of(200, end)) == pytest.approx((0.0, 0.0), abs=0.1)
    assert (loudness_of(200, middle), loudness_of(1_000, middle)) == pytest.approx((0.707, 0.354), abs=0.02)


def test_a_film_does_not_click() -> None:
    heard = opposing_sweep(PAIR).heard(2 * RATE_HZ)
    assert np.abs(np.diff(heard)).max() < 0.13  # two tones of 0.2, the faster at 1000 Hz, move 0.094 a sample


def test_gains_are_said_in_whole_decibels() -> None:
    assert [decibels(gain) for gain in (-math.inf, -29.6, -0.4, 0.4, 11.5)] == [
        "off",
        "-30 dB",
        "0 dB",
        "0 dB",
        "+12 dB",
    ]
