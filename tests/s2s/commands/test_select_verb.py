"""`python -m s2s train localizer` and `select`: from prepared clips to moments, scores and a sheet."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from s2s.__main__ import main
from s2s.card import IMAGE_ENCODER, read_card, write_card
from s2s.data.annotations import read_annotation
from s2s.selection.select import load_scores
from s2s.world.truth import PartTruth, Truth
from tests.fakes import write_tiny_bundle
from tests.s2s.selection.clips import MadeUp, write_prepared

pytestmark = pytest.mark.heavy

TINY = ("embedding_dim=8", "picture_width=8", "sound_width=16", "batch=2", "moments=2")
Run = Callable[..., int]


@pytest.fixture
def source() -> MadeUp:
    return MadeUp(5, val_from=4)


@pytest.fixture
def data(source: MadeUp, tmp_path: Path) -> Path:
    return write_prepared(tmp_path / "data", source)


@pytest.fixture
def run(data: Path, tmp_path: Path) -> Run:
    def run(*arguments: object, out: str = "out.json") -> int:
        return main(["select", str(data), str(tmp_path / out), *map(str, arguments)])

    return run


def written(tmp_path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((tmp_path / "out.run.json").read_text())
    return told


def test_a_localizer_is_trained_and_selects(data: Path, run: Run, tmp_path: Path, source: MadeUp) -> None:
    bundle = ["--bundle", str(write_tiny_bundle(tmp_path / "tiny"))]
    settings = [word for setting in TINY for word in ("--set", setting)]
    stage = [
        "train",
        "localizer",
        str(data),
        str(tmp_path / "model"),
        "--steps",
        "1",
        "--threads",
        "1",
        "--moments",
        "3",
    ]
    assert main([*stage, *bundle, *settings]) == 0
    assert run("--model", tmp_path / "model", *bundle, "--shown", 2) == 0
    moments = read_annotation(tmp_path / "out.json").moments
    assert sorted(moments) == source.ids
    assert all(len(frames) == 10 and len(set(frames)) == 10 and max(frames) < 12 for frames in moments.values())
    scores, settings_told = load_scores(tmp_path / "out.safetensors")
    for clip_id, each in scores.items():
        assert np.argmax(each) == moments[clip_id][0]
        assert np.abs(each).max() <= 1.0
    assert settings_told["by"] == "localizer"
    assert written(tmp_path)["results"]["clips"] == 5
    with Image.open(tmp_path / "out.png") as sheet:
        assert sheet.height > 2 * 160
    assert sorted(path.name for path in tmp_path.glob("out*")) == [
        "out.json",
        "out.png",
        "out.run.json",
        "out.safetensors",
    ]


@pytest.mark.parametrize("by", ["middle", "random", "loudest", "self"])
def test_every_other_way_selects_without_training(by: str, run: Run, tmp_path: Path, source: MadeUp) -> None:
    assert run("--by", by, "--bundle", write_tiny_bundle(tmp_path / "tiny"), "--count", 3) == 0
    moments = read_annotation(tmp_path / "out.json").moments
    assert {len(frames) for frames in moments.values()} == {3}
    if by == "middle":
        assert set(moments.values()) == {(6, 5, 7)}
    if by == "loudest":
        assert all(frames[0] - source.start(clip_id) in range(4) for clip_id, frames in moments.items())


def test_the_truth_of_a_world_says_how_often_it_is_right(
    run: Run, tmp_path: Path, source: MadeUp, capsys: pytest.CaptureFixture[str]
) -> None:
    world = tmp_path / "world"
    world.mkdir()
    for clip_id in source.ids:
        curve = source.presence(clip_id)
        truth = Truth(0, 12.0, (PartTruth("owl", curve, curve, curve),))
        (world / f"{clip_id}.json").write_text(json.dumps(truth.to_dict()))
    assert run("--by", "loudest", "--truth", world) == 0
    told = written(tmp_path)["results"]["truth"]
    assert (told["hits"], told["clips"]) == (5, 5)
    assert told["chance"] == pytest.approx(4 / 12)
    assert "in 5 of 5 clips, 100.0%" in capsys.readouterr().out
    (world / "clip-3.json").unlink()
    assert run("--by", "loudest", "--truth", world) == 2
    assert "clip-3.json is missing" in capsys.readouterr().err


def test_one_split_alone_can_be_asked_for(run: Run, tmp_path: Path) -> None:
    assert run("--by", "middle", "--split", "val") == 0
    assert list(json.loads((tmp_path / "out.json").read_text())) == ["clip-4"]


def test_a_stopped_run_goes_on_and_a_finished_one_is_not_done_again(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from s2s.selection.selectors import ByChance

    scored: list[str] = []
    scores = ByChance.scores

    def dies(self: ByChance, source: Any, clip_id: str) -> Any:
        scored.append(clip_id)
        if len(scored) == 3:
            raise KeyboardInterrupt
        return scores(self, source, clip_id)

    monkeypatch.setattr(ByChance, "scores", dies)
    assert run("--by", "random") == 130
    assert not (tmp_path / "out.json").exists()
    assert run("--by", "random") == 0
    assert scored == ["clip-0", "clip-1", "clip-2", "clip-2", "clip-3", "clip-4"]
    whole = (tmp_path / "out.json").read_text()
    assert run("--by", "random", "--count", 2) == 0
    assert len(scored) == 6
    assert run("--by", "random", "--seed", 1) == 0
    assert len(scored) == 11
    assert (tmp_path / "out.json").read_text() != whole


def test_ranks_share_the_work(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    assert run("--by", "random") == 0
    assert [path.name for path in tmp_path.glob("out*")] == ["out.rank-001.jsonl"]
    monkeypatch.setenv("RANK", "0")
    assert run("--by", "random") == 0
    shared = (tmp_path / "out.json").read_text()
    monkeypatch.delenv("WORLD_SIZE")
    assert run("--by", "random", out="alone.json") == 0
    assert (tmp_path / "alone.json").read_text() == shared


def test_clips_without_frames_are_skipped_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_prepared(tmp_path / "some", MadeUp(3, broken=[1]))
    assert main(["select", str(data), str(tmp_path / "out.json"), "--by", "middle"]) == 0
    assert written(tmp_path)["results"]["skipped"] == {"!clip-1": "it has no frames"}
    assert "2 clips, 1 skipped" in capsys.readouterr().out
    data = write_prepared(tmp_path / "none", MadeUp(1, broken=[0]))
    assert main(["select", str(data), str(tmp_path / "none.json"), "--by", "middle"]) == 2
    assert "none of 1 clips can be used: it has no frames" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--model", "nowhere"], "nowhere holds no localizer"),
        ([], "--model names no localizer"),
        (["--by", "self", "--bundle", "nowhere"], "nowhere: no such model folder"),
        (["--by", "middle", "--truth", "nowhere"], "nowhere: no such folder"),
        (["--by", "middle", "--split", "test"], "no clips of that split"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    arguments: list[str], named: str, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert named in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out.json").exists()


def test_a_range_that_leaves_nothing_to_hear_is_refused(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_code:
        run("--audible-db", "-3")
    assert exit_code.value.code == 2
    assert "expected dB above 0, or none; got -3" in capsys.readouterr().err


def test_other_inputs_are_refused_in_one_line(
    run: Run, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--by", "middle", out="out.txt") == 2
    assert "ends in .json" in capsys.readouterr().err
    assert main(["select", str(tmp_path), str(tmp_path / "out.json"), "--by", "middle"]) == 2
    assert "holds no prepared clips" in capsys.readouterr().err
    blind = write_tiny_bundle(tmp_path / "blind")
    write_card(blind, read_card(blind).model_copy(update={"image_encoder": None}))
    (blind / IMAGE_ENCODER).unlink()
    assert main(["train", "localizer", str(data), str(tmp_path / "m"), "--bundle", str(blind)]) == 2
    assert "image_encoder.safetensors is missing" in capsys.readouterr().err
    assert run("--by", "self", "--bundle", blind) == 2
    assert "needs f_V" in capsys.readouterr().err
