"""`python -m s2s train audio-encoder`: from prepared clips and a finished f_V to an f_A, on a tiny folder."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml

from s2s.__main__ import main
from s2s.card import read_card
from s2s.training.inputs.pairs import Pairs
from s2s.training.stages.audio_encoder import load_audio_encoder
from tests.fakes import write_tiny_bundle
from tests.s2s.data.films import film
from tests.s2s.selection.clips import MadeUp, write_prepared

pytestmark = pytest.mark.heavy

Run = Callable[..., int]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "tiny")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_prepared(tmp_path / "data", MadeUp(6, val_from=4, broken=[1]))


@pytest.fixture(autouse=True)
def same_threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def run(data: Path, bundle: Path, tmp_path: Path) -> Run:
    def run(*arguments: object, out: str = "out") -> int:
        always = ["train", "audio-encoder", str(data), str(tmp_path / out), "--image-encoder", str(bundle)]
        size = ["--threads", "1", "--clip-seconds", "1", "--set", "width=4", "--set", "batch=2"]
        return main([*always, "--steps", "1", *size, *map(str, arguments)])

    return run


def moments_file(folder: Path, moments: dict[str, list[int]]) -> Path:
    path = folder / "moments.json"
    path.write_text(json.dumps(moments))
    return path


def told(out: Path) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads((out / "run.json").read_text())
    return settings


def test_an_encoder_is_trained_on_prepared_clips(run: Run, tmp_path: Path, bundle: Path) -> None:
    assert run() == 0
    out = tmp_path / "out"
    net, spec = load_audio_encoder(out)
    assert (net.width, net.embedding_dim) == (4, 32)
    assert spec.clip_samples == 16_000 and spec.normalisation == "fixed"
    pairs = Pairs.open(out / "cache" / "pairs")
    assert pairs.spec == spec
    assert [pairs.ids[row] for row in pairs.train] == ["clip-0", "clip-2", "clip-3"]  # the other has no frames
    assert [pairs.ids[row] for row in pairs.held_out] == ["clip-4", "clip-5"]
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert {"loss", "contrast", "distance"} <= set(lines[0]) and "val_recall_1" in lines[-1]
    assert told(out)["stage"] == "audio-encoder" and told(out)["augmentation"]["background_share"] > 0
    assert sorted(path.name for path in out.glob("*.safetensors")) == ["audio_encoder.safetensors"]


@pytest.mark.proc
def test_films_on_the_disk_are_enough_to_begin_with(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    for name in ("one", "two", "three"):
        film(tmp_path / "films" / f"{name}.mp4")
    prepared = ["--px", "64", "--workers", "1", "--split", "1,0,0"]
    assert main(["prepare", str(tmp_path / "films"), str(tmp_path / "prepared"), *prepared]) == 0
    stage = ["train", "audio-encoder", str(tmp_path / "prepared"), str(tmp_path / "out"), "--threads", "1"]
    sizes = ["--px", "64", "--clip-seconds", "1", "--set", "width=4", "--steps", "1"]
    assert main([*stage, "--image-encoder", str(bundle), *sizes]) == 0
    assert load_audio_encoder(tmp_path / "out")[0].width == 4


def test_moments_say_which_frames_and_which_sound(run: Run, tmp_path: Path) -> None:
    moments = moments_file(tmp_path, {"clip-0": [11, 2], "clip-2": [0, 5], "elsewhere": [3]})
    assert run("--moments", moments, "--top", 2, "--normalisation", "clip", "--augmentation", "none") == 0
    pairs = Pairs.open(tmp_path / "out" / "cache" / "pairs")
    assert pairs.ids == ("clip-0", "clip-2") and pairs.features.shape[1] == 2
    assert pairs.spec.normalisation == "clip"
    assert told(tmp_path / "out")["augmentation"]["background_share"] == 0


def test_other_moments_are_not_mistaken_for_what_is_cached(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clips = {"clip-0": [11], "clip-2": [0], "clip-3": [4]}
    assert run("--moments", moments_file(tmp_path, clips), "--cache", tmp_path / "cache") == 0
    others = moments_file(tmp_path, {**clips, "clip-3": [5]})
    assert run("--moments", others, "--cache", tmp_path / "cache", out="another") == 2
    assert "holds pairs with other frames: choose another --cache" in capsys.readouterr().err


def test_moments_of_other_clips_are_refused_in_one_line(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--moments", moments_file(tmp_path, {"elsewhere": [3]})) == 2
    assert "at least two pairs to train on, got 0 of 0" in capsys.readouterr().err


def test_a_second_command_begins_with_the_first_ones_encoder(run: Run, tmp_path: Path) -> None:
    assert run() == 0
    assert run("--from", tmp_path / "out", "--set", "learning_rate=0", out="next") == 0
    first, second = (dict(load_audio_encoder(tmp_path / name)[0].named_parameters()) for name in ("out", "next"))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_what_goes_on_from_a_bundle_hears_as_the_bundle_does(run: Run, tmp_path: Path, bundle: Path) -> None:
    assert run("--from", bundle) == 0
    heard = read_card(bundle).spectrogram
    assert load_audio_encoder(tmp_path / "out")[1] == replace(heard, clip_samples=16_000)
    assert told(tmp_path / "out")["spec"]["mean"] == heard.mean == -12.0
    assert run("--from", tmp_path / "out", out="next") == 0  # and on from that
    assert load_audio_encoder(tmp_path / "next")[1] == load_audio_encoder(tmp_path / "out")[1]


def test_the_same_command_goes_on_where_it_stopped(run: Run, tmp_path: Path) -> None:
    assert run() == 0
    assert run("--steps", 2, "--resume") == 0
    steps = [json.loads(line)["step"] for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert sorted(set(steps)) == [1, 2]


def test_a_dry_run_prints_what_would_be_and_does_nothing(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--dry-run", "--set", "loss=nce", "--hearing", "still") == 0  # as --augmentation none was once said
    printed = yaml.safe_load(capsys.readouterr().out)
    assert printed["settings"]["loss"] == "nce" and printed["settings"]["width"] == 4
    assert printed["settings"]["augmentation"]["short_share"] == 0
    assert printed["steps"] == 1 and printed["clip_seconds"] == 1.0 and printed["minutes"] == np.inf
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--set", "widht=8"], "no setting 'widht'; known: augmentation.background_db"),
        (["--set", "width=wide"], "setting width"),
        (["--frame", "top1"], "--frame top1 needs --moments"),
        (["--clip-seconds", "0.1"], "--clip-seconds: expected 0.5 to 60, got 0.1"),
        (["--recordings", "."], "--recordings go with the world's takes alone"),
        (["--px", "96"], "at least two pairs"),  # the log says of each clip which sizes were prepared
        (["--from", "{tmp}/nowhere"], "nowhere"),
        (["--from", "{tmp}/tiny", "--set", "width=8"], "expected width 8 and 32 numbers"),
        (["--from", "{tmp}/tiny", "--normalisation", "clip"], "tiny hears by fixed normalisation"),
        (["--resume"], "holds no checkpoint to resume from"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    arguments: list[str], named: str, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*(one.format(tmp=tmp_path) for one in arguments)) == 2
    lines = capsys.readouterr().err.splitlines()
    assert named in lines[-1]
