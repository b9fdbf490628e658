"""What counts or waits, after a year of running: no drift, no growth, no number that got too big. Opening hours through
a whole year are in `test_schedule.py`; logs, events and films in `logs/`."""

import os
from pathlib import Path

import pytest

from installation.clock import Pacer
from installation.events import Event, EventLog
from installation.health import Finding
from installation.histogram import Histogram
from installation.incidents import Incidents
from installation.logs.chronicle import Chronicle
from installation.logs.history import HistoryFile
from installation.logs.retention import DAY_S, forget_older
from installation.minutes import Minutes
from installation.values import Condition

YEAR_S = 365 * DAY_S


@pytest.mark.parametrize("fps", [24.0, 30.0, 59.94, 60.0])
def test_after_a_year_a_cadence_is_as_exact_as_on_the_first_day(fps: float) -> None:
    now, shown, pacer = YEAR_S, 0, Pacer(fps)
    while now < YEAR_S + 600.0:
        now += pacer.wait_s(now) + 0.001  # the turn itself takes a moment
        shown += 1
    assert shown == pytest.approx(600.0 * fps, abs=2.0)


def test_a_source_that_comes_and_goes_every_hour_of_a_year_is_one_event_and_one_incident() -> None:
    log, times, incidents = EventLog(), 0, Incidents()
    for hour in range(365 * 24):
        log.follow({"sound": Finding(Condition.DEGRADED, "the microphone is gone")}, 3600.0 * hour)
        log.follow({"sound": Finding()}, 3600.0 * hour + 60.0)
        incidents.append("sound: the microphone is gone")
        times += 1
    (event,) = log.events
    assert (event.times, event.over, event.since) == (times, True, 3600.0 * (times - 1))
    assert incidents.lines() == [f"sound: the microphone is gone (×{times})"]


def test_three_days_of_minutes_take_the_room_of_three_hours() -> None:
    minutes = Minutes()
    for minute in range(3 * 24 * 60):
        minutes.presented(YEAR_S + 60.0 * minute, 16.7, None)
        minutes.end_minute(YEAR_S + 60.0 * minute + 60.0, 20 * minute, {"show": 200.0})
    kept = minutes.summary()
    assert len(kept) == 180 and kept[-1]["minute"] == 3 * 24 * 60 - 1
    assert {minute["rss_mib"]["show"] for minute in kept} == {200.0}


def test_a_years_count_of_pictures_is_cumulated_without_loss() -> None:
    histogram = Histogram()
    histogram.add(16.7)
    histogram._counts = [count * 1_900_000_000 for count in histogram._counts]
    histogram.add(2500.0)
    assert histogram.cumulated([10.0, 20.0, 2000.0]) == [0, 1_900_000_000, 1_900_000_000, 1_900_000_001]


def test_a_clock_that_steps_puts_events_into_the_order_in_which_they_were(tmp_path: Path) -> None:
    path, wall_s = tmp_path / "events.jsonl", [1e9]
    happened: list[Event] = []
    chronicle = Chronicle(path, lambda: happened, lambda: wall_s[0])
    chronicle.start()
    for now, step_s in ((0.0, 0.0), (10.0, -DAY_S), (20.0, 3600.0), (30.0, -1e9)):  # the last: no battery, 1970
        wall_s[0] += step_s + 10.0
        happened.append(Event(f"part {'x' * len(happened)}: gone", now))
        chronicle.poll(now)
    chronicle.close()
    assert [event.what for event in HistoryFile(path).read()] == [event.what for event in happened]


def test_a_clock_that_says_1970_deletes_no_film(tmp_path: Path) -> None:
    film = tmp_path / "2026-11-29_21-47-05.mp4"
    film.write_bytes(b"film")
    os.utime(film, (1.8e9, 1.8e9))
    assert forget_older(tmp_path, 1.0, 3600.0) == [] and film.exists()
