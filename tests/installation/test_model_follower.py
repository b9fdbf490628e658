"""What becomes of a model that is asked for: told to the worker, and its answer kept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from installation.desk import Desk
from installation.hosting import Failure
from installation.model_follower import ModelFollower, ModelRefusal
from installation.model_names import ModelNames
from installation.presets.preset import Preset
from installation.presets.reading import load_preset
from installation.status import InferenceStatus, SwapStatus
from installation.values import Features
from installation.worker_params import ModelRequest

ADDRESS = "/show/model"


@dataclass
class Start:
    model: Path


class Worker:
    """A host of inference that answers what it is told to."""

    def __init__(self) -> None:
        self.restarts = 0
        self.failure: Failure | None = None
        self.swap = SwapStatus()

    def status(self) -> InferenceStatus:
        return InferenceStatus(swap=self.swap)

    def fail(self) -> None:
        self.failure, self.restarts = Failure("inference ended without a word"), self.restarts + 1


class Stage:
    def __init__(self, folder: Path, *, demanded: bool = False) -> None:
        self.home, self.away = folder / "home", folder / "away"
        for model in (self.home, self.away):
            model.mkdir(exist_ok=True)
        self.desk, self.start, self.worker = Desk(), Start(self.home), Worker()
        self.follower = ModelFollower(self.desk, self.start, ModelNames([folder]), demanded=demanded)
        self.turn()

    def turn(self) -> ModelRefusal | None:
        self.desk.tick(0.0, Features())
        return self.follower.poll(0.0, cast(Any, self.worker))

    def ask(self, name: str) -> ModelRefusal | None:
        self.desk.post(ADDRESS, name, "osc")
        return self.turn()

    def answer(self, folder: Path, problem: str = "") -> ModelRefusal | None:
        self.worker.swap = SwapStatus(self.follower.request.number, str(folder), problem)
        return self.turn()

    def follow(self, preset: Preset) -> ModelRefusal | None:
        return self.follower.follow(preset, cast(Any, self.worker))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield Stage(tmp_path.resolve())


def test_the_desk_names_the_model_that_plays(stage: Stage) -> None:
    assert stage.desk.get(ADDRESS) == stage.follower.shown == "home"
    assert stage.follower.request == ModelRequest()


def test_the_worker_is_told_of_a_model_and_starts_with_it_once_it_plays(stage: Stage) -> None:
    stage.desk.post("/show/morph", 7.0, "osc")
    stage.ask("away")
    assert stage.follower.request == ModelRequest(1, (str(stage.away),), 7.0)
    assert stage.start.model == stage.home, "until it plays, a new worker starts with the old one"
    assert stage.answer(stage.away) is None
    assert stage.start.model == stage.away and stage.desk.get(ADDRESS) == "away"
    assert stage.follower.request == ModelRequest() and stage.follower.refusal is None


def test_a_refused_model_leaves_the_desk_with_the_one_that_plays_and_can_be_asked_for_again(stage: Stage) -> None:
    stage.ask("away")
    assert stage.answer(stage.home, "away: is truncated") == ModelRefusal("away", "away: is truncated")
    assert stage.follower.refusal == "away: is truncated" and stage.desk.get(ADDRESS) == "home"
    assert stage.follower.request == ModelRequest() and stage.turn() is None, "it is said once"
    stage.ask("away")
    assert stage.follower.request.number == 2
    assert stage.answer(stage.away) is None and stage.follower.refusal is None


def test_a_name_that_leads_out_of_the_shows_folders_never_reaches_the_worker(stage: Stage) -> None:
    refusal = stage.ask("../home")
    assert refusal is not None and "below the show's own" in refusal.reason
    assert stage.follower.request == ModelRequest() and stage.desk.get(ADDRESS) == "home"


def test_such_a_name_does_not_stop_a_model_that_is_on_its_way(stage: Stage) -> None:
    stage.ask("away")
    assert stage.ask("../home") is not None
    assert stage.answer(stage.away) is None
    assert stage.start.model == stage.away and stage.desk.get(ADDRESS) == "away"


def test_a_model_that_takes_the_worker_with_it_is_not_asked_of_the_next_one(stage: Stage) -> None:
    stage.ask("away")
    stage.worker.fail()
    refusal = stage.turn()
    assert refusal is not None and "inference ended without a word" in refusal.reason
    assert stage.follower.request == ModelRequest() and stage.start.model == stage.home


def test_where_no_worker_lives_the_next_one_starts_with_what_is_asked_for(stage: Stage) -> None:
    stage.worker.fail()
    stage.ask("away")
    assert stage.start.model == stage.away
    stage.worker.fail()
    assert stage.turn() is None, "it goes on trying"
    stage.worker.failure = None
    assert stage.answer(stage.away) is None and stage.desk.get(ADDRESS) == "away"


def test_the_newest_of_two_requests_counts(stage: Stage) -> None:
    stage.ask("away")
    stage.ask("home")
    assert stage.follower.request == ModelRequest(2, (str(stage.home),), 4.0)
    assert stage.answer(stage.home) is None and stage.follower.shown == "home"


def test_a_preset_brings_its_model(stage: Stage) -> None:
    assert stage.follow(replace(load_preset("gallery"), model=str(stage.away))) is None
    assert stage.follower.request.folders == (str(stage.away),)
    stage.answer(stage.away)
    assert stage.desk.get(ADDRESS) == "away"


def test_a_preset_whose_model_leads_nowhere_is_told_and_its_look_stays(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    refusal = stage.follow(replace(load_preset("gallery"), model=str(tmp_path / "loop")))
    assert refusal is not None and "model" in refusal.reason


def test_a_model_of_the_command_line_stays_when_presets_go_and_is_changed_by_hand_alone(tmp_path: Path) -> None:
    stage = Stage(tmp_path.resolve(), demanded=True)
    assert stage.follow(replace(load_preset("gallery"), model=str(stage.away))) is None
    assert stage.follower.request == ModelRequest()
    stage.ask("away")
    assert stage.follower.request.number == 1
