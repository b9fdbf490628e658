"""How much of an evening that is too long is read."""

import pytest

from s2s.retrain.amount import longest_within


def test_an_evening_that_fits_is_read_whole() -> None:
    assert longest_within([60.0, 120.0, 30.0], affordable_s=210.0) is None


def test_of_each_long_recording_the_same_beginning_is_read_and_short_ones_whole() -> None:
    assert longest_within([3600.0, 3600.0, 100.0], affordable_s=1100.0) == 500.0


def test_forty_hours_in_twelve_minutes() -> None:
    of_each_s = longest_within([3600.0] * 40, affordable_s=4000.0)
    assert of_each_s == 100.0


@pytest.mark.parametrize("affordable_s", [0.0, 1.0, 200.0])
def test_half_a_minute_of_each_is_read_in_any_case(affordable_s: float) -> None:
    assert longest_within([3600.0] * 40, affordable_s) == 30.0


def test_no_recordings_need_no_time() -> None:
    assert longest_within([], 0.0) is None
