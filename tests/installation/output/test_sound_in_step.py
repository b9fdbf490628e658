"""The sound of a film stays with its pictures, whatever its source does."""

import numpy as np
import pytest

from installation.output.sound_in_step import SoundInStep, in_step
from installation.ring import Position
from installation.values import SAMPLE_RATE_HZ, Samples

BLOCK_S = 0.02


def sounded(
    source_hz: float, duration_s: float, *, late_s: float = 0.0, pause: tuple[float, float] = (0.0, 0.0)
) -> tuple[Samples, int]:
    """Play a source of so many samples a second, its stamps up to `late_s` late; return what is in the file at the end
    and how many samples were heard.
    """
    rng = np.random.default_rng(4)
    step = SoundInStep(100.0, Position(0, 100.0))
    parts, count = [], 0
    for number in range(1, round(duration_s / BLOCK_S) + 1):
        now_s = number * BLOCK_S
        if pause[0] < now_s <= pause[1]:
            sound = np.zeros(0, np.float32)
        else:
            sound = np.full(round(source_hz * now_s) - round(source_hz * (now_s - BLOCK_S)), 0.5, np.float32)
        count += len(sound)
        stamp = 100.0 + now_s + late_s * rng.random()
        parts.append(step.fitted(sound, stamp, stamp))
    return np.concatenate(parts), count


def test_a_source_of_the_films_own_rate_is_left_as_it_is_however_late_its_stamps_are() -> None:
    sound, count = sounded(SAMPLE_RATE_HZ, 30.0, late_s=0.05)
    assert len(sound) == count == 30 * SAMPLE_RATE_HZ


@pytest.mark.parametrize("source_hz", [15_970.0, 16_030.0])
def test_a_source_that_counts_by_another_clock_is_bent_and_neither_cut_nor_filled(source_hz: float) -> None:
    sound, count = sounded(source_hz, 120.0)
    assert abs(count / SAMPLE_RATE_HZ - 120.0) > 0.2
    assert len(sound) / SAMPLE_RATE_HZ == pytest.approx(120.0, abs=0.025)  # less than a picture
    assert (sound == 0.5).all()


def test_a_pause_is_silence_of_its_length() -> None:
    sound, _ = sounded(SAMPLE_RATE_HZ, 6.0, pause=(2.0, 4.0))
    assert len(sound) / SAMPLE_RATE_HZ == pytest.approx(6.0, abs=0.2)
    silent = np.flatnonzero(sound == 0.0) / SAMPLE_RATE_HZ
    assert silent.min() == pytest.approx(2.0, abs=0.01) and silent.max() == pytest.approx(4.0, abs=0.2)


def test_what_was_heard_before_the_first_picture_and_arrives_after_it_is_left_out() -> None:
    step = SoundInStep(10.0, Position(5_000, 9.97))
    block = np.arange(1, 1_601, dtype=np.float32)
    assert len(step.fitted(block, 10.07, 10.08)) == 1_600 - 480


def test_the_stamp_of_a_source_that_is_long_silent_leaves_nothing_out() -> None:
    step = SoundInStep(10.0, Position(5_000, 2.0))
    assert len(step.fitted(np.ones(320, np.float32), 10.02, 10.02)) == 320


@pytest.mark.parametrize(
    ("new", "sounded", "expected", "length"),
    [
        (1_600, 16_000, 17_600, 1_600),
        (1_600, 16_000, 18_000, 1_600),
        (0, 0, 32_000, 32_000),
        (9_600, 16_000, 17_600, 1_600),
    ],
)
def test_a_gap_is_filled_and_a_jump_cut_and_jitter_left_alone(
    new: int, sounded: int, expected: int, length: int
) -> None:
    sound = np.arange(1, new + 1, dtype=np.float32)
    kept = in_step(sound, sounded, expected)
    assert len(kept) == length
    assert new == 0 or kept[-1] == sound[-1]
