import numpy as np
import pytest

from installation.audio.mixing import Mixer
from installation.values import Samples


def ones(count: int) -> Samples:
    return np.ones(count, np.float32)


class Second:
    """A second sound of a constant level, which counts what was asked of it."""

    def __init__(self, level: float) -> None:
        self.level, self.asked = level, 0

    def read(self, count: int) -> Samples:
        self.asked += count
        return np.full(count, self.level, np.float32)


@pytest.mark.parametrize(("gain_db", "factor"), [(0, 1), (20, 10), (-20, 0.1), (-60, 0.001)])
def test_gain_is_in_decibels_and_nothing_is_clipped(gain_db: float, factor: float) -> None:
    np.testing.assert_allclose(Mixer(ones).apply(ones(100), gain_db, 0.0), factor, rtol=1e-6)


@pytest.mark.parametrize("mix", [0.25, 0.5, 1.0])
def test_the_mix_is_the_papers_and_gain_trims_the_source_alone(mix: float) -> None:
    mixed = Mixer(Second(0.4).read).apply(ones(100), 20.0, mix)
    np.testing.assert_allclose(mixed, (1 - mix) * 10 + mix * 0.4, rtol=1e-6)


def test_changes_glide_over_the_block_and_join_the_last() -> None:
    mixer = Mixer(Second(0.0).read)
    before = mixer.apply(ones(50), 0.0, 0.0)
    gliding = mixer.apply(ones(160), -20.0, 0.5)
    after = mixer.apply(ones(50), -20.0, 0.5)
    everything = np.concatenate([before, gliding, after])
    assert np.max(np.abs(np.diff(everything))) < 0.015  # a step would be 0.95
    np.testing.assert_allclose(after, 0.05, rtol=1e-4)


def test_the_second_sound_is_made_only_while_it_is_heard() -> None:
    second = Second(1.0)
    mixer = Mixer(second.read)
    mixer.apply(ones(100), 0.0, 0.0)
    assert second.asked == 0
    mixer.apply(ones(100), 0.0, 0.5)
    mixer.apply(ones(100), 0.0, 0.0)  # still heard while it fades
    assert second.asked == 200
    mixer.apply(ones(100), 0.0, 0.0)
    assert second.asked == 200
