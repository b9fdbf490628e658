"""Another model beside the one that plays: crossed to where it can play, refused in words where it cannot."""

import gc
import shutil
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from installation.inference import swapping
from installation.inference.core import InferenceConfig, InferenceCore
from installation.inference.playing import PlayingModel
from installation.mailbox import FrameBox, JsonBox
from installation.ring import AudioRing
from installation.status import SwapStatus
from installation.values import SAMPLE_RATE_HZ, Pixels
from installation.worker_params import ModelRequest, ParamsSender, WorkerParams
from s2s import bundle
from s2s.models.light_generator import LightGenerator
from tests.fakes import write_memory_bundle, write_tiny_bundle
from tests.waiting import wait_until

MODELS = ("home", "away", "third")
STILL = {"/latent/drift": 0.0, "/latent/glide": 0.0}


class Stage:
    """A core under a clock moved by hand, and folders of models."""

    def __init__(self, folder: Path, models: Path) -> None:
        shutil.copytree(models, folder, dirs_exist_ok=True)
        self.folder, self.now, self.number = folder, 0.0, 0
        self.ring, self.params, self.frames = AudioRing(12.0), JsonBox(), FrameBox(64, 64)
        self.sender = ParamsSender(self.params)
        self.home, self.away, self.third = (folder.resolve() / name for name in MODELS)
        config = InferenceConfig(self.home, 0, device="cpu", cache=folder)
        self.core = InferenceCore(config, self.ring, self.params, self.frames)

    def ask(self, *folders: Path, fade_s: float = 0.0) -> None:
        self.number += 1
        request = ModelRequest(self.number, tuple(map(str, folders)), fade_s)
        self.sender.send(WorkerParams(STILL, model=request))

    def sound(self) -> None:
        """Let a second of noise be heard; before, nothing is."""
        noise = np.random.default_rng(0).standard_normal(SAMPLE_RATE_HZ) * 0.2
        self.ring.write(noise.astype(np.float32), heard_at=self.now)

    def step(self, seconds: float = 1 / 24) -> Pixels:
        self.now += seconds
        self.core.step(self.now)
        frame = self.frames.newest()
        assert frame is not None
        return frame.pixels

    def until(self, condition: Callable[[], bool]) -> None:
        """Go on in small steps until something holds: what a thread takes is real time, and not the stage's."""
        assert wait_until(lambda: self.step(0.05) is not None and condition(), within_s=60.0)

    @property
    def swap(self) -> SwapStatus:
        return self.core.status().swap

    def answer(self) -> SwapStatus:
        self.until(lambda: self.swap.answered == self.number)
        return self.swap

    def close(self) -> None:
        self.core.close()
        for memory in (self.ring, self.params, self.frames):
            memory.close()


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for seed, name in enumerate(MODELS):
        write_tiny_bundle(folder / name, seed=seed)
    return folder


@pytest.fixture
def stage(tmp_path: Path, models: Path) -> Iterator[Stage]:
    made = Stage(tmp_path, models)
    yield made
    made.close()


def test_another_model_plays_once_it_is_asked_for(stage: Stage) -> None:
    stage.sound()
    before = stage.step()
    stage.ask(stage.away)
    assert stage.answer() == SwapStatus(1, str(stage.away))
    alone = InferenceCore(InferenceConfig(stage.away, 0, device="cpu"), stage.ring, stage.params, stage.frames)
    stage.sender.send(WorkerParams(STILL))
    after = stage.step()
    alone.step(0.0)
    frame = stage.frames.newest()
    assert frame is not None
    np.testing.assert_array_equal(frame.pixels, after)  # it hears and paints as one that began with it
    assert not np.array_equal(before, after)


