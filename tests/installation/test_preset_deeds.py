"""Saving, renaming, going back, drafts: what an operator does with presets, through the desk's rows."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from installation.desk import Desk
from installation.parameters import DEEDS
from installation.presets.deeds import PresetDeeds
from installation.presets.fader import PresetFader
from installation.presets.follower import PresetFollower, PresetRefusal
from installation.presets.naming import PRESET_FOLDER, preset_names
from installation.presets.preset import Preset, PresetError, preset_values
from installation.presets.reading import load_preset, read_preset
from installation.presets.store import PresetStore
from installation.presets.use import load_usable_named
from installation.values import Controls, Features, ParameterValue, Pixels
from tests.waiting import wait_until

SILENCE = Features()


class Wall:
    """Gives a grey picture a turn after it was asked for."""

    def __init__(self) -> None:
        self.asked = 0
        self._waits = False

    def ask(self) -> None:
        self.asked, self._waits = self.asked + 1, True

    def take(self) -> Pixels | None:
        waits, self._waits = self._waits, False
        return np.full((72, 128, 3), 99, np.uint8) if waits else None


class Stage:
    """A desk, all that follows presets on it, a venue's folder, and a clock moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.now = 0.0
        self.folder = folder / "presets"
        self.folders = (self.folder, PRESET_FOLDER)
        gallery = load_preset("gallery")
        self.desk = Desk({**preset_values(gallery), "/show/preset": "gallery", "/show/morph": 0.0}, gallery.routes)
        self.adopted: list[tuple[str, ...]] = []
        self.follower = PresetFollower(self.desk, gallery, self.load, lambda preset: self.adopted.append(preset.passes))
        self.wall, self.store = Wall(), PresetStore(self.folder, self.folders)
        self.deeds = PresetDeeds(self.desk, self.follower, self.store, self.wall)
        self.fader = PresetFader(self.desk, self.follower, self.load)
        self.refusals: list[str] = []
        self.controls = self.turn()

    def load(self, name: str) -> Preset:
        return load_usable_named(name, self.folders)

    def turn(self, seconds: float = 0.25) -> Controls:
        self.now += seconds
        self.deeds.poll(self.now)
        self.fader.poll(self.now)
        self.controls = self.desk.tick(self.now, SILENCE)
        outcome = self.follower.poll(self.now)
        if isinstance(outcome, PresetRefusal):
            self.refusals.append(outcome.reason)
        return self.controls

    def say(self, address: str, value: ParameterValue = True) -> None:
        """Post a value and wait the two turns after which it has been taken, and done."""
        self.desk.post(address, value, "osc")
        self.turn(0.1)
        self.turn(0.1)

    def until(self, happened: Callable[[], object], turn_s: float = 0.02) -> None:
        def holds() -> bool:
            self.turn(turn_s)
            return bool(happened())

        assert wait_until(holds)
        self.turn(5.0)  # whatever glides has arrived

    def do(self, address: str, value: ParameterValue = True) -> None:
        """Say a text, and wait until it is done: it is empty again then."""
        self.say(address, value)
        self.until(lambda: self.desk.get(address) == "")

    def go_to(self, name: str) -> None:
        self.say("/show/preset", name)
        self.until(lambda: self.follower.shown == name and not self.follower.busy)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_what_is_shown_is_saved_under_a_name_is_that_preset_from_then_on_and_is_found_by_it(stage: Stage) -> None:
    stage.say("/render/zoom", 1.75)
    stage.do("/show/save", "evening")
    assert stage.desk.get("/show/preset") == stage.follower.shown == "evening"
    assert "evening" in preset_names(stage.folders) and (stage.folder / "evening.jpg").read_bytes()[:2] == b"\xff\xd8"
    stage.go_to("rehearsal")
    assert stage.controls.number("/render/zoom") == 1.0
    stage.go_to("evening")
    gallery = load_preset("gallery")
    assert stage.controls.number("/render/zoom") == 1.75
    assert stage.follower.current.name == "evening" and stage.follower.current.image == gallery.image
    assert (stage.follower.current.routes, stage.follower.current.passes) == (gallery.routes, gallery.passes)


def test_what_is_saved_halfway_through_a_change_is_what_is_on_the_wall(stage: Stage) -> None:
    stage.desk.morph({"/render/zoom": 2.0}, 10.0)
    stage.turn(0.25)
    stage.turn(5.0)
    stage.say("/show/save", "halfway")
    stage.until(lambda: stage.desk.get("/show/save") == "")
    assert 1.3 < float(stage.follower.current.parameters["/render/zoom"]) < 1.7


def test_a_dark_wall_is_no_picture_of_a_look(stage: Stage) -> None:
    stage.say("/show/blackout")
    stage.do("/show/save", "evening")
    assert stage.wall.asked == 0 and not (stage.folder / "evening.jpg").exists()
    assert "/show/blackout" not in stage.follower.current.parameters


