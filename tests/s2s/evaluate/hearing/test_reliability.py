"""Certainty against how often it was right, counted by hand."""

import numpy as np
import pytest

from s2s.evaluate.hearing.reliability import reliability


def test_bins_tell_mean_certainty_and_how_often_it_was_right() -> None:
    one = reliability(np.array([0.91, 0.93, 0.95, 0.97, 0.2, 0.25]), np.array([True, True, True, False, False, True]))
    assert one.counts.tolist() == [0, 0, 2, 0, 0, 0, 0, 0, 0, 4]
    assert (one.certainty[9], one.right[9]) == pytest.approx((0.94, 0.75))
    assert (one.certainty[2], one.right[2]) == pytest.approx((0.225, 0.5))
    assert np.isnan(one.right[0])
    assert one.expected_error == pytest.approx((4 * 0.19 + 2 * 0.275) / 6)


def test_the_surest_fall_into_the_last_bin_and_empty_ones_are_no_numbers() -> None:
    told = reliability(np.array([1.0]), np.array([True])).as_dict()
    assert told["sounds"] == [0] * 9 + [1]
    assert told["right"] == [None] * 9 + [1.0]
    assert told["expected calibration error"] == 0.0


def test_what_is_calibrated_is_hardly_off() -> None:
    rng = np.random.default_rng(0)
    certainty = rng.uniform(size=20_000)
    one = reliability(certainty, rng.uniform(size=20_000) < certainty)
    assert one.expected_error < 0.02


def test_no_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one sound"):
        reliability(np.array([]), np.array([], dtype=bool))
