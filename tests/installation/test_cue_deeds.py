"""Cues and the playlist at a desk: what hands, durations, clocks and edits of the file bring about."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from installation.cues.cue_list import CueList, read_cues
from installation.cues.deeds import CueDeeds, CueSources
from installation.desk import Desk
from installation.followed_file import EVERY_S, FollowedFile
from installation.presets.follower import PresetFollower, PresetRefusal
from installation.presets.naming import PRESET_FOLDER, preset_names
from installation.presets.preset import Preset, PresetError, preset_values
from installation.presets.use import load_usable_named
from installation.values import Controls, Features, ParameterValue
from s2s.files.atomic_write import write_text
from tests.waiting import wait_until

EVENING = """\
cues:
  - {name: doors, preset: rehearsal, values: {/render/zoom: 1.5}, morph: 0}
  - {name: storm, values: {/render/saturation: 0.2}, morph: 8, easing: linear, duration: 30}
  - {name: overture, values: {/render/saturation: 1.5}, morph: 0, duration: 2 bars}
  - {name: dark, values: {/show/blackout: true}}
"""
FOLDERS = (PRESET_FOLDER,)


class Stage:
    """A desk, the follower of presets, a venue's file, a clock moved by hand, and a beat of 120 a minute if wanted."""

    def __init__(self, folder: Path, text: str = EVENING, seed: int = 1) -> None:
        self.now, self.wall, self.bpm = 0.0, 1_800_000_000.0, 0.0
        self.file = folder / "cues.yaml"
        self.write(text)
        gallery = load_usable_named("gallery", FOLDERS)
        self.desk = Desk({**preset_values(gallery), "/show/preset": "gallery", "/show/morph": 0.0})
        self.adopted: list[Preset] = []
        self.follower = PresetFollower(self.desk, gallery, self.load, self.adopted.append)
        names = partial(preset_names, FOLDERS)
        sources = CueSources(self.load, names, self.model, lambda: self.features, lambda: self.wall)
        followed = FollowedFile(self.file, partial(read_cues, presets=names), CueList())
        self.broken: set[str] = set()
        self.refusals: list[str] = []
        self.cues = CueDeeds(self.desk, self.follower, followed, sources, seed)
        self.cues.start()
        self.controls = self.turn()

    @property
    def features(self) -> Features:
        beats = self.now * self.bpm / 60.0
        return Features(beat=(1.0 - beats % 1.0) ** 3, tempo_bpm=self.bpm)

    def load(self, name: str) -> Preset:
        if name in self.broken:
            raise PresetError(f"{name} is broken")
        return load_usable_named(name, FOLDERS)

    def model(self, name: str) -> str:
        return f"/models/{name}"

    def write(self, text: str) -> None:
        write_text(self.file, text)  # at once: of a file half written something else is amiss

    def turn(self, seconds: float = 0.1) -> Controls:
        self.now += seconds
        self.wall += seconds
        self.cues.poll(self.now)
        self.controls = self.desk.tick(self.now, self.features)
        outcome = self.follower.poll(self.now)
        if isinstance(outcome, PresetRefusal):
            self.refusals.append(outcome.reason)
        return self.controls

    def wait(self, seconds: float, step_s: float = 0.1) -> None:
        for _ in range(round(seconds / step_s)):
            self.turn(step_s)

    def say(self, address: str, value: ParameterValue = True) -> None:
        self.desk.post(address, value, "osc")
        self.turn()
        self.turn()

    def until(self, happened: Callable[[], object]) -> None:
        """Wait for what a thread does: time hardly passes on the stage."""

        def holds() -> bool:
            self.turn(0.001)
            return bool(happened())

        assert wait_until(holds), self.cues.shown()

    @property
    def current(self) -> str:
        return self.cues.shown().current

    def saturation(self) -> float:
        return self.controls.number("/render/saturation")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_go_and_back_walk_through_the_cues_and_stop_at_the_ends(stage: Stage) -> None:
    assert (stage.current, stage.cues.shown().next) == ("", "doors")
    walked = []
    for address in ("/show/go", "/show/go", "/show/go", "/show/go", "/show/go", "/show/back", "/show/back"):
        stage.say(address)
        walked.append(stage.current)
    assert walked == ["doors", "storm", "overture", "dark", "dark", "overture", "storm"]
    assert stage.cues.status().last_refusal == "there is no cue after this one"
    assert stage.desk.get("/show/cue") == "storm"