def test_what_is_seen_meanwhile_lies_between_the_two_and_moves_from_one_to_the_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = bundle.load

    def plain(path: Path, **options: object) -> bundle.Bundle:
        made = load(path, **options)  # type: ignore[arg-type]
        shade = torch.full((1, 3, 32, 32), 0.8)
        monkeypatch.setattr(made.generator, "forward", lambda _z, _h: shade)
        return made

    monkeypatch.setattr(bundle, "load", plain)
    monkeypatch.setattr(stage.core.playing._model.generator, "forward", lambda _z, _h: torch.full((1, 3, 32, 32), -0.8))
    start = stage.step().mean()
    stage.ask(stage.away, fade_s=4.0)
    stage.until(lambda: stage.swap.words == "crossing to Tiny")
    seen = [float(stage.step(0.25).mean()) for _ in range(20)]
    assert stage.answer().problem == ""
    assert seen == sorted(seen) and start <= seen[0] < 80.0 and seen[-1] == stage.step().mean() == 230.0
    assert sum(50.0 < shade < 200.0 for shade in seen) >= 4


@pytest.mark.parametrize("missing", [True, False])
def test_what_cannot_be_loaded_leaves_the_old_one_playing_and_says_why(stage: Stage, missing: bool) -> None:
    before = stage.step()
    (stage.away / "generator.safetensors").write_bytes(b"truncated")
    stage.ask(stage.folder / "nowhere" if missing else stage.away)
    refused = stage.answer()
    assert refused.folder == str(stage.home)
    assert ("no such model folder" if missing else "generator.safetensors: is truncated") in refused.problem
    np.testing.assert_array_equal(stage.step(), before)


def test_a_mended_model_can_be_asked_for_again(stage: Stage) -> None:
    weights = (stage.away / "generator.safetensors").read_bytes()
    (stage.away / "generator.safetensors").write_bytes(b"truncated")
    stage.ask(stage.away)
    assert "truncated" in stage.answer().problem
    (stage.away / "generator.safetensors").write_bytes(weights)
    stage.ask(stage.away)
    assert stage.answer() == SwapStatus(2, str(stage.away))


