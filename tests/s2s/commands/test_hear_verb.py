"""`python -m s2s hear`: numbers, figures and a page, for bundles with source heads and without; one line if refused."""

import json
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from scipy.io import wavfile
from torch import nn

from s2s import bundle
from s2s.__main__ import main
from s2s.card import SourceHeadsSizes
from s2s.evaluate.hearing import ears, plots, report, scenes, sounds
from s2s.evaluate.hearing.halls import ROOM
from s2s.models.registry import build
from s2s.world.sounds import synthesize
from s2s.world.state import SCENES, draw_state
from tests.fakes import write_memory_bundle, write_tiny_bundle

pytestmark = [pytest.mark.gl, pytest.mark.heavy]


@pytest.fixture(autouse=True)
def _few_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ears, "PICTURES", 1)
    monkeypatch.setattr(ears, "_PICTURE_PX", 32)
    monkeypatch.setattr(plots, "_TILE_PX", 64)
    monkeypatch.setattr(scenes, "HALLS", (ROOM,))
    monkeypatch.setattr(sounds, "synthesize", partial(synthesize, duration_s=2.0))
    for name in report.MIXES:
        monkeypatch.setitem(report.MIXES, name, 3)


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """Recordings of two scenes and of two that are none."""
    esc10, more, unknown = tmp_path / "esc10", tmp_path / "more", tmp_path / "unknown"
    for number, scene in enumerate(("rain", "dog_bark", "baby_cry")):
        write_sound(esc10 / scene / f"3-{number}-A.wav", number)
    for number in range(3):
        write_sound(more / "fire" / f"recording{number}-0.wav", number)
        write_sound(unknown / "speech" / f"voice{number}-0.wav", number)
    return {"--recordings": esc10, "--more": more, "--unknown": unknown}


def write_sound(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    sound = synthesize(draw_state("rain", seed), duration_s=2.0)
    wavfile.write(path, 16_000, (sound * 32767).astype(np.int16))


def with_heads(folder: Path) -> Path:
    """Give the bundle in `folder` heads of random weights; return it."""
    model = bundle.load(folder)
    sizes = SourceHeadsSizes(names=SCENES, map_dim=8 * model.card.audio_encoder.width, h_dim=32, hidden=8)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        heads = build(sizes)
    f_A, G, f_V = (cast(nn.Module, one) for one in (model.audio_encoder, model.generator, model.image_encoder))
    card = model.card.model_copy(update={"source_heads": sizes})
    bundle.save(folder, card, audio_encoder=f_A, generator=G, image_encoder=f_V, source_heads=heads)
    return folder


def heard(model: Path, out: Path, folders: dict[str, Path]) -> dict[str, Any]:
    given = [str(word) for option in folders.items() for word in option]
    assert main(["hear", str(model), str(out), "--takes", "1", *given]) == 0
    numbers: dict[str, Any] = json.loads((out / "hearing.json").read_text())
    return numbers


@pytest.mark.slow
def test_a_bundle_with_heads_is_measured_by_both_ways_of_naming(tmp_path: Path, folders: dict[str, Path]) -> None:
    out = tmp_path / "out"
    numbers = heard(with_heads(write_memory_bundle(tmp_path / "model")), out, folders)
    conditions = {(one["set"], one["hall"], one["gain, dB"], one["by"]) for one in numbers["scenes"]}
    assert len(conditions) == len(numbers["scenes"]) == 2 + 3 * 2 * 4 * 2  # the world; sets, halls, gains, ways
    assert {one["score"] for one in numbers["unknown"]["ROC"]} == {"certainty", "nearest cosine"}
    assert {one["unknown"] for one in numbers["unknown"]["ROC"]} == {"all", "baby_cry", "speech"}
    assert sum(numbers["unknown"]["reliability"]["known: recordings and the world"]["sounds"]) == 28 + 3
    assert numbers["mixes"]["the world's takes"]["both: source heads, as named"]["of"] == 3
    assert "source heads, of the true scene" in numbers["world"]["nearness, rank correlation"]
    assert 0.0 <= numbers["world"]["hour"]["mean error, hours"] <= 12.0
    names = {"certainty.png", "loudness.png", "unknown.png", "mixes-1.png", "mixes-2.png"}
    assert {path.name for path in out.iterdir()} == {*names, "hearing.json", "hearing.html", "run.json"}


@pytest.mark.slow
def test_a_bundle_without_heads_is_measured_on_the_world_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    numbers = heard(write_tiny_bundle(tmp_path / "model"), out, {})
    assert [one["by"] for one in numbers["scenes"]] == ["nearest scene of h"]
    assert numbers["scenes"][0]["R@1"]["of"] == 28
    assert numbers["unknown"] == {"ROC": [], "reliability": {}}
    assert numbers["world"] == {"nearness, rank correlation": {}, "hour": None}
    page = (out / "hearing.html").read_text()
    assert "http" not in page.replace("http-equiv", "")
    assert "Not measured: nothing to measure it on was given." in page
    assert json.loads((out / "run.json").read_text())["arguments"]["takes"] == 1
    assert "by nearest scene of h: the world's takes, dry, 0 dB" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--recordings", "--more", "--unknown"])
def test_a_folder_without_sounds_is_refused_in_one_line(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    model = write_tiny_bundle(tmp_path / "model")
    assert main(["hear", str(model), str(tmp_path / "out"), option, str(tmp_path / "empty")]) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1 and str(tmp_path / "empty") in complaint
    assert not (tmp_path / "out").exists()
