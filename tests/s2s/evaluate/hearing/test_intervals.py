"""Shares with intervals: what many sounds of few recordings are worth."""

import numpy as np
import pytest

from s2s.evaluate.hearing.intervals import recording_weights, share_by_recording, wilson


def test_wilsons_interval_is_the_published_one() -> None:
    # Newcombe 1998, table I: 81 of 263, and 0 of 20
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0.0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_sounds_that_are_each_a_recording_are_worth_nearly_their_number() -> None:
    right = np.arange(200) % 4 > 0
    share = share_by_recording(right, [str(number) for number in range(200)])
    assert (share.right, share.of, share.recordings, share.value) == (150, 200, 200, 0.75)
    assert (share.low, share.high) == pytest.approx(wilson(0.75, 200), abs=2e-3)


def test_sounds_that_agree_within_their_recordings_are_worth_the_recordings() -> None:
    recordings = [str(number // 10) for number in range(200)]
    right = np.array([int(name) % 2 == 0 for name in recordings])
    share = share_by_recording(right, recordings)
    low, high = wilson(0.5, 20)
    assert share.low < low and share.high > high  # Student's t widens it further
    assert share.high - share.low < 1.2 * (high - low)


def test_where_all_are_right_the_recordings_bound_the_share() -> None:
    share = share_by_recording(np.ones(80, dtype=bool), [str(number // 10) for number in range(80)])
    assert share.high == 1.0
    assert 0.4 < share.low < wilson(1.0, 8)[0]


def test_one_recording_bounds_nothing() -> None:
    share = share_by_recording(np.array([True, True, False]), ["a", "a", "a"])
    assert (share.low, share.high) == (0.0, 1.0)


def test_mixes_that_share_either_recording_are_worth_less_than_their_number() -> None:
    first = [str(number % 10) for number in range(100)]
    second = [f"b{number // 10}" for number in range(100)]
    by_first = np.array([int(name) < 5 for name in first])
    both, alone = share_by_recording(by_first, first, second), share_by_recording(by_first, first)
    assert (both.low, both.high) == pytest.approx((alone.low, alone.high), abs=0.02)
    assert both.recordings == 20


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one sound"):
        share_by_recording(np.array([], dtype=bool), [])


def test_recordings_are_drawn_with_all_of_their_sounds() -> None:
    weights = recording_weights(["a", "a", "b", "c"], 500, np.random.default_rng(0))
    assert weights.shape == (500, 4)
    assert np.array_equal(weights[:, 0], weights[:, 1])
    assert np.array_equal(weights[:, 1:].sum(axis=1), np.full(500, 3.0))
