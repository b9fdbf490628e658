"""A venue's opening hours: weekdays, exceptions by date, a time zone; is it open, and what happens next. Pure.

Checked as presets are; `installation/manual/cues.md`, "Opening hours", explains the keys. All moments are UTC inside:
days are the zone's own, of 23, 24 or 25 hours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from installation.cues.times_of_day import DAY_S, WEEKDAYS, TimeError, clock_s, moment, seconds_of, weekdays_of, zone_of
from installation.exit_codes import ExitCode
from installation.parameters import nearest
from s2s.files.document import Bounds, DocumentError, read_yaml
from s2s.files.quote import quoted

BOUNDS: Final = Bounds(bytes=65_536, levels=6, values=4_000)
_KEYS: Final = ("timezone", "hours", "exceptions", "fade", "restart")
_USUAL_FADE_S: Final = 10.0
_LONGEST_FADE_S: Final = 3_600.0
_FURTHEST_DAYS: Final = 400
_MOST_SPANS: Final = 12
_LEAP: Final = timedelta(minutes=10)


class ScheduleError(ValueError):
    """Opening hours that cannot be read or used; the message is one line."""

    exit_code: Final = ExitCode.USAGE


Spans = tuple[tuple[int, int], ...]
"""From when to when, in seconds since midnight; an end past 24:00 lies on the next day."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The venue opens, or closes, at a moment."""

    at: datetime
    opens: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """`week` holds the hours of Monday to Sunday, `exceptions` those of dates, which count in their place. Opening and
    closing take `fade_s`. `restart_s` after midnight, by the clocks of the zone, the show starts itself again.
    """

    zone: ZoneInfo
    week: tuple[Spans, ...]
    exceptions: Mapping[date, Spans]
    fade_s: float = _USUAL_FADE_S
    restart_s: int | None = None

    def is_open(self, now: datetime) -> bool:
        """Return whether it is open at `now`, an aware moment."""
        today = now.astimezone(self.zone).date()
        return any(begin <= now < end for days in (-1, 0) for begin, end in self._spans(today + timedelta(days=days)))

    def next_turn(self, now: datetime) -> Turn | None:
        """Return the first opening or closing after `now`; None where there is none in more than a year."""
        today = now.astimezone(self.zone).date()
        for begin, end in self._open(today - timedelta(days=1), _FURTHEST_DAYS):
            if begin > now:
                return Turn(begin, opens=True)
            if end > now:
                last = end.astimezone(self.zone).date() - today >= timedelta(days=_FURTHEST_DAYS - 2)
                return None if last else Turn(end, opens=False)
        return None

    def restarts_between(self, before: datetime, now: datetime) -> bool:
        """Return whether the time to start again lies after `before` and not after `now`; a clock that was set by more
        than ten minutes, or back, has not passed it.
        """
        if self.restart_s is None or not timedelta() < now - before <= _LEAP:
            return False
        today = now.astimezone(self.zone).date()
        return any(before < moment(today + timedelta(days=days), self.restart_s, self.zone) <= now for days in (-1, 0))

    def _open(self, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
        """Yield when it is open, in order; what touches is one."""
        whole: tuple[datetime, datetime] | None = None
        for day in range(days):
            for begin, end in self._spans(first + timedelta(days=day)):
                if whole is not None and begin <= whole[1]:
                    whole = whole[0], max(whole[1], end)
                else:
                    if whole is not None:
                        yield whole
                    whole = begin, end
        if whole is not None:
            yield whole

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        hours = self.exceptions.get(day, self.week[day.weekday()])
        tomorrow = day + timedelta(days=1)
        moments = [
            (
                moment(day, begin, self.zone),
                moment(day, end, self.zone) if end <= DAY_S else moment(tomorrow, end - DAY_S, self.zone),
            )
            for begin, end in hours
        ]
        return sorted((begin, end) for begin, end in moments if begin < end)


def read_schedule(path: Path) -> Schedule:
    """Return the checked hours of a file. Raises ScheduleError in one line: file, key, what was expected, what came."""
    try:
        return _checked(read_yaml(path, BOUNDS))
    except (DocumentError, TimeError) as error:
        raise ScheduleError(f"{path.name}: {error}") from None


def _checked(raw: object) -> Schedule:
    if not isinstance(raw, dict):
        raise TimeError("expected a YAML mapping with timezone and hours")
    for key in raw:
        if key not in _KEYS:
            raise TimeError(f"unknown key {quoted(key)}{nearest(str(key), _KEYS)}")
    for key in ("timezone", "hours"):
        if key not in raw:
            raise TimeError(f"{key} is required")
    fade_s = _said("fade", seconds_of, raw.get("fade", _USUAL_FADE_S))
    if fade_s > _LONGEST_FADE_S:
        raise TimeError(f"fade: expected at most an hour, got {quoted(raw['fade'])}")
    restart_s = _said("restart", clock_s, raw["restart"]) if "restart" in raw else None
    zone = _said("timezone", zone_of, raw["timezone"])
    return Schedule(zone, _week(raw["hours"]), _exceptions(raw), fade_s, restart_s)


def _week(said: object) -> tuple[Spans, ...]:
    if not isinstance(said, dict):
        raise TimeError(f"hours: expected days and their hours, such as tue-fri: 10:00-18:00, got {quoted(said)}")
    week: dict[int, Spans] = {}
    for days, hours in said.items():
        spans = _said(f"hours: {days}", _spans_of, hours)
        for day in _said("hours", weekdays_of, days):
            if day in week:
                raise TimeError(f"hours: {days}: {WEEKDAYS[day]} has its hours already")
            week[day] = spans
    return tuple(week.get(day, ()) for day in range(7))


def _exceptions(raw: Mapping[str, Any]) -> Mapping[date, Spans]:
    said = raw.get("exceptions") or {}
    if not isinstance(said, dict):
        raise TimeError(f"exceptions: expected dates and their hours, such as 2026-12-25: closed, got {quoted(said)}")
    return {_said("exceptions", _date, day): _said(f"exceptions: {day}", _spans_of, said[day]) for day in said}


def _date(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise TimeError(f"expected a date such as 2026-12-25, got {quoted(said)}") from None


def _spans_of(said: object) -> Spans:
    """Return the hours of "closed", "all day", "10:00-18:00", or of a list of these."""
    if isinstance(said, list):
        if len(said) > _MOST_SPANS:
            raise TimeError(f"expected at most {_MOST_SPANS} openings a day, got {len(said)}")
        return tuple(span for one in said for span in _spans_of(one))
    if said == "closed":
        return ()
    if said == "all day":
        return ((0, DAY_S),)
    begin, dash, end = said.replace("–", "-").partition("-") if isinstance(said, str) else ("", "", "")
    if not dash:
        raise TimeError(f"expected hours such as 10:00-18:00, all day or closed, got {quoted(said)}")
    from_s, to_s = clock_s(begin), clock_s(end)
    if from_s in (to_s, DAY_S):
        raise TimeError(f"expected an opening before its closing, got {quoted(said)}")
    return ((from_s, to_s if to_s > from_s else to_s + DAY_S),)


def _said(key: str, read: Any, value: Any) -> Any:
    try:
        return read(value)
    except TimeError as error:
        raise TimeError(f"{key}: {error}") from None
