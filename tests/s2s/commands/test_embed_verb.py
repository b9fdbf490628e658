"""`python -m s2s embed`: a folder as points of the space, for NumPy."""

import json
from pathlib import Path

import numpy as np
import pytest

from s2s import bundle
from s2s.__main__ import main
from s2s.card import IMAGE_ENCODER, read_card, write_card
from s2s.retrieval.embedding import embed_file
from tests.fakes import write_tiny_bundle
from tests.rounding import rounding
from tests.s2s.commands.test_retrieve_verb import write_image, write_sound
from tests.s2s.media.test_audio import write_wav

pytestmark = pytest.mark.heavy


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "tiny")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("rain", "sea"):
        (tmp_path / "folder" / name).mkdir(parents=True)
        write_sound(tmp_path / "folder" / name / "1.wav", len(name))
        write_image(tmp_path / "folder" / name / "1.png", len(name))
    write_wav(tmp_path / "folder" / "sea" / "silence.wav", np.zeros(8_000))
    return tmp_path / "folder"


def embed(*arguments: object, model: Path) -> int:
    return main(["embed", *map(str, arguments), "--model", str(model)])


def test_every_file_is_a_row_with_its_name_class_and_kind(model: Path, folder: Path, tmp_path: Path) -> None:
    assert embed(folder, tmp_path / "out.npz", model=model) == 0
    with np.load(tmp_path / "out.npz") as arrays:  # no pickle in it
        rows = list(zip(*(arrays[name].tolist() for name in ("names", "classes", "kinds")), strict=True))
        embeddings, made_by = arrays["embeddings"], arrays["model"].item()
    assert rows == [
        ("rain/1.png", "rain", "images"),
        ("sea/1.png", "sea", "images"),
        ("rain/1.wav", "rain", "sounds"),
        ("sea/1.wav", "sea", "sounds"),
    ]
    assert made_by == "Tiny 1" and embeddings.shape == (4, 32) and embeddings.dtype == np.float32
    loaded = bundle.load(model)
    for row, (name, *_) in zip(embeddings, rows, strict=True):
        np.testing.assert_allclose(row, embed_file(loaded, folder / name)[0].numpy(), **rounding())


def test_silence_has_no_place_and_that_is_said(
    model: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert embed(folder, tmp_path / "out.npz", "--among", "sounds", model=model) == 0
    results = json.loads((tmp_path / "out.json").read_text())["results"]
    assert results["embedded"] == {"sounds": 2} and results["model"] == "Tiny 1"
    assert results["skipped"] == {str(folder / "sea" / "silence.wav"): "nothing is heard: it is silent"}
    assert "silence.wav: nothing is heard" in caplog.text
    assert capsys.readouterr().out == f"{tmp_path / 'out.npz'}: 2 sounds, 1 left out\n"


def test_a_model_that_cannot_see_embeds_sounds_alone(model: Path, folder: Path, tmp_path: Path) -> None:
    write_card(model, read_card(model).model_copy(update={"image_encoder": None}))
    (model / IMAGE_ENCODER).unlink()
    assert embed(folder, tmp_path / "out.npz", model=model) == 0
    with np.load(tmp_path / "out.npz") as arrays:
        assert set(arrays["kinds"].tolist()) == {"sounds"}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["{tmp}/folder", "{tmp}/out.npy"], "expected a name that ends in .npz"),
        (["{tmp}/empty", "{tmp}/out.npz"], "empty: holds no sound"),
        (["{tmp}/nowhere", "{tmp}/out.npz"], "no such folder"),
    ],
)
def test_what_cannot_be_embedded_is_one_line_and_exit_code_2(
    arguments: list[str], named: str, model: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert embed(*(one.format(tmp=tmp_path) for one in arguments), model=model) == 2
    error = capsys.readouterr().err
    assert named in error and error.count("\n") == 1
