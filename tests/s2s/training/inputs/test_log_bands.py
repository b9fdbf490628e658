"""What the localizer hears is in step with the frames."""

import numpy as np
import pytest
import torch

from s2s.training.inputs.log_bands import FLOOR, log_bands

RATE_HZ = 16_000


def tone(frequency_hz: float, seconds: float) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


def test_a_frame_has_ten_columns_whatever_the_length_of_the_sound() -> None:
    for seconds in (0.0, 0.01, 0.95, 1.0, 3.0):
        bands = log_bands(tone(440.0, seconds), 10)
        assert bands.shape == (48, 100)
        assert bands.dtype == torch.float32
        assert torch.isfinite(bands).all()


def test_a_sound_is_heard_under_its_own_frame_and_not_repeated() -> None:
    sound = np.zeros(RATE_HZ, np.float32)
    sound[4800:6400] = tone(1000.0, 0.1)  # the fourth tenth of a second
    level = log_bands(sound, 20).amax(dim=0).reshape(20, 10).mean(dim=1)
    assert int(level.argmax()) == 3
    assert bool((level[10:] <= np.log(FLOOR) + 1e-3).all())


def test_a_higher_tone_is_a_higher_band() -> None:
    places = [int(log_bands(tone(hz, 1.0), 10).mean(dim=1).argmax()) for hz in (150.0, 600.0, 2000.0, 6000.0)]
    assert places == sorted(set(places))


def test_twice_the_amplitude_is_six_decibels_in_every_loud_band() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(0.0, 0.1, RATE_HZ).astype(np.float32)
    more = log_bands(2 * noise, 10) - log_bands(noise, 10)
    assert float(more.mean()) == pytest.approx(np.log(4.0), abs=0.01)


def test_what_is_no_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="mono"):
        log_bands(np.zeros((2, 100), np.float32), 10)
    with pytest.raises(ValueError, match="finite"):
        log_bands(np.full(100, np.nan, np.float32), 10)
