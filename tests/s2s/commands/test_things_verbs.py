"""`things`, `memory` and `judge` as they are called: from a world and an autoencoder to a bundle, and what is in it."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from s2s import bundle
from s2s.__main__ import main
from s2s.card import MemorySizes
from s2s.models.autoencoder import Autoencoder
from s2s.models.thing_judge import CLASSES, ThingJudge
from s2s.training.inputs.thing_images import Things
from s2s.training.stages import autoencoder, thing_judge
from s2s.world.takes import WorldCounts, write_takes
from tests.fakes import write_tiny_bundle
from tests.s2s.data.test_prepared import clip, write

pytestmark = [pytest.mark.gl, pytest.mark.heavy, pytest.mark.proc]

CODE = {"code_dim": 4, "channels": [16, 12, 8, 4], "blocks": [1, 1, 1]}


@pytest.fixture
def painter(tmp_path: Path) -> Path:
    """The folder that `train autoencoder` leaves, with weights of chance."""
    folder = tmp_path / "autoencoder"
    folder.mkdir()
    torch.manual_seed(0)
    net = Autoencoder(4, (16, 12, 8, 4), (1, 1, 1))
    save_file({name: value.contiguous() for name, value in net.state_dict().items()}, folder / autoencoder.WEIGHTS)
    (folder / "run.json").write_text(json.dumps(CODE))
    return folder


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.yaml"
    path.write_text("provenance: a test\ndata: the world\n")
    return path


@pytest.fixture
def judge(tmp_path: Path) -> Path:
    """The folder that `train thing-judge` leaves, with weights of chance."""
    folder = tmp_path / "thing-judge"
    folder.mkdir()
    torch.manual_seed(0)
    net = ThingJudge()
    save_file({name: value.contiguous() for name, value in net.state_dict().items()}, folder / thing_judge.WEIGHTS)
    (folder / "thing_judge.json").write_text(json.dumps({"classes": list(net.classes)}))
    return folder


def test_things_are_drawn_and_three_tenths_of_them_painted_again(painter: Path, tmp_path: Path) -> None:
    out = tmp_path / "things"
    assert main(["things", str(out), "--count", "30", "--autoencoder", str(painter)]) == 0
    things = Things.open(out)
    assert things.pixels.shape == (39, 144, 256, 3) and things.masks.shape == (39, 36, 64)
    assert len(things.labels) == 39 and set(things.labels.tolist()) <= set(range(len(CLASSES)))
    assert np.array_equal(things.labels[30:], things.labels[:9])
    assert not np.array_equal(things.pixels[30:], things.pixels[:9])


def remember(painter: Path, story: Path, tmp_path: Path) -> Path:
    """Make a bundle that remembers 28 moments of the world at two levels; return its folder."""
    world, model = tmp_path / "world", tmp_path / "model"
    write_takes(world, WorldCounts(56, 0, 32, picture_width_px=64, nearnesses=(0.1, 0.9)))
    tiny = write_tiny_bundle(tmp_path / "tiny")
    named = ["--name", "Remembered", "--version", "9", "--story", str(story)]
    command = ["memory", str(tiny), str(world), str(model), "--autoencoder", str(painter), "--takes", "1", *named]
    assert main(command) == 0
    return model


def test_a_memory_of_the_world_becomes_a_bundle(
    painter: Path, story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = remember(painter, story, tmp_path)
    assert f"{model}: " in capsys.readouterr().out
    card = bundle.read_card(model)
    assert (card.name, card.version) == ("Remembered", "9")
    assert isinstance(card.generator, MemorySizes)
    assert (card.generator.entries, card.generator.levels, card.generator.size_px) == (28, 2, (64, 32))
    assert bundle.load(model).knows_states


@pytest.mark.slow
def test_the_judge_says_what_a_model_paints(painter: Path, story: Path, judge: Path, tmp_path: Path) -> None:
    model, out = remember(painter, story, tmp_path), tmp_path / "answers.json"
    assert main(["judge", str(model), str(out), "--judge", str(judge), "--takes", "2"]) == 0
    metrics = json.loads(out.read_text())
    assert metrics["thing, takes"] == 56.0
    assert {"thing R@1, real pictures", "none, pictures from sounds", "noise diversity, pixels"} <= set(metrics)


def test_a_memory_of_films_is_refused_in_one_line(
    painter: Path, story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny, films = write_tiny_bundle(tmp_path / "tiny"), write(tmp_path / "films", [clip(0, "train")]).folder
    command = ["memory", str(tiny), str(films), str(tmp_path / "out"), "--autoencoder", str(painter)]
    assert main([*command, "--story", str(story)]) == 2
    assert "expected takes of the world (`prepare --corpus world`), got clips of films" in capsys.readouterr().err
