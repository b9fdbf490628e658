"""Which cue is shown, which comes next and when: by its duration, by beats or by the clock on the wall. Pure.

What passes while nothing may change by itself is not counted. Time comes in steps of monotonic seconds; the hour of the
day is another clock, which may be set while the show runs.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from installation.cues.cue_list import NEXT, WAIT, Cue, CueList
from installation.cues.times_of_day import moment

_LONGEST_STEP: Final = timedelta(minutes=10)
"""A clock on the wall that goes on by more at once has been set: what lay between has not happened."""
_BEAT_RISE: Final = 0.25
_EARLIEST_BEAT: Final = 0.5
"""Of a period since the last one: what comes before is the same beat."""
_LONGEST_GAP_S: Final = 4.0


class CuePlayer:
    """Counts what has passed of the cue that is shown. `place` counts cues from 0, None before the first."""

    def __init__(self) -> None:
        self.cues = CueList()
        self.place: int | None = None
        self._name = ""
        self._passed_s = self._passed_beats = 0.0

    def take(self, cues: CueList) -> None:
        """Take an edited list: the cue that is shown goes on where its name is now. Where it was taken out, what came
        after it is next.
        """
        before, self.cues = [cue.name for cue in self.cues.cues], cues
        names = [cue.name for cue in cues.cues]
        if self._name in names:
            self.place = names.index(self._name)
        elif self.place is not None:
            after = next((names.index(name) for name in before[self.place + 1 :] if name in names), len(names))
            self.place, self._name = (after - 1 if after else None), ""

    def go(self, place: int) -> Cue:
        """Show the cue at `place`, from its beginning."""
        cue = self.cues.cues[place]
        self.place, self._name = place, cue.name
        self._passed_s = self._passed_beats = 0.0
        return cue

    def advance(self, dt_s: float, beats: float) -> None:
        """So much has passed."""
        self._passed_s += max(dt_s, 0.0)
        self._passed_beats += max(beats, 0.0)

    @property
    def current(self) -> Cue | None:
        """The cue that is shown; None before the first, and once it was taken out of the list."""
        return self.cues.cues[self.place] if self.place is not None and self._name else None

    @property
    def upcoming(self) -> int | None:
        """The place of the cue that a hand or the end of this one goes to; None after the last."""
        cue = self.current
        if cue is not None and cue.then not in (NEXT, WAIT):
            return self.cues.place_of(cue.then)
        after = 0 if self.place is None else self.place + 1
        return after if after < len(self.cues.cues) else None

    @property
    def before(self) -> int | None:
        """The place of the cue before this one; None at the first."""
        return self.place - 1 if self.place else None

    @property
    def due(self) -> int | None:
        """The place of the cue that has to come by itself now; None while none has to."""
        cue = self.current
        if cue is None or cue.duration is None or cue.then == WAIT:
            return None
        length = cue.duration
        over = self._passed_beats >= length.beats if length.beats else self._passed_s >= length.seconds
        return self.upcoming if over else None

    def left_s(self, bpm: float) -> float | None:
        """Return the seconds until the end of the cue, None where it has none, or counts beats and there are none."""
        cue = self.current
        if cue is None or cue.duration is None:
            return None
        if not cue.duration.beats:
            return max(cue.duration.seconds - self._passed_s, 0.0)
        return max(cue.duration.beats - self._passed_beats, 0.0) * 60.0 / bpm if bpm > 0.0 else None


class DailyCues:
    """Says which cue's time of the day has come. `wall_s` are seconds since 1970 of the clock on the wall."""

    def __init__(self) -> None:
        self._last: datetime | None = None
        self._went: dict[str, date] = {}

    def due(self, cues: CueList, wall_s: float) -> int | None:
        """Return the place of the newest cue whose time has come since the last call; each comes once a day."""
        last, self._last = self._last, utc(wall_s)
        now = self._last
        if last is None or now is None or cues.zone is None or not timedelta(0) < now - last <= _LONGEST_STEP:
            return None
        self._went = {cue.name: self._went[cue.name] for cue in cues.cues if cue.name in self._went}
        found = None
        for day in sorted({last.astimezone(cues.zone).date(), now.astimezone(cues.zone).date()}):
            for place, cue in enumerate(cues.cues):
                if cue.at_s is None or self._went.get(cue.name) == day:
                    continue
                if last < moment(day, cue.at_s, cues.zone) <= now:
                    self._went[cue.name], found = day, place
        return found


def next_by_clock(cues: CueList, wall_s: float) -> tuple[int, datetime] | None:
    """Return the place of the cue that goes next by its time of the day, and when, in the file's time zone."""
    now = utc(wall_s)
    if now is None or cues.zone is None:
        return None
    today = now.astimezone(cues.zone).date()
    times = [
        (moment(today + timedelta(days=days), cue.at_s, cues.zone), place)
        for place, cue in enumerate(cues.cues)
        for days in (0, 1)
        if cue.at_s is not None
    ]
    when, place = min((one for one in times if one[0] > now), default=(None, 0))
    return None if when is None else (place, when.astimezone(cues.zone))


class BeatCounter:
    """Counts beats in a pulse that is 1 on the beat and falls until the next; a beat that was not looked at counts."""

    def __init__(self) -> None:
        self._pulse = 0.0
        self._last: float | None = None

    def follow(self, pulse: float, bpm: float, now: float) -> int:
        """Return how many beats there were since the last call."""
        rose, self._pulse = pulse - self._pulse > _BEAT_RISE, pulse
        if bpm <= 0.0 or not rose:
            return 0
        gap_s = None if self._last is None else now - self._last
        period_s = 60.0 / bpm
        if gap_s is not None and gap_s < _EARLIEST_BEAT * period_s:
            return 0
        self._last = now
        return 1 if gap_s is None or gap_s > _LONGEST_GAP_S else max(round(gap_s / period_s), 1)


def utc(wall_s: float) -> datetime | None:
    """Return the moment of a clock on the wall, None where no calendar has it."""
    try:
        now = datetime.fromtimestamp(wall_s, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return now if 1970 <= now.year < 9000 else None
