"""A run is told minute by minute, in constant memory."""

import pytest

from installation.minutes import Minutes

MEMORY_MIB = {"show": 200.04, "inference": 800.0}


def play(minutes: Minutes, began_at: float, lasts_s: float, *, interval_s: float = 1 / 30, painted: int = 0) -> float:
    """Show pictures `interval_s` apart and end each minute that is over; return when the last was shown."""
    count = round(lasts_s / interval_s)
    for number in range(count + 1):
        now = began_at + number * interval_s
        minutes.presented(now, interval_s * 1e3, None)
        if minutes.is_over(now):
            minutes.end_minute(now, painted, MEMORY_MIB)
    return began_at + count * interval_s


def test_each_minute_has_its_own_cadence_and_not_that_of_the_run() -> None:
    minutes = Minutes()
    middle = play(minutes, 0.0, 60.1)
    minutes.end_minute(play(minutes, middle, 59.0, interval_s=0.1), 0, MEMORY_MIB)
    first, second = minutes.summary()
    assert (first["minute"], second["minute"]) == (0, 1)
    assert first["fps"] == pytest.approx(30, abs=0.1)
    assert second["fps"] == pytest.approx(10, abs=0.1)
    assert first["interval_ms"]["p50"] == pytest.approx(33.3, rel=0.02)
    assert second["interval_ms"]["p95"] == pytest.approx(100, rel=0.02)


def test_late_pictures_are_counted_by_cause_in_the_minute_in_which_they_were_late() -> None:
    minutes = Minutes()
    for cause in ("draw", "draw", "late"):
        minutes.presented(1.0, 80.0, cause)
    minutes.end_minute(60.0, 0, MEMORY_MIB)
    minutes.presented(61.0, 33.0, None)
    minutes.end_minute(120.0, 0, MEMORY_MIB)
    assert [minute["missed"] for minute in minutes.summary()] == [{"draw": 2, "late": 1}, {}]


def test_generated_pictures_and_memory_are_those_of_the_minute() -> None:
    minutes = Minutes()
    minutes.presented(0.0, 33.0, None)
    minutes.end_minute(60.0, 720, MEMORY_MIB)
    minutes.presented(61.0, 33.0, None)
    minutes.end_minute(120.0, 1080, {"show": 201.0})
    first, second = minutes.summary()
    assert (first["generated_fps"], second["generated_fps"]) == (12.0, 6.0)
    assert (first["rss_mib"], second["rss_mib"]) == ({"show": 200.0, "inference": 800.0}, {"show": 201.0})


def test_a_minute_without_a_picture_is_none() -> None:
    minutes = Minutes()
    assert not minutes.is_over(1e6)
    minutes.end_minute(60.0, 0, MEMORY_MIB)
    assert minutes.summary() == []


def test_only_the_last_minutes_are_kept() -> None:
    minutes = Minutes(kept=3)
    for number in range(10):
        minutes.presented(60.0 * number, 33.0, None)
        minutes.end_minute(60.0 * (number + 1), 0, MEMORY_MIB)
    assert [minute["minute"] for minute in minutes.summary()] == [7, 8, 9]


def test_a_minute_tells_how_high_its_passes_were_on_average() -> None:
    minutes = Minutes()
    for number in range(4):
        minutes.presented(number / 30, 33.0, None, 0.5 if number else 0.25)
    minutes.end_minute(1.0, 0, {})
    assert minutes.summary()[0]["scale"] == pytest.approx((0.25 + 3 * 0.5) / 4, abs=1e-3)
