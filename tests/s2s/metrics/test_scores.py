"""Scores whose answer is known."""

import numpy as np
import pytest

from s2s.metrics.scores import mean_rank_correlation


def test_the_mean_correlation_is_taken_class_by_class() -> None:
    classes = np.repeat([0, 1], 4)
    rising = np.tile([1.0, 2.0, 3.0, 4.0], 2)
    opposite = np.concatenate([rising[:4], -rising[4:]])
    assert mean_rank_correlation(rising, opposite, classes) == pytest.approx(0.0)
    assert mean_rank_correlation(rising + 100 * classes, rising, classes) == pytest.approx(1.0)
