"""Which cue is shown and which comes when, without a show."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from installation.cues.cue_list import Cue, CueList
from installation.cues.player import BeatCounter, CuePlayer, DailyCues, next_by_clock
from installation.cues.times_of_day import Duration

VIENNA = ZoneInfo("Europe/Vienna")
CUES = CueList(
    (
        Cue("doors", then="wait"),
        Cue("overture", duration=Duration(beats=8)),
        Cue("storm", duration=Duration(seconds=30)),
        Cue("speech", duration=Duration(seconds=60), then="wait"),
        Cue("loop", duration=Duration(seconds=10), then="storm"),
    )
)


def player_at(place: int) -> CuePlayer:
    player = CuePlayer()
    player.take(CUES)
    player.go(place)
    return player


def wall(*when: int, fold: int = 0) -> float:
    return datetime(*when, tzinfo=VIENNA, fold=fold).timestamp()  # type: ignore[misc,arg-type]


def test_before_the_first_cue_the_first_is_next() -> None:
    player = CuePlayer()
    player.take(CUES)
    assert (player.current, player.upcoming, player.before, player.due) == (None, 0, None, None)


def test_a_cue_without_a_duration_waits_for_a_hand() -> None:
    player = player_at(0)
    player.advance(1e6, 1e6)
    assert (player.due, player.left_s(120), player.upcoming) == (None, None, 1)


def test_a_cue_is_over_after_its_seconds_and_the_next_follows() -> None:
    player = player_at(2)
    player.advance(29, 0)
    assert (player.due, player.left_s(0)) == (None, 1)
    player.advance(1, 0)
    assert (player.due, player.left_s(0)) == (3, 0)


def test_a_cue_is_over_after_its_beats_and_without_beats_it_is_not() -> None:
    player = player_at(1)
    player.advance(1_000, 4)
    assert (player.due, player.left_s(120), player.left_s(0)) == (None, 2, None)
    player.advance(2, 4)
    assert player.due == 2


def test_a_countdown_may_end_in_waiting_and_a_cue_lead_back() -> None:
    player = player_at(3)
    player.advance(61, 0)
    assert (player.due, player.left_s(0), player.upcoming) == (None, 0, 4)
    player = player_at(4)
    player.advance(10, 0)
    assert player.due == 2


def test_after_the_last_nothing_comes_and_before_the_first_nothing_was() -> None:
    player = CuePlayer()
    player.take(CueList(CUES.cues[:3]))
    player.go(2)
    player.advance(99, 0)
    assert (player.upcoming, player.due, player.before) == (None, None, 1)
    player.go(0)
    assert player.before is None


def test_an_edited_list_goes_on_where_the_cue_is_now() -> None:
    player = player_at(2)
    player.advance(10, 0)
    player.take(CueList((Cue("new", then="wait"), *CUES.cues)))
    assert (player.place, player.left_s(0), player.upcoming) == (3, 20, 4)
    player.take(CueList((CUES.cues[0], CUES.cues[1], CUES.cues[3])))  # it was taken out: what followed it follows
    assert (player.current, player.upcoming, player.left_s(0)) == (None, 2, None)
    player.take(CueList())
    assert (player.current, player.place, player.upcoming) == (None, None, None)


def day_of(*cues: Cue) -> CueList:
    return CueList(cues, zone=VIENNA)


def went(cues: CueList, *walls: float) -> list[str]:
    daily = DailyCues()
    places = [daily.due(cues, at) for at in walls]
    return [cues.cues[place].name for place in places if place is not None]


def test_a_cue_goes_once_a_day_when_its_time_comes_and_not_because_it_was_before() -> None:
    cues = day_of(Cue("noon", at_s=43_200))
    morning = wall(2026, 5, 4, 11, 59, 50)
    assert went(cues, morning, morning + 9, morning + 10, morning + 11) == ["noon"]
    assert went(cues, morning + 20, morning + 30) == []
    two_days = [morning + 5 * step for step in range(0, 2 * 86_400 // 5)]
    assert went(cues, *two_days) == ["noon", "noon"]


@pytest.mark.parametrize("back_s", [30, 300, 7_200])
def test_a_clock_that_is_set_back_brings_no_cue_twice(back_s: float) -> None:
    cues, noon = day_of(Cue("noon", at_s=43_200)), wall(2026, 5, 4, 12)
    steps = [noon - 1, noon, noon - back_s, *(noon - back_s + 5 * step for step in range(2_000))]
    assert went(cues, *steps) == ["noon"]


def test_a_clock_that_is_set_far_ahead_leaves_out_what_lay_between() -> None:
    cues, noon = day_of(Cue("noon", at_s=43_200)), wall(2026, 5, 4, 12)
    assert went(cues, noon - 3_600, noon + 3_600) == []
    assert went(cues, noon - 60, noon + 60) == ["noon"]  # what a time server corrects is made up for
    assert went(cues, 0.0, 1e18, float("nan"), noon - 1, noon + 1) == ["noon"]


@pytest.mark.parametrize("day", [(2026, 3, 29), (2026, 10, 25)])
def test_a_cue_in_the_hour_of_the_change_of_clocks_goes_once(day: tuple[int, int, int]) -> None:
    cues, midnight = day_of(Cue("late", at_s=9_000)), wall(*day)
    assert went(cues, *(midnight + 60 * minute for minute in range(24 * 60))) == ["late"]


def test_the_next_by_the_clock_may_be_tomorrows() -> None:
    cues = day_of(Cue("noon", at_s=43_200), Cue("night", at_s=79_200), Cue("by hand"))
    found = next_by_clock(cues, wall(2026, 5, 4, 13))
    assert found == (1, datetime(2026, 5, 4, 22, tzinfo=VIENNA))
    found = next_by_clock(cues, wall(2026, 5, 4, 23))
    assert found == (0, datetime(2026, 5, 5, 12, tzinfo=VIENNA))
    assert next_by_clock(CueList((Cue("by hand"),)), wall(2026, 5, 4, 13)) is None


def beats_in(bpm: float, fps: float, seconds: float, certainty: float = 1.0) -> int:
    counter, beats = BeatCounter(), 0
    for frame in range(int(seconds * fps)):
        now = frame / fps
        pulse = certainty * (1.0 - now * bpm / 60.0 % 1.0) ** 3
        beats += counter.follow(pulse, bpm, now)
    return beats


@pytest.mark.parametrize("bpm", [60, 96, 128, 180])
@pytest.mark.parametrize("fps", [12, 30, 60])
def test_beats_are_counted_at_any_cadence(bpm: float, fps: float) -> None:
    assert abs(beats_in(bpm, fps, 60) - bpm) <= 1


def test_without_a_beat_there_is_nothing_to_count() -> None:
    assert beats_in(0, 30, 10) == 0
    assert beats_in(120, 30, 10, certainty=0.1) == 0