def broken_after(monkeypatch: pytest.MonkeyPatch, folder: Path, good: int) -> None:
    """Let the generator of the bundle in `folder` paint NaN after so many pictures."""
    load, left = bundle.load, [good]

    def load_broken(path: Path, **options: object) -> bundle.Bundle:
        made = load(path, **options)  # type: ignore[arg-type]
        if path.name == folder.name:
            network = made.generator
            assert isinstance(network, LightGenerator)
            forward = network.forward

            def paint(z: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
                left[0] -= 1
                return forward(z, h) * (1.0 if left[0] >= 0 else float("nan"))

            monkeypatch.setattr(network, "forward", paint)
        return made

    monkeypatch.setattr(bundle, "load", load_broken)


def test_a_model_whose_first_picture_holds_nan_is_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    broken_after(monkeypatch, stage.away, good=0)
    stage.ask(stage.away)
    refused = stage.answer()
    assert "its first picture holds NaN" in refused.problem and refused.folder == str(stage.home)


def test_a_model_that_breaks_while_it_comes_goes_again_without_a_jump(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_after(monkeypatch, stage.away, good=4)
    start = stage.step().astype(float)
    stage.ask(stage.away, fade_s=2.0)
    refused = stage.answer()
    assert "away: its pictures hold NaN" in refused.problem and refused.folder == str(stage.home)
    seen = [stage.step(0.1).astype(float) for _ in range(30)]
    far = [float(np.abs(picture - start).mean()) for picture in seen]
    assert far == sorted(far, reverse=True) and far[0] > 0.0 and far[-1] == 0.0
    assert stage.core.status().generator.rejected == 0


def test_pictures_of_another_shape_and_kind_are_crossed_to_as_well(stage: Stage) -> None:
    wide = write_memory_bundle(stage.folder / "wide").resolve()
    stage.ask(wide, fade_s=1.0)
    stage.until(lambda: stage.swap.words != "" and stage.swap.words.startswith("crossing"))
    assert stage.step().shape == (32, 64, 3)
    assert stage.answer().problem == ""
    assert stage.step().shape == (32, 64, 3)


def test_pictures_that_find_no_room_are_sent_smaller(tmp_path: Path, stage: Stage) -> None:
    stage.ask(write_tiny_bundle(tmp_path / "large", resolution=128))
    assert stage.answer().problem == ""
    assert stage.step().shape == (64, 64, 3)


def test_a_model_that_wants_another_sample_rate_is_refused(stage: Stage) -> None:
    card = stage.away / "model.yaml"
    text = card.read_text()
    assert "sample_rate_hz: 16000" in text
    card.write_text(text.replace("sample_rate_hz: 16000", "sample_rate_hz: 22050"))
    stage.ask(stage.away)
    assert "the show hears 16000 Hz, this model wants 22050 Hz" in stage.answer().problem


def test_the_first_of_several_folders_that_is_there_is_taken(stage: Stage) -> None:
    stage.ask(stage.folder / "nowhere", stage.away, stage.home)
    assert stage.answer().folder == str(stage.away)


def test_asking_for_the_one_that_plays_loads_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "load", pytest.fail)
    stage.ask(stage.home)
    assert stage.answer() == SwapStatus(1, str(stage.home))


def test_back_on_the_way_turns_the_fade_round(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    start = stage.step()
    stage.ask(stage.away, fade_s=4.0)
    stage.until(lambda: stage.swap.words.startswith("crossing"))
    for _ in range(4):
        stage.step(0.25)
    monkeypatch.setattr(bundle, "load", pytest.fail)
    stage.ask(stage.home, fade_s=4.0)
    assert stage.answer() == SwapStatus(2, str(stage.home))
    np.testing.assert_array_equal(stage.step(), start)


def test_of_requests_while_one_is_loaded_the_newest_wins(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    load, loaded, go_on = bundle.load, [], threading.Event()

    def slow(path: Path, **options: object) -> bundle.Bundle:
        loaded.append(path.name)
        assert go_on.wait(30.0)
        return load(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(bundle, "load", slow)
    stage.ask(stage.away)
    stage.until(lambda: loaded == ["away"])
    stage.ask(stage.home)
    stage.ask(stage.third)
    stage.step()
    assert loaded == ["away"], "two at once would be three models in memory"
    go_on.set()
    assert stage.answer() == SwapStatus(3, str(stage.third)) and loaded == ["away", "third"]


def test_a_third_model_waits_until_one_of_two_has_left(stage: Stage) -> None:
    stage.ask(stage.away, fade_s=3.0)
    stage.until(lambda: stage.swap.words.startswith("crossing"))
    stage.ask(stage.third)
    stage.until(lambda: stage.swap.folder == str(stage.away))
    assert stage.answer() == SwapStatus(2, str(stage.third))


def test_a_disk_that_does_not_answer_is_given_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr(swapping, "find_folder", lambda _folders: Path("late") if answers.wait(30.0) else Path("never"))
    stage.ask(stage.away)
    stage.step()
    stage.step(swapping._TIME_LIMIT_S + 1.0)
    assert stage.swap == SwapStatus(1, str(stage.home), "it takes longer than 120 s")
    stage.ask(stage.away)
    stage.step()
    stage.step(swapping._TIME_LIMIT_S + 1.0)
    stage.ask(stage.away)
    stage.step()
    assert stage.swap.problem == "the folders of models do not answer"
    answers.set()


@pytest.mark.heavy
def test_six_times_back_and_forth_at_most_two_models_live_and_one_in_the_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive: weakref.WeakSet[object] = weakref.WeakSet()
    init, most = PlayingModel.__init__, [0]

    def counted(model: PlayingModel, *arguments: object) -> None:
        init(model, *arguments)  # type: ignore[arg-type]
        alive.add(model._model.generator)
        most[0] = max(most[0], len(alive))

    monkeypatch.setattr(PlayingModel, "__init__", counted)
    gc.disable()  # what a show has put aside is never collected: nothing may hang on that
    try:
        for turn in range(6):
            stage.ask((stage.away, stage.home)[turn % 2])
            assert stage.answer().problem == ""
            assert wait_until(lambda: len(alive) <= 1)
    finally:
        gc.enable()
    assert most[0] <= 2


def test_closing_while_one_is_loaded_lets_both_go(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    close = PlayingModel.close

    def noted(model: PlayingModel) -> None:
        closed.append(model.folder.name)
        close(model)

    monkeypatch.setattr(PlayingModel, "close", noted)
    stage.ask(stage.away, fade_s=60.0)
    stage.until(lambda: stage.swap.words.startswith("loading"))
    stage.core.close()
    assert wait_until(lambda: sorted(closed) == ["away", "home"])
