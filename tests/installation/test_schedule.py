"""Opening hours: what a file says, and a whole year of it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from installation.cues.schedule import Schedule, ScheduleError, Turn, read_schedule

VIENNA = ZoneInfo("Europe/Vienna")
GALLERY = """\
timezone: Europe/Vienna
fade: 20
hours:
  mon: closed
  tue-fri: 10:00-18:00
  sat, sun: [10:00-13:00, 14:00-20:00]
exceptions:
  2028-02-29: all day
  2028-12-24: 10:00-14:00
  2028-12-25: closed
  2028-12-31: 18:00-02:00
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def schedule_of(folder: Path, text: str) -> Schedule:
    file = folder / "schedule.yaml"
    file.write_text(text, encoding="utf-8")
    return read_schedule(file)


def vienna(*when: int, fold: int = 0) -> datetime:
    return datetime(*when, tzinfo=VIENNA, fold=fold)  # type: ignore[misc,arg-type]


def hours_open(schedule: Schedule, day: datetime) -> float:
    """Return how long it is open on the day that begins at `day`, in hours of the sun, looked at every five minutes."""
    end = (day + timedelta(days=1)).astimezone(UTC)
    now, minutes = day.astimezone(UTC), 0
    while now < end:
        minutes += 5 * schedule.is_open(now)
        now += timedelta(minutes=5)
    return minutes / 60


def test_it_is_open_when_the_file_says_so(folder: Path) -> None:
    schedule = schedule_of(folder, GALLERY)
    assert schedule.fade_s == 20
    assert not schedule.is_open(vienna(2028, 5, 1, 12))  # a Monday
    assert not schedule.is_open(vienna(2028, 5, 2, 9, 59))
    assert schedule.is_open(vienna(2028, 5, 2, 10))
    assert schedule.is_open(vienna(2028, 5, 2, 17, 59))
    assert not schedule.is_open(vienna(2028, 5, 2, 18))
    assert [schedule.is_open(vienna(2028, 5, 6, hour)) for hour in (12, 13, 14)] == [True, False, True]
    assert not schedule.is_open(vienna(2028, 12, 24, 15))
    assert not schedule.is_open(vienna(2028, 12, 26, 9))


def test_a_night_goes_on_beyond_midnight(folder: Path) -> None:
    schedule = schedule_of(folder, GALLERY)
    assert schedule.is_open(vienna(2029, 1, 1, 1, 59))
    assert not schedule.is_open(vienna(2029, 1, 1, 2))
    assert schedule.next_turn(vienna(2028, 12, 31, 20)) == Turn(vienna(2029, 1, 1, 2).astimezone(UTC), opens=False)


def test_a_whole_leap_year_turns_as_it_is_open(folder: Path) -> None:
    schedule = schedule_of(folder, GALLERY)
    now, end = vienna(2028, 1, 1).astimezone(UTC), vienna(2029, 1, 1).astimezone(UTC)
    turns: list[Turn] = []
    while (turn := schedule.next_turn(now)) is not None and turn.at < end:
        assert turn.at > now
        assert schedule.is_open(turn.at) is turn.opens
        assert schedule.is_open(turn.at - timedelta(seconds=1)) is not turn.opens
        turns.append(turn)
        now = turn.at
    assert [turn.opens for turn in turns[:4]] == [True, False, True, False]
    assert all(one.opens is not other.opens for one, other in pairwise(turns))
    local = [turn.at.astimezone(VIENNA) for turn in turns]
    assert {when.utcoffset() for when in local} == {timedelta(hours=1), timedelta(hours=2)}
    # Through both changes of the clock a day opens at ten on the wall.
    plain = [when for when in local if (when.month, when.day) not in ((2, 29), (3, 1), (12, 24), (12, 31))]
    assert {when.hour for when in plain} == {10, 13, 14, 18, 20}
    opened = [when for turn, when in zip(turns, local, strict=True) if turn.opens]
    assert vienna(2028, 2, 29) in opened
    assert vienna(2028, 12, 25).date() not in {when.date() for when in local}
    days = {when.date() for when in opened}
    assert len([day for day in days if day.weekday() == 0]) == 0
    assert len(days) == 366 - 52  # Mondays, one of them the 25th of December


def test_in_a_whole_leap_year_it_starts_again_once_a_day_through_both_changes_of_the_clock(folder: Path) -> None:
    schedule = schedule_of(folder, GALLERY + 'restart: "02:30"\n')
    now, end, step = vienna(2028, 1, 1).astimezone(UTC), vienna(2029, 1, 1).astimezone(UTC), timedelta(minutes=5)
    times: list[datetime] = []
    while now < end:
        if schedule.restarts_between(now, now + step):
            times.append((now + step).astimezone(VIENNA))
        now += step
    assert len(times) == 366 and len({when.date() for when in times}) == 366
    odd = [when for when in times if (when.hour, when.minute) != (2, 30)]
    assert odd == [vienna(2028, 3, 26, 3, 30)]  # the night without a half past two


