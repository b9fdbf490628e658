"""The published recipe on anybody's films, in small: prepare, five stages, a bundle, and the show plays it."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from s2s import bundle
from s2s.__main__ import main
from s2s.card import BigGanSizes, SwavSizes
from tests.show_runner import ShowRun

pytestmark = [pytest.mark.slow, pytest.mark.gl, pytest.mark.proc]

SCENES = ("rooster", "fire", "clock", "sea")
STAGE = ("--steps", 2, "--validate-every", 2, "--sheet-every", 2, "--threads", 2)
GAN = ("resolution=64", "channels=8", "z_dim=20", "shared_dim=8", "k_nn=3", "batch=4", "average_start=1")


def run(*words: object) -> None:
    assert main([str(word) for word in words]) == 0, " ".join(map(str, words))


def settings(*pairs: str) -> list[str]:
    return [word for pair in pairs for word in ("--set", pair)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Films of the world are films like any others here: only their pictures, sound and labels are used."""
    root = tmp_path_factory.mktemp("published")
    films, data, moments = root / "films", root / "data", root / "moments.json"
    run("world", films, "--clips", 16, "--px", 64, "--scenes", ",".join(SCENES), "--parts", 1, "--workers", 2)
    run("prepare", films, data, "--px", "224,64", "--clip-s", 5, "--split", "0.5,0.25,0.25", "--workers", 1)
    small = ("--px", 64, "--frames", 2)
    swav = settings("architecture=resnet50", "width=4", "batch=8", "prototypes=8", "projection_dim=8", "small_crops=1")
    run("train", "image-encoder", data, root / "f_V", *small, *STAGE, *swav)
    seen = ("--image-encoder", root / "f_V")
    run("train", "generator", data, root / "G", "--recipe", "icgan", *seen, *small, *STAGE, *settings(*GAN))
    localizer = ("--bundle", root / "f_V", "--moments", 4)
    run("train", "localizer", data, root / "localizer", *localizer, *STAGE, *settings("batch=4"))
    run("select", data, moments, "--by", "localizer", "--model", root / "localizer", "--bundle", root / "f_V")
    published = ("--moments", moments, "--normalisation", "clip", "--augmentation", "none", "--px", 224)
    f_A = settings("width=4", "batch=4")
    run("train", "audio-encoder", data, root / "f_A", *seen, *published, *STAGE, *f_A)
    run("train", "judge", data, root / "judge", *small, *STAGE, *settings("batch=4"))
    story = root / "story.yaml"
    story.write_text("provenance: the published recipe in small\ndata: 16 films\nlicence: CC0\n")
    finished = [word for stage in ("generator G", "audio-encoder f_A", "judge judge") for word in _option(root, stage)]
    told = ("--moments", moments, "--px", 224, "--story", story, "--name", "Films", "--sheet", root / "sheet.png")
    run("bundle", data, root / "model", *seen, *finished, *told)
    return root / "model"


def _option(root: Path, stage: str) -> list[object]:
    name, folder = stage.split()
    return [f"--{name}", root / folder]


def test_the_bundle_says_what_the_films_allow_to_measure_and_what_they_do_not(model: Path) -> None:
    card = bundle.read_card(model)
    assert isinstance(card.image_encoder, SwavSizes) and isinstance(card.generator, BigGanSizes)
    assert (card.name, card.licence) == ("Films", "CC0")
    assert {"R@1, pictures from sounds", "R@1, real pictures", "sound to own picture, recall at 1"} <= set(card.metrics)
    assert float(card.metrics["Fréchet distance in f_V, pictures from sounds"]) > 0
    assert "only the synthetic world knows how large its things are" in str(card.metrics["not measured"])
    assert not any(name.startswith("size") for name in card.metrics)


def test_the_show_plays_it(model: Path, tmp_path: Path) -> None:
    arguments = ("--model", str(model), "--source", "demo", "--output", "headless", "--size", "96x54")
    with ShowRun(tmp_path, *arguments, "--snapshot", str(tmp_path / "last.png")) as show:
        show.wait_for("INFO installation.show: ok")
        time.sleep(2.0)  # the inference process tells of itself between two pictures
        assert show.stop() == 0, show.log
        report = show.report()
    assert report["model"] == "Films"
    assert report["generator"]["frames"] > 0 and report["encoder"]["updates"] > 0 and report["restarts"] == 0
    with Image.open(tmp_path / "last.png") as picture:
        assert np.asarray(picture).std() > 1.0


def test_what_was_measured_lies_beside_the_bundle(model: Path) -> None:
    results = json.loads((model.parent / "model.bundle.json").read_text())["results"]
    assert results["held-out takes"] >= 2.0
    with Image.open(model.parent / "sheet.png") as sheet:
        assert sheet.width > 8 * 128
