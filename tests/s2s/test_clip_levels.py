"""How loud a clip is, of its spectrogram."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from s2s.clip_levels import clip_levels_db
from s2s.spectrogram import log_power
from s2s.spectrogram_spec import SpectrogramSpec

SPEC = SpectrogramSpec(floor=1e-12, normalisation="fixed", mean=0.0, deviation=1.0)
TIME_S = np.arange(160_000) / 16_000


def levels_db(*sounds: NDArray[np.float64], spec: SpectrogramSpec = SPEC) -> list[list[float]]:
    levels: list[list[float]] = clip_levels_db(log_power(torch.from_numpy(np.stack(sounds)), spec), spec).tolist()
    return levels


def test_a_full_scale_sine_is_at_minus_three_decibels_all_the_time() -> None:
    assert levels_db(np.sin(2 * np.pi * 1000.0 * TIME_S))[0] == pytest.approx([-3.0, -3.0], abs=0.05)


@pytest.mark.parametrize("gain_db", [-30.0, -6.0])
def test_a_gain_moves_both_levels_by_itself(gain_db: float) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(160_000)
    loud, soft = levels_db(noise, noise * 10.0 ** (gain_db / 20.0))
    assert loud == pytest.approx([-20.0, -19.5], abs=0.6)
    assert np.subtract(soft, loud) == pytest.approx([gain_db, gain_db], abs=0.01)


def test_what_sounds_a_third_of_the_time_is_as_loud_in_its_loudest_third_as_if_it_never_ended() -> None:
    struck = np.where(TIME_S < 10.0 / 3.0, np.sin(2 * np.pi * 440.0 * TIME_S), 0.0)
    whole, loudest = levels_db(struck)[0]
    assert loudest == pytest.approx(-3.0, abs=0.1)
    assert loudest - whole == pytest.approx(10.0 * np.log10(3.0), abs=0.1)


def test_the_floor_of_a_spectrogram_is_no_sound() -> None:
    high = SpectrogramSpec(floor=1e-7)
    soft = 1e-4 * np.random.default_rng(0).standard_normal(160_000)
    assert levels_db(soft, spec=high)[0] == pytest.approx(levels_db(soft)[0], abs=0.1)
    assert max(levels_db(np.zeros(160_000), spec=high)[0]) < -95.0  # as far as float32 goes
    assert levels_db(np.zeros(160_000))[0] == pytest.approx([-120.0, -120.0], abs=1.0)
