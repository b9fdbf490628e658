"""Halls: what was asked of an impulse response is measured from it."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from s2s.evaluate.hearing.halls import BANDS_HZ, CATHEDRAL, HALLS, ROOM, Hall, impulse_response, in_hall
from s2s.rates import SAMPLE_RATE_HZ


def decay_s(response: NDArray[np.float64], middle_hz: float) -> float:
    """Return the time to fall by 60 dB, from -5 to -35 dB of Schroeder's backward integral (ISO 3382)."""
    low, high = middle_hz / np.sqrt(2), min(middle_hz * np.sqrt(2), 0.49 * SAMPLE_RATE_HZ)
    tail = response[int(0.05 * SAMPLE_RATE_HZ) :]
    banded = sosfiltfilt(butter(4, (low, high), "bandpass", fs=SAMPLE_RATE_HZ, output="sos"), tail)
    left_db = 10 * np.log10(np.cumsum(banded[::-1] ** 2)[::-1] / (banded**2).sum())
    part = np.flatnonzero((left_db < -5) & (left_db > -35))
    slope_db = np.polyfit(part / SAMPLE_RATE_HZ, left_db[part], 1)[0]
    return float(-60 / slope_db)


@pytest.mark.parametrize("hall", HALLS, ids=lambda hall: hall.name)
def test_every_octave_decays_as_long_as_was_asked(hall: Hall) -> None:
    response = impulse_response(hall)
    for band in range(1, 6):  # neighbours last differently, and each fades into the next
        measured = decay_s(response, BANDS_HZ[band])
        around = hall.decay_s[band - 1 : band + 2]
        assert 0.9 * min(around) < measured < 1.1 * max(around)


def test_a_hall_of_one_decay_has_it_in_every_band() -> None:
    response = impulse_response(Hall("plain", (1.2,) * len(BANDS_HZ), 0.01, -3.0))
    assert [decay_s(response, hz) for hz in BANDS_HZ[1:6]] == pytest.approx([1.2] * 5, rel=0.1)


@pytest.mark.parametrize("hall", HALLS, ids=lambda hall: hall.name)
def test_the_direct_sound_stands_against_the_tail_as_asked(hall: Hall) -> None:
    response = impulse_response(hall)
    assert response[0] == 1.0
    assert not response[1 : round(hall.pause_s * SAMPLE_RATE_HZ)].any()
    assert -10 * np.log10((response[1:] ** 2).sum()) == pytest.approx(hall.direct_db)


def test_one_seed_gives_one_hall_and_another_another() -> None:
    assert np.array_equal(impulse_response(ROOM, 3), impulse_response(ROOM, 3))
    assert not np.array_equal(impulse_response(ROOM, 3), impulse_response(ROOM, 4))


def test_a_hall_makes_no_sound_louder_and_leaves_silence_silent() -> None:
    rng = np.random.default_rng(0)
    sounds = np.stack([0.1 * rng.standard_normal(160_000), np.zeros(160_000)]).astype(np.float32)
    heard = in_hall(sounds, impulse_response(CATHEDRAL))
    assert heard.dtype == np.float32 and heard.shape == sounds.shape
    assert np.sqrt((heard[0] ** 2).mean()) == pytest.approx(np.sqrt((sounds[0] ** 2).mean()), rel=1e-3)
    assert not heard[1].any()


def test_a_click_is_heard_as_the_hall_itself() -> None:
    click = np.zeros(160_000, dtype=np.float32)
    click[0] = 1.0
    response = impulse_response(ROOM)
    heard = in_hall(click, response)[: len(response)]
    assert heard / heard[0] == pytest.approx(response, abs=1e-5)
