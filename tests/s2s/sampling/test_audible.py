"""When there is anything to hear."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from s2s.sampling.audible import loudest_second_dbfs, silence_words

RATE_HZ = 16_000


def noise(seconds: float, level_db: float) -> NDArray[np.float32]:
    samples = np.random.default_rng(0).standard_normal(round(seconds * RATE_HZ))
    return np.asarray(samples / np.sqrt(np.mean(samples**2)) * 10 ** (level_db / 20), np.float32)


@pytest.mark.parametrize("before_s", [0.0, 3.1, 9.0])
def test_a_bark_in_ten_seconds_is_as_loud_as_the_bark(before_s: float) -> None:
    sound = np.zeros(10 * RATE_HZ, np.float32)
    start = round(before_s * RATE_HZ)
    sound[start : start + RATE_HZ] = noise(1.0, -20.0)
    assert loudest_second_dbfs(sound, RATE_HZ) == pytest.approx(-20.0, abs=0.6)  # a second begins every quarter


@pytest.mark.parametrize("seconds", [0.001, 0.5, 1.0, 2.37])
def test_sound_of_any_length_has_its_level(seconds: float) -> None:
    assert loudest_second_dbfs(noise(seconds, -35.0), RATE_HZ) == pytest.approx(-35.0, abs=0.3)


def test_what_lies_below_the_gate_is_said_to_be_nothing() -> None:
    assert silence_words(noise(2.0, -59.0), RATE_HZ) == ""
    assert silence_words(noise(2.0, -70.0), RATE_HZ) == (
        "nothing is heard: its loudest second lies at -70 dB, below -60 dB"
    )


@pytest.mark.parametrize("num_samples", [0, 1, 40_000])
def test_digital_silence_has_no_level(num_samples: int) -> None:
    silence = np.zeros(num_samples, np.float32)
    assert loudest_second_dbfs(silence, RATE_HZ) == -math.inf
    assert silence_words(silence, RATE_HZ) == "nothing is heard: it is silent"
