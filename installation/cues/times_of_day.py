"""Times as people write them in a venue's files: hours of the day, weekdays, time zones, durations. Pure.

What YAML 1.1 makes of an unquoted `19:30`, a number to the base of sixty, is read as the time that was meant.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from installation.parameters import nearest
from s2s.files.quote import quoted

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BEATS_A_BAR: Final = 4
DAY_S: Final = 86_400
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DURATION: Final = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([a-z]*)")
_UNITS_S: Final = {"": 1, "s": 1, "min": 60, "h": 3_600}
_BEATS: Final = {"beat": 1, "beats": 1, "bar": BEATS_A_BAR, "bars": BEATS_A_BAR}
_LONGEST_S: Final = 7 * DAY_S
_MOST_BEATS: Final = 100_000


class TimeError(ValueError):
    """A time that cannot be read; one line of what was expected and what came, without where."""


@dataclass(frozen=True, slots=True)
class Duration:
    """So many seconds, or so many beats; the other is 0."""

    seconds: float = 0.0
    beats: float = 0.0


def clock_s(said: object) -> int:
    """Return the seconds since midnight of "19:30" or "19:30:15", up to 24:00. Raises TimeError."""
    if isinstance(said, int) and not isinstance(said, bool) and 60 <= said <= DAY_S:
        return said * 60 if said <= 24 * 60 else said
    found = _CLOCK.fullmatch(said.strip()) if isinstance(said, str) else None
    if found is None:
        raise TimeError(f"expected a time of day such as 19:30, got {quoted(said)}")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    total = hours * 3_600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > DAY_S:
        raise TimeError(f"expected a time of day up to 24:00, got {quoted(said)}")
    return total


def duration_of(said: object) -> Duration:
    """Return how long "90", "90 s", "5 min", "1 h", "16 beats" or "8 bars" are. Raises TimeError."""
    text = "" if isinstance(said, bool) or not isinstance(said, int | float | str) else str(said).strip().lower()
    found = _DURATION.fullmatch(text)
    if found is not None:
        number, unit = float(found[1]), found[2]
        if unit in _BEATS and 0 < number * _BEATS[unit] <= _MOST_BEATS:
            return Duration(beats=number * _BEATS[unit])
        if unit in _UNITS_S and 0 < number * _UNITS_S[unit] <= _LONGEST_S:
            return Duration(seconds=number * _UNITS_S[unit])
    raise TimeError(f"expected a duration such as 90, 5 min, 16 beats or 8 bars, up to a week, got {quoted(said)}")


def seconds_of(said: object) -> float:
    """Return the seconds of a duration that is none of beats, 0 included. Raises TimeError."""
    if said in (0, "0"):
        return 0.0
    duration = duration_of(said)
    if duration.beats:
        raise TimeError(f"expected seconds, such as 90 or 5 min, got {quoted(said)}")
    return duration.seconds


def weekdays_of(said: str) -> tuple[int, ...]:
    """Return the days, Monday 0, of "mon", "tue-fri", "sat, sun" or "daily". Raises TimeError."""
    days: list[int] = []
    for part in said.lower().split(","):
        first, dash, last = (word.strip() for word in part.replace("–", "-").partition("-"))
        if first == "daily" and not dash:
            days += range(7)
            continue
        begin = _weekday(first)
        end = _weekday(last) if dash else begin
        days += [(begin + step) % 7 for step in range((end - begin) % 7 + 1)]
    return tuple(days)


def _weekday(word: str) -> int:
    for number, name in enumerate(WEEKDAYS):
        if len(word) >= len(name) and _LONG_NAMES[number].startswith(word):
            return number
    near = nearest(word, (*WEEKDAYS, "daily"))
    raise TimeError(f"days are {' '.join(WEEKDAYS)} or daily, such as tue-fri, got {quoted(word)}{near}")


_LONG_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def zone_of(said: object) -> ZoneInfo:
    """Return the time zone of a name such as Europe/Vienna. Raises TimeError."""
    try:
        return ZoneInfo(str(said))
    except (KeyError, ValueError, OSError):  # unknown; a path; a folder of zones
        near = nearest(str(said), available_timezones())
        raise TimeError(f"expected a time zone such as Europe/Vienna, got {quoted(said)}{near}") from None


def moment(day: date, since_midnight_s: int, zone: ZoneInfo) -> datetime:
    """Return when, in UTC, the clocks of `zone` show that time on that day; 24:00 is the next day's midnight.

    An hour that is left out in spring is the same hour after the change, of one that comes twice it is the first.
    """
    day, since_midnight_s = (
        (day + timedelta(days=1), since_midnight_s - DAY_S) if since_midnight_s >= DAY_S else (day, since_midnight_s)
    )
    clock = time(since_midnight_s // 3_600, since_midnight_s // 60 % 60, since_midnight_s % 60)
    return datetime.combine(day, clock, zone).astimezone(UTC)