def test_saving_goes_on_without_a_picture_when_none_comes(stage: Stage) -> None:
    stage.wall.ask = lambda: None  # type: ignore[method-assign]
    stage.do("/show/save", "evening")
    assert (stage.folder / "evening.yaml").exists()


@pytest.mark.parametrize(
    ("address", "value", "words"),
    [
        ("/show/save", ".hidden", "does not begin with a dot"),
        ("/show/rename", "evening", "gallery is not of this venue: save it as 'evening' instead"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_can_be_said_again(
    stage: Stage, address: str, value: str, words: str
) -> None:
    for count in (1, 2):
        stage.do(address, value)
        status = stage.deeds.status()
        assert words in status.last_refusal and "\n" not in status.last and status.refused == count
        assert status.problem == ""  # nothing is amiss with the show
    assert stage.follower.shown == "gallery" and not list(stage.folder.glob("*.yaml"))


def test_a_disk_that_takes_nothing_is_a_reason_until_it_does(stage: Stage) -> None:
    stage.folder.write_text("a file in the way")
    stage.do("/show/save", "evening")
    assert "evening cannot be saved in" in stage.deeds.status().problem and stage.follower.shown == "gallery"
    stage.folder.unlink()
    stage.do("/show/save", "evening")
    assert stage.deeds.status().problem == "" and stage.follower.shown == "evening"


def test_a_disk_that_does_not_answer_holds_nobody_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    def hang(*_: object) -> Preset:
        gate.wait(60)
        raise PresetError("too late")

    monkeypatch.setattr(stage.store, "save", hang)
    stage.say("/show/save", "evening")
    stage.turn()
    stage.turn(6.0)
    assert stage.deeds.status().problem == "saving evening takes longer than 5 s"
    assert stage.desk.get("/show/save") == ""
    gate.set()


def test_a_preset_is_renamed_while_it_is_shown(stage: Stage) -> None:
    stage.do("/show/save", "evening")
    stage.do("/show/rename", "night")
    assert stage.desk.get("/show/preset") == stage.follower.shown == "night"
    assert sorted(path.name for path in stage.folder.iterdir()) == ["night.jpg", "night.yaml"]


def test_earlier_versions_come_back_by_their_number_and_the_newest_by_reverting(stage: Stage) -> None:
    for zoom in (1.25, 1.5, 1.75):
        stage.say("/render/zoom", zoom)
        stage.do("/show/save", "evening")
    stage.say("/show/version", 2)
    stage.until(lambda: stage.follower.version == 2)
    assert stage.controls.number("/render/zoom") == 1.25 and stage.desk.get("/show/version") == 2
    stage.say("/show/version", 9)
    stage.until(lambda: stage.refusals)
    assert stage.refusals == ["evening has 2 earlier versions, asked for 9"]
    assert stage.desk.get("/show/version") == 2
    stage.say("/show/revert")
    stage.until(lambda: stage.follower.version == 0)
    assert stage.controls.number("/render/zoom") == 1.75 and stage.desk.get("/show/version") == 0


def test_reverting_brings_back_what_the_file_says(stage: Stage) -> None:
    stage.say("/render/zoom", 1.9)
    before = len(stage.adopted)
    stage.say("/show/revert")
    stage.until(lambda: len(stage.adopted) > before)
    assert stage.controls.number("/render/zoom") == 1.0


def test_a_draft_that_is_cancelled_leaves_everything_as_it_stood_but_the_dark(stage: Stage) -> None:
    stage.say("/render/zoom", 1.5)
    stage.say("/audio/gain", -6.0)
    before = {address: value for address, value in stage.desk.stands().items() if address not in DEEDS}
    look = stage.follower.current
    stage.say("/show/try")
    stage.go_to("rehearsal")
    stage.say("/audio/gain", 3.0)
    stage.say("/show/blackout")
    assert stage.deeds.status().draft and stage.adopted[-1] == load_preset("rehearsal").passes
    stage.say("/show/cancel")
    stage.until(lambda: stage.follower.shown == "gallery")
    after = {address: value for address, value in stage.desk.stands().items() if address not in DEEDS}
    assert after == {**before, "/show/blackout": True}
    assert stage.follower.current == look and stage.adopted[-1] == look.passes
    assert stage.desk.get("/show/preset") == "gallery" and not stage.deeds.status().draft


def test_a_draft_begins_before_what_the_same_picture_brings(stage: Stage) -> None:
    stage.desk.post("/show/try", True, "osc")
    stage.desk.post("/render/zoom", 1.5, "osc")
    stage.turn()
    stage.say("/show/cancel")
    stage.turn(5.0)
    assert stage.controls.number("/render/zoom") == 1.0


def test_what_is_being_saved_when_the_show_ends_is_saved(stage: Stage) -> None:
    stage.say("/show/save", "last")
    stage.turn()
    stage.deeds.close()
    assert (stage.folder / "last.yaml").exists()


def test_a_flood_of_savings_is_a_file_now_and_then(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    for number in range(100):
        stage.desk.post("/show/save", f"look{number}", "osc")
        stage.turn(0.02)
        wait_until(lambda: stage.deeds._errands._errand is None or not stage.deeds._errands._errand.is_alive())
    assert 2 <= len(list(stage.folder.glob("*.yaml"))) <= 5 and len(caplog.records) <= 5


def test_the_model_that_a_hand_went_to_is_saved_with_the_look(stage: Stage, tmp_path: Path) -> None:
    stage.deeds = PresetDeeds(stage.desk, stage.follower, stage.store, stage.wall, lambda: tmp_path / "own")
    stage.say("/show/save", "evening")
    stage.until(lambda: stage.desk.get("/show/save") == "")
    assert stage.follower.current.model == "../own"


def test_a_draft_that_is_kept_stays(stage: Stage) -> None:
    stage.say("/show/try")
    stage.say("/render/zoom", 1.5)
    stage.say("/show/keep")
    stage.say("/show/cancel")
    assert stage.deeds.status().last == "there is no draft: /show/try begins one"
    stage.turn(5.0)
    assert stage.controls.number("/render/zoom") == 1.5


def between(stage: Stage, a: str, b: str) -> None:
    stage.say("/show/a", a)
    stage.say("/show/b", b)
    stage.until(lambda: stage.fader.status().a == a and not stage.follower.busy)


def test_one_fader_lies_between_two_presets(stage: Stage) -> None:
    between(stage, "gallery", "rehearsal")
    gallery, rehearsal = (preset_values(load_preset(name)) for name in ("gallery", "rehearsal"))
    for position in (0.25, 1.0, 0.75, 0.0):
        stage.say("/show/ab", position)
        stage.turn(5.0)
        expected = (1 - position) * float(gallery["/render/feedback"]) + position * float(rehearsal["/render/feedback"])
        assert stage.controls.number("/render/feedback") == pytest.approx(expected)
        nearer = "rehearsal" if position >= 0.5 else "gallery"
        assert stage.desk.get("/show/preset") == stage.follower.shown == nearer
        assert stage.adopted[-1] == load_preset(nearer).passes
        assert stage.controls.switch("/show/hud") is (nearer == "rehearsal")


def test_modulation_crosses_with_the_fader(stage: Stage) -> None:
    between(stage, "gallery", "rehearsal")
    stage.say("/show/ab", 0.5)
    amounts = {(route.feature, route.address): route.amount for route in stage.follower.current.routes}
    assert amounts["mid", "/render/displacement"] == pytest.approx(0.125)  # of gallery alone


def test_a_hand_counts_until_the_fader_moves_again(stage: Stage) -> None:
    between(stage, "gallery", "rehearsal")
    stage.say("/render/feedback", 0.9)
    stage.turn(5.0)
    assert stage.controls.number("/render/feedback") == pytest.approx(0.9)
    stage.say("/show/ab", 1.0)
    stage.turn(5.0)
    assert stage.controls.number("/render/feedback") == preset_values(load_preset("rehearsal"))["/render/feedback"]


def test_what_lies_between_two_presets_is_saved_as_one(stage: Stage) -> None:
    between(stage, "gallery", "rehearsal")
    stage.say("/show/ab", 0.25)
    stage.do("/show/save", "mix")
    mix = read_preset(stage.folder / "mix.yaml")
    assert 0.3 < float(mix.parameters["/render/feedback"]) < 0.45
    assert mix.passes == load_preset("gallery").passes and len(mix.routes) > len(load_preset("gallery").routes)


def test_going_to_another_preset_takes_the_fader_off(stage: Stage) -> None:
    between(stage, "gallery", "rehearsal")
    stage.go_to("world")
    assert (stage.desk.get("/show/a"), stage.desk.get("/show/b"), stage.fader.status().a) == ("", "", "")
    stage.say("/show/ab", 1.0)
    assert stage.follower.shown == "world"


def test_a_preset_that_is_not_there_is_refused_and_the_other_waits(stage: Stage) -> None:
    stage.say("/show/a", "gallery")
    stage.say("/show/b", "nothing")
    # No time passes: a busy disk, from which the other is still being read, is no slow one.
    assert wait_until(lambda: stage.turn(0.0) and stage.desk.get("/show/b") == "")
    assert "there is no preset 'nothing'" in stage.fader.status().last_refusal
    stage.say("/show/b", "world")
    stage.until(lambda: stage.fader.status().b == "world", turn_s=0.001)
