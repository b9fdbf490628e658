"""The judge learns the classes of pictures, in either size, and comes back knowing their names."""

import json
import math
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.testing import assert_close
from torchvision.models import inception_v3

from s2s.data.clip_source import DataError
from s2s.models.judge import INCEPTION_PX, Judge, as_input
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.engine.step_context import StepContext
from s2s.training.inputs.images import UNKNOWN, Pictures
from s2s.training.inputs.tensors import to_tensor
from s2s.training.stages.judge import JudgeSettings, JudgeStage, load_judge, train_judge
from tests.s2s.training.made_up_pictures import SCENES, coloured_pictures

pytestmark = pytest.mark.heavy

TINY = JudgeSettings(batch=8)


@pytest.fixture
def large_files(tmp_path: Path) -> Iterator[Path]:
    """A folder that does not outlive the test: pytest keeps those of the last runs."""
    yield tmp_path
    shutil.rmtree(tmp_path)


def plan(out: Path, steps: int, seed: int = 0, **length: Any) -> RunPlan:
    return RunPlan(
        out,
        RunLength(steps, **{"validate_every": 2, "log_every": 1, **length}),
        DeviceContext(precision="float32"),
        seed,
    )


def log_of(out: Path) -> list[dict[str, float]]:
    """Return the lines of a run's log without how long each took."""
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "trained_s"} for line in lines]


def unlabelled(data: Pictures, rows: list[int]) -> Pictures:
    labels = data.labels.copy()
    labels[rows] = UNKNOWN
    return replace(data, labels=labels)


def test_the_small_judge_trains_and_comes_back_with_its_classes(tmp_path: Path) -> None:
    data = coloured_pictures()
    judge = train_judge(data, TINY, plan(tmp_path, 1))
    loaded = load_judge(tmp_path)
    assert loaded.architecture == "small" and loaded.classes == data.classes
    pictures = to_tensor(data.pixels[:3], 64)
    assert loaded.features(pictures).shape == (3, 128)
    assert loaded(pictures).shape == (3, SCENES)
    assert_close(loaded(pictures), judge(pictures))
    assert not any(weight.requires_grad for weight in judge.parameters())
    told = json.loads((tmp_path / "run.json").read_text())
    assert (told["stage"], told["pictures"], told["classes"]) == ("judge", 16, SCENES)
    trained, validated = log_of(tmp_path)
    assert {"loss", "accuracy"} <= set(trained) and {"val_loss", "val_accuracy"} <= set(validated)


@pytest.mark.heavy
def test_inception_begins_with_the_weights_it_is_given_and_comes_back(large_files: Path) -> None:
    weights = large_files / "inception.pth"
    given = inception_v3(weights=None, init_weights=False).state_dict()  # with both of its heads, as published
    torch.save(given, weights)
    data = coloured_pictures(4, held_out=1)
    settings = JudgeSettings("inception", batch=2, learning_rate=1e-9)
    out = large_files / "judge"
    judge = train_judge(data, settings, plan(out, 1), weights)
    assert_close(judge.body.state_dict()["Mixed_7c.branch1x1.conv.weight"], given["Mixed_7c.branch1x1.conv.weight"])
    assert json.loads((out / "run.json").read_text())["weights"] == "inception.pth"
    assert {"val_loss", "val_accuracy"} <= set(log_of(out)[-1])
    loaded = load_judge(out)
    assert loaded.architecture == "inception" and loaded.classes == data.classes
    pictures = to_tensor(data.pixels[:1], 64)
    with torch.inference_mode():
        features = loaded.features(pictures)
        assert features.shape == (1, 2048) and float(features.min()) >= 0
        assert_close(loaded(pictures), judge(pictures), atol=1e-4, rtol=1e-4)


def test_inception_sees_pictures_at_imagenets_scale_and_corner_on_corner() -> None:
    pictures = torch.zeros(1, 3, 2, 2)
    pictures[..., 1] = 1.0  # white to the right
    seen = as_input(pictures)
    assert seen.shape == (1, 3, INCEPTION_PX, INCEPTION_PX)
    for colour, (mean, deviation) in enumerate([(0.485, 0.229), (0.456, 0.224), (0.406, 0.225)]):
        row = seen[0, colour, 5]
        wanted = [(grey - mean) / deviation for grey in (0.5, 0.75, 1.0)]
        assert row[[0, 149, 298]].tolist() == pytest.approx(wanted, abs=1e-5)


