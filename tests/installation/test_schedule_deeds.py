"""Opening and closing a venue at a desk: fades, hands, clocks that are set, files that are edited."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from installation.cues.schedule import read_schedule
from installation.cues.schedule_deeds import ScheduleDeeds
from installation.desk import Desk
from installation.followed_file import EVERY_S, FollowedFile
from installation.values import Features
from tests.waiting import wait_until

HOURS = "timezone: Europe/Vienna\nfade: 20\nhours: {daily: 10:00-18:00}\n"
VIENNA = ZoneInfo("Europe/Vienna")


class House:
    """A venue from a moment of its clock on."""

    def __init__(
        self, folder: Path, hour: int, minute: int = 0, text: str | None = HOURS, begins_dark: float | None = None
    ) -> None:
        self.wall, self.now = datetime(2028, 5, 2, hour, minute, tzinfo=VIENNA).timestamp(), 1_000.0
        self.file = folder / "schedule.yaml"
        if text is not None:
            self.file.write_text(text)
        self.desk = Desk()
        self.schedule = ScheduleDeeds(self.desk, FollowedFile(self.file, read_schedule, None), lambda: self.wall)
        self.restarts: list[tuple[str, float]] = []
        self.refusal = ""
        self.schedule.restart = self._restart
        if begins_dark is not None:
            self.schedule.fade_up_to(begins_dark)
        self.schedule.start()
        self.turn(0.1)

    def _restart(self, reason: str, light: float) -> str:
        self.restarts.append((reason, light))
        return self.refusal

    def turn(self, seconds: float) -> None:
        self.now += seconds
        self.wall += seconds
        self.schedule.poll(self.now)
        self.desk.tick(self.now, Features())

    def wait(self, seconds: float, step_s: float = 0.5) -> None:
        for _ in range(round(seconds / step_s)):
            self.turn(step_s)

    @property
    def light(self) -> float:
        return float(self.desk.standing("/show/light"))

    def hand(self, light: float) -> None:
        self.desk.post("/show/light", light, "page")
        self.turn(0.1)

    def until(self, happened: Callable[[], object]) -> None:
        def holds() -> bool:
            self.turn(0.001)
            return bool(happened())

        assert wait_until(holds)


def test_it_fades_up_when_it_opens_and_to_black_when_it_closes(tmp_path: Path) -> None:
    house = House(tmp_path, 9, 59)
    assert house.light == 0.0
    house.wait(61)
    assert 0.0 < house.light < 0.2
    house.wait(10)
    assert house.light == pytest.approx(0.5, abs=0.06)
    house.wait(10)
    assert (house.light, house.schedule.status().open) == (1.0, True)
    house.wall += 8 * 3_600 - 30
    house.wait(31)
    assert house.light == 0.0


def test_a_show_that_begins_while_it_is_open_is_light_at_once(tmp_path: Path) -> None:
    assert House(tmp_path, 12).light == 1.0
    assert House(tmp_path, 12).schedule.status().next == "closes Tue 02 May 18:00"


def test_without_a_file_it_is_always_open(tmp_path: Path) -> None:
    house = House(tmp_path, 3, text=None)
    house.wait(5)
    status = house.schedule.status()
    assert (house.light, status.open, status.next, status.problem) == (1.0, None, "", "")


def test_a_hand_wins_until_the_next_opening_and_a_blackout_is_left_alone(tmp_path: Path) -> None:
    house = House(tmp_path, 17, 59)
    house.desk.post("/show/blackout", True, "page")
    house.wait(65)
    house.hand(0.8)  # somebody wants to see something, in the middle of the fade
    house.wait(3_600, step_s=30)
    assert house.light == 0.8
    house.wall += 15 * 3_600
    house.wait(60)
    assert (house.light, house.desk.get("/show/blackout")) == (1.0, True)


def test_a_clock_that_is_set_fades_to_what_is_so_and_does_no_harm(tmp_path: Path) -> None:
    house = House(tmp_path, 12)
    for wall in (0.0, -1e12, 1e18, float("nan")):
        house.wall = wall
        house.turn(0.5)
    house.wall = datetime(2028, 5, 2, 12, tzinfo=VIENNA).timestamp()
    house.wait(30)
    assert house.light == 1.0
    house.wall += 8 * 3_600
    house.wait(10)
    assert house.light == pytest.approx(0.5, abs=0.1)  # it fades in its own time, whatever the clock says
    house.wall -= 8 * 3_600
    house.wait(30)
    assert house.light == 1.0


def test_an_edit_counts_at_once_and_a_bad_one_is_said_and_changes_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, 12)
    house.file.write_text(HOURS.replace("daily", "dialy"))
    house.turn(EVERY_S)
    house.until(lambda: house.schedule.status().problem)
    assert "did you mean 'daily'" in house.schedule.status().problem
    house.wait(30)
    assert (house.light, house.schedule.status().open) == (1.0, True)
    house.file.write_text(HOURS.replace("10:00-18:00", "closed"))
    house.turn(EVERY_S)
    house.until(lambda: house.schedule.status().open is False)
    house.wait(21)
    assert house.light == 0.0
    house.until(lambda: not house.schedule.status().problem)
    house.file.unlink()
    house.turn(EVERY_S)
    house.until(lambda: house.schedule.status().open is None)
    house.wait(5)
    assert house.light == 1.0


RESTART = "timezone: Europe/Vienna\nfade: 20\nhours: {daily: 10:00-18:00}\nrestart: "


def test_while_it_is_closed_it_starts_again_at_once(tmp_path: Path) -> None:
    house = House(tmp_path, 4, 29, RESTART + "'04:30'")
    house.wait(59)
    assert house.restarts == []
    house.wait(2)
    assert house.restarts == [("the time that schedule.yaml says", 0.0)]
    house.wait(120)
    assert len(house.restarts) == 1


def test_while_it_is_open_it_fades_to_black_and_starts_again(tmp_path: Path) -> None:
    house = House(tmp_path, 11, 59, RESTART + "'12:00'")
    house.wait(70)
    assert house.restarts == [] and 0.0 < house.light < 1.0
    house.wait(15)
    assert (house.light, house.restarts) == (0.0, [("the time that schedule.yaml says", 1.0)])


def test_a_hand_on_the_light_puts_a_restart_off(tmp_path: Path) -> None:
    house = House(tmp_path, 11, 59, RESTART + "'12:00'")
    house.wait(70)
    house.hand(0.8)
    house.wait(120)
    assert (house.light, house.restarts) == (0.8, [])


def test_a_show_that_cannot_start_again_fades_up_and_goes_on(tmp_path: Path) -> None:
    house = House(tmp_path, 11, 59, RESTART + "'12:00'")
    house.refusal = "the preset is wrong by now"
    house.wait(120)
    assert (house.light, len(house.restarts)) == (1.0, 1)


def test_a_show_that_was_started_again_begins_dark_and_fades_up_to_the_light_of_before(tmp_path: Path) -> None:
    house = House(tmp_path, 12, begins_dark=0.6)
    assert house.light < 0.05
    house.wait(30)
    assert house.light == pytest.approx(0.6)
    closed = House(tmp_path, 4, begins_dark=1.0)
    closed.wait(30)
    assert closed.light == 0.0
    always = House(tmp_path / "nowhere", 4, text=None, begins_dark=1.0)
    always.wait(30)
    assert always.light == 1.0
