import numpy as np
import pytest

from installation.audio.delay_line import DelayLine
from installation.values import SAMPLE_RATE_HZ, Samples

BLOCK = 160


def noise(count: int) -> Samples:
    return np.random.default_rng(5).standard_normal(count).astype(np.float32)


def through(line: DelayLine, sound: Samples, delay_s: float) -> Samples:
    return np.concatenate([line.delay(sound[at : at + BLOCK], delay_s) for at in range(0, len(sound), BLOCK)])


@pytest.mark.parametrize("delay_s", [0.02, 0.3, 2.0])
def test_sound_comes_out_as_it_went_in_after_the_delay_and_silence_before(delay_s: float) -> None:
    sound, late, line = noise(3 * SAMPLE_RATE_HZ), round(delay_s * SAMPLE_RATE_HZ), DelayLine()
    heard = np.concatenate([line.delay(np.zeros(1, np.float32), delay_s), through(line, sound, delay_s)])
    assert not heard[: late + 1].any()
    np.testing.assert_array_equal(heard[late + 1 :], sound[:-late])


def test_without_a_delay_sound_passes_untouched() -> None:
    sound = noise(4 * BLOCK)
    np.testing.assert_array_equal(through(DelayLine(), sound, 0.0), sound)


def test_another_delay_is_reached_without_a_jump() -> None:
    tone = np.sin(2 * np.pi * 100 * np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ).astype(np.float32)
    line = DelayLine()
    before = through(line, tone[:8_000], 0.0)
    after = through(line, tone[8_000:], 0.005)  # half a period: the other side of the wave
    assert np.abs(np.diff(np.concatenate([before, after]))).max() < 0.06  # a jump would be 2


def test_a_block_longer_than_the_longest_delay_loses_nothing() -> None:
    sound, line = noise(5 * SAMPLE_RATE_HZ), DelayLine()
    line.delay(sound[:1], 1.0)
    np.testing.assert_array_equal(line.delay(sound[1:], 1.0)[SAMPLE_RATE_HZ - 1 :], sound[:-SAMPLE_RATE_HZ])