def test_weights_that_are_not_inceptions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    torch.save({"conv1.weight": torch.zeros(1)}, path)
    with pytest.raises(ValueError, match=r"other\.pth is no state dict of torchvision's inception_v3"):
        Judge(("a", "b"), "inception").load_body(path)
    path.write_bytes(b"not a pickle")
    with pytest.raises(ValueError, match="is no state dict"):
        Judge(("a", "b"), "inception").load_body(path)
    with pytest.raises(ValueError, match="architecture inception, not for small"):
        JudgeStage(coloured_pictures(), TINY, DeviceContext(precision="float32"), weights=path)


def test_pictures_without_labels_are_refused_with_what_to_do() -> None:
    data = coloured_pictures()
    nameless = replace(data, labels=np.full_like(data.labels, UNKNOWN), classes=())
    with pytest.raises(DataError, match=r"prepare films that have labels .* index\.jsonl"):
        JudgeStage(nameless, TINY, DeviceContext(precision="float32"))
    one_class = unlabelled(data, [row for row in range(24) if data.labels[row]])
    with pytest.raises(DataError, match="fewer than two"):
        JudgeStage(one_class, TINY, DeviceContext(precision="float32"))


def test_a_picture_without_a_label_is_neither_learnt_nor_asked_about() -> None:
    data = unlabelled(coloured_pictures(), [0, 5, 6, 20])
    stage = JudgeStage(data, replace(TINY, batch=100), DeviceContext(precision="float32"))
    stage.step(StepContext(0, 0.0, 0))
    assert len(stage.last_batch()["target"]) == 13
    assert int(stage.last_batch()["target"].min()) >= 0
    assert math.isfinite(stage.validate()["loss"])
    nothing_known = unlabelled(data, data.held_out.tolist())
    assert JudgeStage(nothing_known, TINY, DeviceContext(precision="float32")).validate() == {}


def test_it_learns_to_name_pictures_held_out_and_its_loss_lies_within_its_bounds(tmp_path: Path) -> None:
    data = coloured_pictures(64, held_out=16)
    untrained = JudgeStage(data, TINY, DeviceContext(precision="float32"))
    bounds = untrained.bounds()
    assert bounds is not None and (bounds.name, bounds.floor) == ("loss", 0.0)
    assert bounds.ceiling == pytest.approx(math.log(SCENES))
    # In training mode: the running statistics of a fresh network have seen nothing.
    assert untrained.step(StepContext(0, 0.0, 0))["loss"] == pytest.approx(bounds.ceiling, abs=0.6)
    train_judge(data, replace(TINY, batch=16), plan(tmp_path, 24, validate_every=12))
    assert log_of(tmp_path)[-1]["val_accuracy"] > 0.8


def test_a_run_that_was_killed_goes_on_as_if_it_had_not_been(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = coloured_pictures()
    length: dict[str, Any] = {"save_every_s": 0.0, "log_every": 3}
    whole = train_judge(data, TINY, plan(tmp_path / "whole", 4, **length))
    step = JudgeStage.step

    def killed(stage: JudgeStage, ctx: StepContext) -> dict[str, float]:
        if ctx.step == 2:
            raise KeyboardInterrupt
        return step(stage, ctx)

    monkeypatch.setattr(JudgeStage, "step", killed)
    with pytest.raises(KeyboardInterrupt):
        train_judge(data, TINY, plan(tmp_path / "killed", 4, **length))
    monkeypatch.setattr(JudgeStage, "step", step)
    resumed = train_judge(data, TINY, plan(tmp_path / "killed", 4, **length))
    assert log_of(tmp_path / "killed") == log_of(tmp_path / "whole")
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_a_folder_without_a_judge_says_how_to_train_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train judge"):
        load_judge(tmp_path)