@pytest.mark.parametrize("said", ["2", 2, 2.0, "storm", [2], "02"])
def test_a_cue_is_gone_to_by_its_number_or_name(stage: Stage, said: ParameterValue) -> None:
    stage.say("/show/cue", said)
    assert (stage.current, stage.desk.get("/show/cue")) == ("storm", "storm")
    assert (stage.cues.shown().number, stage.cues.shown().next) == (2, "overture")


def test_next_and_back_are_words_for_who_has_one_address(stage: Stage) -> None:
    walked = []
    for word in ("next", "next", "back"):
        stage.say("/show/cue", word)
        walked.append(stage.current)
    assert walked == ["doors", "storm", "doors"]


@pytest.mark.parametrize("said", ["strom", 9, "0", "-1", True])
def test_what_is_no_cue_is_refused_and_the_row_says_what_is_shown(stage: Stage, said: ParameterValue) -> None:
    stage.say("/show/cue", "storm")
    if said is True:
        with pytest.raises(ValueError, match="/show/cue takes"):
            stage.say("/show/cue", said)
        return
    stage.say("/show/cue", said)
    assert (stage.current, stage.desk.get("/show/cue")) == ("storm", "storm")
    assert stage.cues.status().last_refusal.startswith("there is no cue")
    assert stage.cues.status().problem == ""


def test_a_cue_moves_its_values_in_its_own_time_and_the_operators_time_stays(stage: Stage) -> None:
    before = stage.saturation()
    stage.say("/show/cue", "storm")
    began = stage.now
    stage.wait(began + 4.0 - stage.now)
    assert stage.saturation() == pytest.approx((before + 0.2) / 2, abs=0.05)
    stage.wait(4.5)
    assert stage.saturation() == pytest.approx(0.2)
    assert (stage.desk.get("/show/morph"), stage.desk.get("/show/easing")) == (0.0, "smooth")


def test_a_cue_goes_to_its_preset_with_its_own_values(stage: Stage) -> None:
    stage.say("/show/cue", "doors")
    stage.until(lambda: stage.follower.shown == "rehearsal")
    stage.wait(3)
    assert stage.controls.number("/render/zoom") == 1.5
    assert stage.desk.get("/show/preset") == "rehearsal"


def test_a_cues_model_comes_with_its_preset_or_alone(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "cues: [{name: a, preset: rehearsal, model: wild}, {name: b, model: calm}]")
    stage.say("/show/go")
    stage.until(lambda: stage.adopted)
    assert stage.adopted[0].model == "/models/wild"
    stage.say("/show/go")
    assert stage.desk.get("/show/model") == "calm"


def test_the_countdown_is_in_the_status_and_at_its_end_the_next_cue_comes(stage: Stage) -> None:
    stage.say("/show/cue", "storm")
    assert stage.cues.shown().by_itself
    stage.wait(10)
    assert stage.cues.shown().left_s == pytest.approx(20, abs=0.4)
    stage.wait(20)
    assert stage.current == "overture"


def test_a_cue_of_bars_is_over_on_the_beat(stage: Stage) -> None:
    stage.say("/show/cue", "overture")
    stage.wait(60)
    assert stage.current == "overture"  # no beat: it waits
    assert stage.cues.shown().left_s is None
    stage.bpm = 120.0
    stage.wait(2)
    assert stage.cues.shown().left_s == pytest.approx(2, abs=0.6)
    stage.wait(3)
    assert stage.current == "dark"


def test_the_same_cue_can_be_gone_to_again_and_begins_anew(stage: Stage) -> None:
    stage.say("/show/cue", "storm")
    stage.wait(20)
    stage.say("/show/cue", "storm")
    assert stage.cues.shown().left_s == pytest.approx(30, abs=0.4)


def test_a_lock_stops_the_countdown_and_a_hand_still_goes(stage: Stage) -> None:
    stage.say("/show/cue", "storm")
    stage.say("/show/lock", True)
    stage.wait(60)
    assert (stage.current, stage.cues.shown().locked) == ("storm", True)
    stage.say("/show/go")
    assert stage.current == "overture"
    stage.say("/show/cue", "storm")
    stage.say("/show/lock", False)
    stage.wait(31)
    assert stage.current == "overture"


def test_a_cue_comes_at_its_time_of_the_day(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "timezone: UTC\ncues: [{name: noon, at: 12:00}]")
    stage.wall = 1_800_000_000.0 // 86_400 * 86_400 + 43_200 - 3.0
    stage.turn(0.5)
    assert (stage.current, stage.cues.shown().at) == ("", "noon at 12:00")
    stage.wait(4)
    assert stage.current == "noon"


