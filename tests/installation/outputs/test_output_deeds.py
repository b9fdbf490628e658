"""The outputs as a control surface: the file is followed, edits are kept, one never undoes the other."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from installation.control_status import OutputState
from installation.desk import Desk
from installation.followed_file import FollowedFile
from installation.outputs.deeds import OutputDeeds
from installation.outputs.layout import Layout, Output, read_layout
from installation.outputs.marks import Marking
from installation.outputs.store import LayoutStore
from installation.values import Features
from tests.waiting import wait_until

SAID = "outputs: [{name: stage, monitor: 1}]\n"


class Venue:
    """A venue's folder and the deeds of a show in it; `later` lets time pass until something is so."""

    def __init__(self, folder: Path, text: str | None = None) -> None:
        self.path = folder / "outputs.yaml"
        if text is not None:
            self.path.write_text(text)
        self.desk, self.marking, self.now = Desk(), Marking(), 100.0
        self.states: tuple[OutputState, ...] = ()
        self.store = LayoutStore(self.path)
        file: FollowedFile[Layout | None] = FollowedFile(self.path, read_layout, None)
        file.start()
        self.store.follow(file.value)
        self.deeds = OutputDeeds(self.desk, self.store, file, self.marking, lambda: self.states)
        self.deeds.start()

    def edit(self, text: str) -> None:
        self.path.write_text(text)
        os.utime(self.path, ns=(time.time_ns(), time.time_ns() + 7_000_000))

    def turn(self) -> None:
        self.now += 0.1
        self.deeds.poll(self.now)

    def later(self, so: Callable[[], bool]) -> bool:
        def is_so() -> bool:
            self.turn()
            return so()

        return wait_until(is_so)

    def names(self) -> list[str]:
        return [output.name for output in self.store.get().outputs]


def test_an_edit_of_the_file_is_taken_up(tmp_path: Path) -> None:
    venue = Venue(tmp_path, SAID)
    assert venue.names() == ["stage"]
    venue.edit("outputs: [{name: floor}]")
    assert venue.later(lambda: venue.names() == ["floor"])


def test_a_bad_edit_is_said_and_the_last_good_one_stays(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    venue = Venue(tmp_path, SAID)
    venue.edit("outputs: [{name: floor, rotate: 45}]")
    assert venue.later(lambda: "rotate" in venue.deeds.status().problem)
    assert venue.names() == ["stage"]
    for _ in range(50):
        venue.turn()
    assert caplog.text.count("rotate") == 1
    venue.edit(SAID)
    assert venue.later(lambda: venue.deeds.status().problem == "")


def test_a_change_by_hand_is_kept_and_not_taken_for_an_edit(tmp_path: Path) -> None:
    venue, told = Venue(tmp_path, SAID), list[Layout]()
    venue.store.change("stage", rotate=90)
    assert venue.later(lambda: venue.path.read_text() != SAID and not venue.store.is_unsaved)
    venue.store.watch(told.append)
    for _ in range(40):
        venue.turn()
        time.sleep(0.002)
    assert told == []
    assert read_layout(venue.path) == venue.store.get() == Layout((Output("stage", 1, rotate=90),))


def test_without_a_file_nothing_is_written_before_somebody_changes_something(tmp_path: Path) -> None:
    venue = Venue(tmp_path / "venue")
    for _ in range(30):
        venue.turn()
    assert not venue.path.parent.exists()
    venue.store.change("wall", flip="horizontal")
    assert venue.later(venue.path.exists)


def test_what_was_changed_last_is_kept_when_the_show_ends(tmp_path: Path) -> None:
    venue = Venue(tmp_path)
    venue.store.change("wall", delay_frames=4)
    venue.deeds.close()
    assert read_layout(venue.path).output("wall").delay_frames == 4


def test_a_disk_that_takes_nothing_is_said_and_the_change_stays_on_the_wall(tmp_path: Path) -> None:
    (tmp_path / "venue").write_text("no folder")
    venue = Venue(tmp_path / "venue")
    venue.store.change("wall", delay_frames=4)
    assert venue.later(lambda: "outputs.yaml" in venue.deeds.status().problem)
    assert venue.store.get().output("wall").delay_frames == 4


def test_the_pattern_comes_and_goes_too_slowly_to_flash(tmp_path: Path) -> None:
    venue = Venue(tmp_path)
    venue.turn()
    venue.desk.post("/show/pattern", "grid", "osc")
    venue.desk.tick(venue.now, Features())
    venue.turn()
    output = venue.store.get().outputs[0]
    first = venue.marking.marks(output, ("0",)).pattern
    for _ in range(6):
        venue.turn()
    assert 0.0 < first < 0.5
    assert venue.marking.marks(output, ("0",)).pattern == 1.0
    venue.desk.post("/show/pattern", "none", "osc")
    venue.desk.tick(venue.now, Features())
    for _ in range(6):
        venue.turn()
    assert not venue.marking.is_on


def test_a_monitor_that_is_missing_is_a_problem_in_words(tmp_path: Path) -> None:
    venue = Venue(tmp_path)
    venue.states = (
        OutputState("left", "0", 800, 600),
        OutputState("right", "DP-2", problem="there is no monitor DP-2"),
    )
    assert venue.deeds.status().problem == "right: there is no monitor DP-2"
