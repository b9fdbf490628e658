"""Channels and their mean: when they cancel each other, and when a sound is merely wide."""

import numpy as np
import pytest

from s2s.media.mono import ChannelPower

RATE_HZ = 16_000
RNG = np.random.default_rng(0)
NOISE = (0.1 * RNG.standard_normal(RATE_HZ)).astype(np.float32)
OTHER = (0.1 * RNG.standard_normal(RATE_HZ)).astype(np.float32)


def cancels(*channels: np.ndarray[tuple[int], np.dtype[np.float32]]) -> bool:
    power, sound = ChannelPower(), np.stack(channels)
    power.add(sound, sound.mean(axis=0), RATE_HZ)
    return power.cancels


def test_opposite_polarity_cancels() -> None:
    assert cancels(NOISE, -NOISE)
    assert cancels(NOISE, np.float32(-0.9) * NOISE)


@pytest.mark.parametrize("second", [NOISE, OTHER, 0 * NOISE], ids=["the same", "another", "silence"])
def test_any_other_stereo_does_not(second: np.ndarray[tuple[int], np.dtype[np.float32]]) -> None:
    assert not cancels(NOISE, second)


def test_silence_mono_and_a_moment_say_nothing() -> None:
    assert not cancels(1e-4 * NOISE, -1e-4 * NOISE)
    assert not cancels(NOISE)
    assert not cancels(NOISE[:4_000], -NOISE[:4_000])


def test_what_is_no_number_counts_as_nothing() -> None:
    power = ChannelPower()
    power.add(np.full((2, 8_000), np.nan, np.float32), np.full(8_000, np.nan, np.float32), RATE_HZ)
    power.add(np.stack([NOISE, -NOISE]), np.zeros(RATE_HZ, np.float32), RATE_HZ)
    assert power.cancels
