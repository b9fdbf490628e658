"""One source gives way to another without a click, a gap or a beginning that nobody played."""

import numpy as np

from installation.audio.seam import CROSSING_S, Seam
from installation.values import SAMPLE_RATE_HZ, Samples

BLOCK = 80


def tone(hz: float, seconds: float, level: float = 0.5) -> Samples:
    times = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (level * np.sin(2 * np.pi * hz * times)).astype(np.float32)


def joined(seam: Seam, sound: Samples, origin: object) -> Samples:
    blocks = [seam.join(sound[k : k + BLOCK], origin) for k in range(0, len(sound), BLOCK)]
    return np.concatenate(blocks)


def test_two_sources_cross_without_a_click_and_the_new_one_is_heard_as_it_is_from_then_on() -> None:
    seam, one, other = Seam(), tone(100.0, 0.5025), tone(130.0, 1.0)
    first, second = joined(seam, one, "one"), joined(seam, other, "other")
    assert np.array_equal(first, one)
    steps = np.abs(np.diff(np.concatenate([first[-10:], second])))
    assert steps.max() < 0.05  # as either tone's own; put together they would step by 0.5
    crossed = round(CROSSING_S * SAMPLE_RATE_HZ)
    assert np.array_equal(second[crossed:], other[crossed:])


def test_the_crossing_is_as_loud_as_the_two() -> None:
    seam, noise = Seam(), np.random.default_rng(3).normal(0.0, 0.1, 2 * SAMPLE_RATE_HZ).astype(np.float32)
    joined(seam, noise[:SAMPLE_RATE_HZ], "one")
    crossing = joined(seam, noise[SAMPLE_RATE_HZ:], "other")[: round(CROSSING_S * SAMPLE_RATE_HZ)]
    levels = [float(np.sqrt(np.mean(part**2))) for part in np.array_split(crossing, 6)]
    assert min(levels) > 0.08 and max(levels) < 0.12


def test_the_first_source_and_what_comes_out_of_silence_begin_as_they_are() -> None:
    seam, sound = Seam(), tone(100.0, 0.5)
    assert np.array_equal(joined(seam, sound, "one"), sound)
    assert not joined(seam, np.zeros(SAMPLE_RATE_HZ, np.float32), None).any()
    assert np.array_equal(joined(seam, sound, "one"), sound)


def test_a_block_longer_than_the_crossing_and_an_empty_one_are_joined_too() -> None:
    seam = Seam()
    seam.join(np.full(10, 0.5, np.float32), "one")
    assert len(seam.join(np.zeros(0, np.float32), "other")) == 0
    late = seam.join(np.full(SAMPLE_RATE_HZ, 0.25, np.float32), "other")
    assert late[0] == np.float32(0.5) and late[-1] == np.float32(0.25)