def test_a_show_begins_with_the_cue_that_the_file_names(tmp_path: Path) -> None:
    assert Stage(tmp_path, f"start: storm\n{EVENING}").current == "storm"


def test_an_edit_is_taken_up_and_a_bad_one_is_said_and_changes_nothing(stage: Stage) -> None:
    stage.say("/show/cue", "storm")
    stage.write("cues: [{name: doors, morhp: 3}]")
    stage.turn(EVERY_S)
    stage.until(lambda: stage.cues.status().problem)
    assert stage.cues.status().problem == "cues.yaml: cue 1 'doors': unknown key 'morhp', did you mean 'morph'?"
    assert (stage.current, len(stage.cues.names)) == ("storm", 4)
    stage.write(EVENING.replace("name: dark", "name: end"))
    stage.turn(EVERY_S)
    stage.until(lambda: "end" in stage.cues.names)
    assert (stage.cues.status().problem, stage.current) == ("", "storm")
    stage.file.unlink()
    stage.turn(EVERY_S)
    stage.until(lambda: not stage.cues.names)
    stage.say("/show/go")
    assert stage.cues.status().last_refusal == "there are no cues: the venue has no cues.yaml"


def test_a_file_that_names_a_preset_before_there_is_one_is_taken_up_when_there_is(tmp_path: Path) -> None:
    """What was bad is read again, though it has not changed."""
    there: list[str] = []
    file = tmp_path / "cues.yaml"
    file.write_text("cues: [{name: a, preset: later}]")
    followed = FollowedFile(file, partial(read_cues, presets=lambda: there), CueList())
    followed.start()
    assert "there is no preset 'later'" in followed.problem
    there.append("later")
    assert wait_until(lambda: followed.poll(time.monotonic()))
    assert followed.problem == "" and len(followed.value.cues) == 1


PLAYLIST = "playlist: {looks: [gallery, rehearsal, world], dwell: 20, morph: 0, order: shuffle}\n"


def test_the_playlist_goes_from_look_to_look_and_never_twice_to_one(tmp_path: Path) -> None:
    stage = Stage(tmp_path, PLAYLIST)
    assert stage.desk.get("/show/playlist") == "shuffle"
    shown = [stage.follower.shown]
    for _ in range(6):
        coming = stage.cues.shown().look
        assert stage.cues.shown().look_left_s == pytest.approx(20, abs=1)
        stage.wait(19.0, step_s=1.0)
        assert stage.follower.shown == shown[-1]
        stage.wait(2.0, step_s=1.0)
        stage.until(lambda: stage.follower.shown != shown[-1] and not stage.follower.busy)
        shown.append(stage.follower.shown)
        assert shown[-1] == coming
        stage.turn()
    assert set(shown) == {"gallery", "rehearsal", "world"}


def test_a_hand_begins_the_dwelling_anew_and_a_lock_or_off_ends_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path, PLAYLIST)
    stage.wait(15.0, step_s=1.0)
    stage.say("/show/preset", "performance")
    stage.until(lambda: stage.follower.shown == "performance")
    stage.wait(15.0, step_s=1.0)
    assert stage.follower.shown == "performance"
    stage.say("/show/lock", True)
    stage.wait(100.0, step_s=1.0)
    assert stage.follower.shown == "performance" and not stage.follower.busy
    stage.say("/show/lock", False)
    stage.say("/show/playlist", "off")
    stage.wait(100.0, step_s=1.0)
    assert stage.follower.shown == "performance" and stage.cues.shown().look == ""


def test_a_look_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    stage = Stage(tmp_path, PLAYLIST.replace("shuffle", "in order"))
    stage.broken.add("rehearsal")
    stage.wait(21.0, step_s=1.0)
    stage.until(lambda: stage.refusals)
    stage.wait(21.0, step_s=1.0)
    stage.until(lambda: stage.follower.shown == "world")


def test_a_cue_that_counts_down_has_the_wall_to_itself(tmp_path: Path) -> None:
    stage = Stage(tmp_path, f"cues: [{{name: a, duration: 60}}, {{name: b}}]\n{PLAYLIST}")
    stage.say("/show/cue", "a")
    stage.wait(50.0, step_s=1.0)
    assert (stage.follower.shown, stage.cues.shown().look) == ("gallery", "")
    stage.wait(11.0, step_s=1.0)
    assert stage.current == "b" and stage.cues.shown().look != ""
