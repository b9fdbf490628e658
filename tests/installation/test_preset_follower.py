import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from installation.desk import Desk
from installation.parameter import ParameterError
from installation.presets.follower import PresetFollower, PresetRefusal
from installation.presets.preset import Preset, PresetError
from installation.presets.reading import load_preset
from installation.values import Features
from tests.waiting import wait_until

ADDRESS = "/show/preset"


class Stage:
    """A desk, a follower and a clock moved by hand; what is loaded is decided by the test."""

    def __init__(self, load: Callable[[str], Preset] = load_preset) -> None:
        self.now = 0.0
        self.desk = Desk({ADDRESS: "gallery"})
        self.adopted: list[str] = []
        self.follower = PresetFollower(
            self.desk, load_preset("gallery"), load, lambda preset: self.adopted.append(preset.name)
        )
        self.desk.tick(0.0, Features())

    def ask(self, name: str) -> None:
        self.desk.post(ADDRESS, name, "osc")
        self.turn()

    def turn(self, seconds: float = 0.02) -> Preset | PresetRefusal | None:
        self.now += seconds
        self.desk.tick(self.now, Features())
        return self.follower.poll(self.now)

    def outcome(self) -> Preset | PresetRefusal:
        found: list[Preset | PresetRefusal] = []

        def has_come() -> bool:
            found.extend(filter(None, [self.turn()]))
            return bool(found)

        assert wait_until(has_come)
        return found[0]


def refuse(name: str) -> Preset:
    raise PresetError(f"there is no preset {name}")


def test_a_preset_that_is_asked_for_is_shown() -> None:
    stage = Stage()
    stage.ask("rehearsal")
    outcome = stage.outcome()
    assert isinstance(outcome, Preset) and stage.adopted == [outcome.name] == ["Rehearsal"]
    assert stage.desk.get(ADDRESS) == stage.follower.shown == "rehearsal" and stage.follower.refusal is None


def test_a_refused_preset_leaves_the_desk_with_what_is_shown_and_can_be_asked_for_again() -> None:
    good = [False]

    def load(name: str) -> Preset:
        return load_preset(name) if good[0] else refuse(name)

    stage = Stage(load)
    stage.ask("rehearsal")
    assert stage.outcome() == PresetRefusal("rehearsal", "there is no preset rehearsal")
    assert stage.desk.get(ADDRESS) == stage.follower.shown == "gallery"
    assert stage.follower.refusal == "there is no preset rehearsal" and stage.follower.refused_at == stage.now

    good[0] = True  # mended
    stage.turn(1.0)
    stage.ask("rehearsal")
    assert isinstance(stage.outcome(), Preset)
    assert stage.desk.get(ADDRESS) == "rehearsal"
    assert stage.follower.refusal is None and stage.follower.refused_at is None


def test_what_cannot_be_adopted_is_refused_as_well() -> None:
    stage = Stage()

    def adopt(_preset: Preset) -> None:
        raise ParameterError("there is no such knob")

    stage.follower = PresetFollower(stage.desk, load_preset("gallery"), load_preset, adopt)
    stage.ask("rehearsal")
    assert stage.outcome() == PresetRefusal("rehearsal", "rehearsal.yaml: there is no such knob")
    assert stage.desk.get(ADDRESS) == "gallery"


def test_whatever_a_file_brings_about_is_a_refusal() -> None:
    def load(_name: str) -> Preset:
        raise RecursionError("too deep\nby far")

    stage = Stage(load)
    stage.ask("rehearsal")
    assert stage.outcome() == PresetRefusal("rehearsal", "reading rehearsal failed: RecursionError: too deep by far")


def test_the_show_never_waits_and_the_newest_request_wins() -> None:
    gate, asked = threading.Event(), []

    def load(name: str) -> Preset:
        asked.append(name)
        assert gate.wait(20)
        return load_preset(name)

    stage = Stage(load)
    stage.ask("performance")
    for name in ("gallery", "nowhere", "rehearsal"):  # while the first is still being read
        stage.ask(name)
        assert stage.turn() is None
    gate.set()
    outcome = stage.outcome()
    assert isinstance(outcome, Preset) and outcome.name == "Rehearsal"
    assert asked == ["performance", "rehearsal"] and stage.adopted == ["Rehearsal"]


def test_a_disk_that_does_not_answer_is_given_up_and_not_tried_without_end() -> None:
    gate, readers = threading.Event(), []

    def load(_name: str) -> Preset:
        readers.append(threading.current_thread())
        gate.wait(60)
        raise PresetError("too late")

    stage = Stage(load)
    reasons = []
    for attempt in range(6):
        stage.ask(f"preset{attempt}")
        stage.turn()
        outcome = stage.turn(6.0) or stage.turn(6.0)
        reasons.append(outcome.reason if isinstance(outcome, PresetRefusal) else stage.follower.refusal)
    assert (
        reasons[0] == "reading preset0 takes longer than 5 s" and reasons[-1] == "the folders of presets do not answer"
    )
    assert len(readers) == 4
    gate.set()
    for reader in readers:
        reader.join(10)


def test_a_flood_of_bad_presets_is_a_line_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    stage = Stage(refuse)
    for turn in range(300):
        stage.ask(f"nothing{turn}")
        wait_until(lambda: stage.follower._errands._errand is None or not stage.follower._errands._errand.is_alive())
    assert len(caplog.records) == 2, caplog.text  # six seconds
    assert "there is no preset nothing" in caplog.records[0].getMessage()


def test_no_name_leads_back_to_what_is_shown(tmp_path: Path) -> None:
    stage = Stage()
    stage.ask("")
    assert stage.desk.get(ADDRESS) == "gallery"


def test_the_numbers_of_a_rehearsal_do_not_stay_over_the_next_look() -> None:
    stage = Stage()
    stage.ask("rehearsal")
    stage.outcome()
    stage.turn()
    assert stage.desk.get("/show/hud") is True
    stage.ask("gallery")
    stage.outcome()
    stage.turn()
    assert stage.desk.get("/show/hud") is False


def test_numbers_that_a_hand_has_called_stay_whichever_preset_comes() -> None:
    stage = Stage()
    stage.desk.post("/show/hud", True, "keyboard")
    stage.ask("performance")
    stage.outcome()
    stage.turn()
    assert stage.desk.get("/show/hud") is True
