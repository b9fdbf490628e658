"""`python -m s2s blend`, `invert` and `edit`: sheets, films, vectors, and what is told beside them."""

import json
import logging
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import torch
from PIL import Image

from s2s import bundle
from s2s.__main__ import main
from s2s.sampling.embed import embed_sound
from s2s.sampling.generate import paint
from s2s.sampling.inversion import cache as inversion_cache
from s2s.sampling.inversion.cache import load_inverted
from s2s.sampling.inversion.search import DivergedError
from s2s.sampling.noise import draw_noise
from tests.fakes import write_tiny_bundle
from tests.s2s.media.test_audio import tone, write_wav

pytestmark = pytest.mark.heavy

CELL_PX, GAP_PX = 160, 6
QUICK = ("--steps", 2, "--restarts", 1, "--screened", 2)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model, to be read alone."""
    return write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def sounds(tmp_path: Path) -> list[Path]:
    pitches_hz = {"rain": 300.0, "bell": 1_200.0}
    return [write_wav(tmp_path / f"{name}.wav", tone(16_000, 0.4, hz)) for name, hz in pitches_hz.items()]


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    files: list[Path] = []
    for name in ("dawn", "dusk"):
        pixels = np.random.default_rng(len(files)).integers(0, 256, (40, 60, 3), dtype=np.uint8)
        files.append(tmp_path / f"{name}.png")
        Image.fromarray(pixels).save(files[-1])
    return files


def s2s(verb: str, *arguments: object, model: Path) -> int:
    return main([verb, *map(str, arguments), "--model", str(model)])


def cells_of(sheet: Path) -> tuple[int, int]:
    """How many columns and rows of pictures a sheet has room for beside its captions."""
    with Image.open(sheet) as image:
        return image.width // (CELL_PX + GAP_PX), image.height // (CELL_PX + GAP_PX)


def results_of(sheet: Path) -> dict[str, Any]:
    results: dict[str, Any] = json.loads(sheet.with_suffix(".json").read_text(), parse_constant=pytest.fail)["results"]
    return results


def test_a_blend_goes_from_the_sound_to_the_image_one_row_a_pair(
    model: Path, images: list[Path], sounds: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "sheets" / "blend.png"
    assert s2s("blend", images[0], sounds[0], images[1], sounds[1], out, model=model) == 0
    assert cells_of(out) == (6, 2)  # the image and five amounts
    rows = results_of(out)["rows"]
    assert [row["image"] for row in rows] == list(map(str, images))
    assert [column["λ"] for column in rows[0]["columns"]] == [0.0, 0.25, 0.5, 0.75, 1.0]
    cosines = [column["cosine with the image"] for column in rows[0]["columns"]]
    assert cosines == sorted(cosines)
    assert cosines[0] == pytest.approx(rows[0]["cosine of image and sound"], abs=1e-3)
    assert cosines[-1] == 1.0
    assert rows[0]["columns"][0]["levels changed"] == 0.0


def test_blends_of_more_noise_have_more_rows(
    model: Path, images: list[Path], sounds: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "blend.png"
    assert s2s("blend", images[0], sounds[0], out, "--count", 3, "--lambdas=0,1", model=model) == 0
    assert cells_of(out) == (3, 3)


def test_a_blend_at_0_is_what_generate_paints_of_the_sound(
    model: Path, images: list[Path], sounds: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "blend.png"
    assert s2s("blend", images[0], sounds[0], out, "--lambdas", "0", "--seed", 4, model=model) == 0
    loaded = bundle.load(model)
    h = embed_sound(loaded, tone(160_000, 0.4, 300.0).astype(np.float32))
    expected = paint(loaded, draw_noise(1, 8, seed=4), h)[0]
    with Image.open(out) as sheet:
        cell = sheet.crop((sheet.width - CELL_PX - GAP_PX, sheet.height - CELL_PX - GAP_PX, sheet.width, sheet.height))
        shown = np.asarray(cell.crop((0, 0, CELL_PX, CELL_PX)).resize((32, 32), Image.Resampling.BOX))
    assert np.abs(shown.astype(int) - expected).max() <= 3


def test_an_inversion_into_a_file_says_how_far_it_is(
    model: Path, images: list[Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    search = ("--steps", 20, "--restarts", 1, "--screened", 2, "--cache", tmp_path / "cache")
    with caplog.at_level(logging.INFO):
        assert s2s("invert", images[0], tmp_path / "out.png", *search, model=model) == 0
    steps = [line.split(",")[0] for line in caplog.messages if "pixel loss" in line]
    assert steps[0] == "dawn: step 0 of at most 20" and steps[-1] == "dawn: step 20 of at most 20"
    assert len(steps) == len(set(steps)) == 11


def test_an_edit_shows_the_image_as_it_was_found_in_the_middle(
    model: Path, images: list[Path], sounds: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "edit.png"
    assert s2s("edit", images[0], sounds[0], out, *QUICK, "--cache", tmp_path / "cache", model=model) == 0
    assert cells_of(out) == (6, 1)
    (row,) = results_of(out)["rows"]
    assert [column["λ"] for column in row["columns"]] == [-2.0, -1.0, 0.0, 1.0, 2.0]
    assert row["columns"][2]["cosine with the image"] == 1.0
    assert row["columns"][2]["levels changed"] < 0.1
    assert row["distance of z_A1 and z_A2"] > 0.0
    assert row["inversion"]["found"]["total"] <= row["inversion"]["f_V alone"]["total"]
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_an_edit_by_equal_volumes_changes_nothing_and_a_second_sound_takes_the_place_of_the_volume(
    model: Path, images: list[Path], sounds: list[Path], tmp_path: Path
) -> None:
    distances = []
    cache = ("--cache", tmp_path / "cache")
    for options in (("--quieter", 0), ("--second", sounds[1]), ("--second", sounds[0])):
        out = tmp_path / "edit.png"
        assert s2s("edit", images[0], sounds[0], out, *options, *QUICK, *cache, model=model) == 0
        (row,) = results_of(out)["rows"]
        distances.append(row["distance of z_A1 and z_A2"])
        if not distances[-1]:
            assert {column["cosine with the image"] for column in row["columns"]} == {1.0}
    assert distances[0] == distances[2] == 0.0
    assert distances[1] > 0.0


def test_an_edit_from_the_cache_is_the_same_sheet(
    model: Path, images: list[Path], sounds: list[Path], tmp_path: Path
) -> None:
    sheets = []
    for name in ("one.png", "two.png"):
        out = tmp_path / name
        assert s2s("edit", images[0], sounds[0], out, *QUICK, "--cache", tmp_path / "cache", model=model) == 0
        sheets.append(out.read_bytes())
    assert sheets[0] == sheets[1]


def test_an_inversion_shows_before_and_after_and_writes_the_vectors_that_paint_it(
    model: Path, images: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found.png"
    assert s2s("invert", images[0], out, *QUICK, "--cache", tmp_path / "cache", model=model) == 0
    assert cells_of(out) == (3, 1)
    found, about = load_inverted(tmp_path / "found.safetensors")
    assert about["image"] == str(images[0])
    assert np.abs(paint(bundle.load(model), found.z, found.h)[0].astype(int) - found.picture).max() <= 1
    losses = results_of(out)["images"]["dawn"]
    assert losses["found"]["total"] == found.losses.total
    assert set(losses["found"]) == {"pixel", "feature", "prior", "leash", "total"}
    assert "pixel loss" in capsys.readouterr().out


def test_inversions_of_many_images_go_onto_one_sheet_or_into_a_folder(
    model: Path, images: list[Path], tmp_path: Path
) -> None:
    cache = ("--cache", tmp_path / "cache")
    assert s2s("invert", *images, tmp_path / "all.png", *QUICK, *cache, model=model) == 0
    assert cells_of(tmp_path / "all.png") == (3, 2)
    assert s2s("invert", *images, tmp_path / "each", *QUICK, *cache, model=model) == 0
    names = ["dawn.png", "dawn.safetensors", "dusk.png", "dusk.safetensors", "run.json"]
    assert sorted(path.name for path in (tmp_path / "each").iterdir()) == names
    one, other = (
        load_inverted(path)[0] for path in (tmp_path / "all-dusk.safetensors", tmp_path / "each/dusk.safetensors")
    )
    assert torch.equal(one.z, other.z)


@pytest.mark.heavy
def test_films_go_through_every_pair_with_its_sound(
    model: Path, images: list[Path], sounds: list[Path], tmp_path: Path
) -> None:
    pairs = (images[0], sounds[0], images[1], sounds[1])
    film = ("--film", tmp_path / "film.mp4", "--seconds", 1)
    assert s2s("blend", *pairs, tmp_path / "blend.png", *film, model=model) == 0
    with av.open(str(tmp_path / "film.mp4")) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    with av.open(str(tmp_path / "film.mp4")) as container:
        heard = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    assert len(pictures) == 2 * 24
    assert heard.shape[1] >= 2 * 16_000
    assert np.abs(heard).max() > 0.2
    assert s2s("edit", *pairs, tmp_path / "edit.png", *film, *QUICK, "--second", sounds[1], model=model) == 0
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 2 * 24


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["blend", "{image}", "{out}"], "pairs"),
        (["blend", "{sound}", "{image}", "{out}"], "rain.wav"),
        (["blend", "{image}", "{image}", "{out}"], "dawn.png"),
        (["blend", "{image}", "{sound}", "{out}", "--lambdas", "0,1.5"], "0..1"),
        (["blend", "{image}", "{sound}", "{folder}/sheet.jpg"], ".png"),
        (["blend", "{image}", "{sound}", "{out}", "--film", "{folder}/film.avi"], ".mp4"),
        (["edit", "{folder}/nowhere.png", "{sound}", "{out}"], "nowhere.png"),
        (["edit", "{image}", "{sound}", "{out}", "--second", "{folder}/nowhere.wav"], "nowhere.wav"),
        (["edit", "{image}", "{sound}", "{out}", "--quieter", "nan"], "gain"),
        (["edit", "{image}", "{sound}", "{out}", "--restarts", "5", "--screened", "2"], "restarts"),
        (["invert", "{image}", "{folder}/nowhere.png", "{out}"], "nowhere.png"),
        (["invert", "{sound}", "{out}"], "rain.wav"),
    ],
)
def test_bad_input_is_one_line_that_names_what_is_wrong(
    arguments: list[str],
    named: str,
    model: Path,
    images: list[Path],
    sounds: list[Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    places = {"image": images[0], "sound": sounds[0], "folder": tmp_path, "out": tmp_path / "out.png"}
    verb, *rest = (argument.format(**places) for argument in arguments)
    quick = [] if verb == "blend" or "--restarts" in rest else QUICK
    assert s2s(verb, *rest, *quick, model=model) == 2
    error = capsys.readouterr().err
    assert named in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


def test_a_model_that_cannot_see_says_so(
    images: list[Path], sounds: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = write_tiny_bundle(tmp_path / "blind")
    card = (model / "model.yaml").read_text()
    (model / "model.yaml").write_text(card[: card.index("image_encoder:")])
    search = (*QUICK, "--cache", tmp_path / "empty")  # what was found once needs no f_V
    for verb, rest in (("blend", ()), ("edit", search), ("invert", search)):
        inputs = images[:1] if verb == "invert" else [images[0], sounds[0]]
        assert s2s(verb, *inputs, tmp_path / "out.png", *rest, model=model) == 2
        error = capsys.readouterr().err
        assert "image encoder" in error
        assert error.count("\n") == 1


def test_an_inversion_that_diverges_is_one_line(
    model: Path, images: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def diverge(*_: object, **__: object) -> None:
        raise DivergedError("every restart came to NaN")

    monkeypatch.setattr(inversion_cache, "cached", diverge)
    assert s2s("invert", images[0], tmp_path / "out.png", *QUICK, model=model) == 2
    assert "dawn: every restart came to NaN" in capsys.readouterr().err
