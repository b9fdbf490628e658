"""Times as people write them: hours, durations, weekdays, zones."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from installation.cues.times_of_day import (
    Duration,
    TimeError,
    clock_s,
    duration_of,
    moment,
    seconds_of,
    weekdays_of,
    zone_of,
)
from s2s.files.document import parse_yaml

VIENNA = ZoneInfo("Europe/Vienna")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("19:30", 70_200), ("09:05", 32_700), ("'9:05'", 32_700), ("19:30:15", 70_215), ("0:00", 0), ("24:00", 86_400)],
)
def test_a_time_of_day_is_what_was_meant_quoted_or_not(written: str, seconds: int) -> None:
    document = parse_yaml(f"at: {written}".encode())
    assert isinstance(document, dict)
    assert clock_s(document["at"]) == seconds


@pytest.mark.parametrize("said", ["25:00", "12:60", "noon", "", None, True, 1e9, -5, 7, [], "24:01", "12:00:61"])
def test_what_is_no_time_of_day_is_refused_with_an_example(said: object) -> None:
    with pytest.raises(TimeError, match="expected a time of day "):
        clock_s(said)


def test_a_duration_is_of_seconds_minutes_hours_beats_or_bars() -> None:
    assert [duration_of(said).seconds for said in (90, 1.5, "90 s", "5 min", "1.5h")] == [90, 1.5, 90, 300, 5_400]
    assert [duration_of(said) for said in ("16 beats", "1 bar", "8 bars")] == [
        *(Duration(beats=16), Duration(beats=4), Duration(beats=32))
    ]
    assert seconds_of(0) == 0


@pytest.mark.parametrize("said", [0, -1, "", "soon", "5 parsecs", "nan", True, None, [], "8 days", 1e300, "9" * 50, {}])
def test_what_is_no_duration_is_refused_with_examples(said: object) -> None:
    with pytest.raises(TimeError, match="expected a duration such as 90, 5 min, 16 beats or 8 bars"):
        duration_of(said)


def test_seconds_are_none_of_beats() -> None:
    with pytest.raises(TimeError, match="expected seconds"):
        seconds_of("8 bars")


def test_weekdays_are_named_one_by_one_or_from_to() -> None:
    assert weekdays_of("mon") == (0,)
    assert weekdays_of("Tue-Fri") == (1, 2, 3, 4)
    assert weekdays_of("sat, sunday") == (5, 6)
    assert weekdays_of("fri-mon") == (4, 5, 6, 0)
    assert weekdays_of("daily") == tuple(range(7))
    with pytest.raises(TimeError, match="got 'tuo', did you mean 'tue'"):
        weekdays_of("tuo-fri")


def test_a_time_zone_is_one_that_there_is() -> None:
    assert zone_of("Europe/Vienna") == VIENNA
    with pytest.raises(TimeError, match="did you mean 'Europe/Vienna'"):
        zone_of("Europe/Viena")
    for said in ("../../etc/passwd", "/etc/localtime", "Europe", "", 7, None, "a\0b"):
        with pytest.raises(TimeError, match="expected a time zone"):
            zone_of(said)


def test_an_hour_that_is_left_out_is_the_one_after_and_one_that_comes_twice_the_first() -> None:
    assert moment(date(2026, 3, 29), 9_000, VIENNA) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 there
    assert moment(date(2026, 10, 25), 9_000, VIENNA) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert moment(date(2026, 12, 31), 86_400, VIENNA) == datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