def test_a_clock_that_is_set_has_passed_no_time_to_start_again(folder: Path) -> None:
    schedule = schedule_of(folder, GALLERY + "restart: 04:30\n")
    night = vienna(2028, 5, 2, 4, 30)
    assert schedule.restarts_between(night - timedelta(seconds=1), night)
    assert not schedule.restarts_between(night, night + timedelta(seconds=1))
    assert not schedule.restarts_between(night - timedelta(hours=1), night + timedelta(hours=1))
    assert not schedule.restarts_between(night + timedelta(seconds=1), night - timedelta(seconds=1))
    assert not schedule_of(folder, GALLERY).restarts_between(night - timedelta(seconds=1), night)


@pytest.mark.parametrize(("day", "hours"), [((2028, 3, 26), 23.0), ((2028, 10, 29), 25.0), ((2028, 2, 29), 24.0)])
def test_a_day_of_the_change_of_clocks_is_as_long_as_it_is(folder: Path, day: tuple[int, ...], hours: float) -> None:
    always = schedule_of(folder, "timezone: Europe/Vienna\nhours: {daily: all day}\n")
    assert always.next_turn(vienna(*day)) is None
    assert hours_open(always, vienna(*day)) == hours
    nights = schedule_of(folder, "timezone: Europe/Vienna\nhours: {daily: '22:00-05:00'}\n")
    assert hours_open(nights, vienna(*day)) == 7.0 + hours - 24.0


def test_hours_that_the_change_of_clocks_leaves_out_are_none(folder: Path) -> None:
    schedule = schedule_of(folder, "timezone: Europe/Vienna\nhours: {sun: 02:00-03:00}\n")
    assert hours_open(schedule, vienna(2028, 3, 26)) == 0.0
    assert hours_open(schedule, vienna(2028, 10, 22)) == 1.0


def test_a_venue_that_never_opens_has_nothing_to_come(folder: Path) -> None:
    schedule = schedule_of(folder, "timezone: UTC\nhours: {}\nexceptions: {2030-06-01: 10:00-12:00}\n")
    assert schedule.next_turn(vienna(2027, 1, 1)) is None
    assert schedule.next_turn(vienna(2030, 1, 1)) == Turn(datetime(2030, 6, 1, 10, tzinfo=UTC), opens=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "expected a YAML mapping with timezone and hours"),
        ("hours: {}", "timezone is required"),
        ("timezone: UTC", "hours is required"),
        ("timezone: UTC\nhours: {}\nfaed: 3", "unknown key 'faed', did you mean 'fade'?"),
        ("timezone: Mars/Base\nhours: {}", "timezone: expected a time zone such as Europe/Vienna, got 'Mars/Base'"),
        ("timezone: UTC\nhours: 7", "hours: expected days and their hours"),
        ("timezone: UTC\nhours: {tues-fry: closed}", "hours: days are mon .* got 'fry', did you mean 'fri'"),
        ("timezone: UTC\nhours: {mon: 10-18}", "hours: mon: expected a time of day such as 19:30, got '10'"),
        ("timezone: UTC\nhours: {mon: open}", "hours: mon: expected hours such as 10:00-18:00, all day or closed"),
        ("timezone: UTC\nhours: {mon: 10:00-10:00}", "hours: mon: expected an opening before its closing"),
        ("timezone: UTC\nhours: {mon: closed, daily: closed}", "hours: daily: mon has its hours already"),
        ("timezone: UTC\nhours: {}\nexceptions: {christmas: closed}", "exceptions: expected a date such as"),
        ("timezone: UTC\nhours: {}\nexceptions: {2026-02-29: closed}", "exceptions: expected a date such as"),
        ("timezone: UTC\nhours: {}\nfade: 2 h", "fade: expected at most an hour, got '2 h'"),
        ("timezone: UTC\nhours: {}\nfade: 8 bars", "fade: expected seconds"),
        (
            "timezone: UTC\nhours: {}\nrestart: at night",
            "restart: expected a time of day such as 19:30, got 'at night'",
        ),
        ("timezone: [", "cannot be read as YAML"),
        ("x: &a [1]\n" + "".join(f"y{n}: *a\n" for n in range(3_000)), "holds more than"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(folder: Path, text: str, reason: str) -> None:
    with pytest.raises(ScheduleError, match=f"^schedule.yaml: .*{reason}") as told:
        schedule_of(folder, text)
    assert "\n" not in str(told.value)
