"""`python -m s2s retrieve`: a sheet, its ranked paths, and one clear line for what cannot be searched."""

import json
import logging
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from s2s.__main__ import main
from s2s.card import IMAGE_ENCODER, read_card, write_card
from tests.fakes import write_tiny_bundle
from tests.s2s.media.test_audio import write_wav

pytestmark = pytest.mark.heavy

Retrieve = Callable[..., dict[str, Any]]


def write_sound(path: Path, seed: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.random.default_rng(seed).integers(-8000, 8000, 8000, dtype=np.int16).tobytes())
    return path


def write_image(path: Path, seed: int) -> Path:
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (12, 20, 3), dtype=np.uint8)).save(path)
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "tiny")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six images and six sounds, in two folders."""
    for kind in ("images", "sounds"):
        (tmp_path / "folder" / kind).mkdir(parents=True)
    for seed in range(6):
        write_image(tmp_path / "folder" / "images" / f"{seed}.png", seed)
        write_sound(tmp_path / "folder" / "sounds" / f"{seed}.wav", seed)
    return tmp_path / "folder"


@pytest.fixture
def run(model: Path, folder: Path, tmp_path: Path) -> Callable[..., int]:
    def run(*arguments: object) -> int:
        cache = ["--cache", str(tmp_path / "cache"), "--model", str(model)]
        return main(["retrieve", *map(str, arguments[:-1]), str(folder), str(arguments[-1]), *cache])

    return run


@pytest.fixture
def retrieve(run: Callable[..., int], tmp_path: Path) -> Retrieve:
    """Search the folder and return the results that were written."""

    def retrieve(*arguments: object) -> dict[str, Any]:
        out = tmp_path / "out.png"
        options = [argument for argument in arguments if str(argument).startswith("--")]
        queries = [argument for argument in arguments if argument not in options]
        assert run(*options, *queries, out) == 0
        results: dict[str, Any] = json.loads(out.with_suffix(".json").read_text())["results"]
        return results

    return retrieve


def test_a_sound_finds_images_and_an_image_finds_sounds(
    retrieve: Retrieve, tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound, image = write_sound(tmp_path / "query.wav", 99), write_image(tmp_path / "query.png", 99)
    results = retrieve("--count=3", sound, image)
    by_sound, by_image = results["queries"]
    assert [by_sound["among"], by_image["among"]] == ["images", "sounds"]
    for answer, ending in ((by_sound, ".png"), (by_image, ".wav")):
        similarities = [match["similarity"] for match in answer["matches"]]
        assert similarities == sorted(similarities, reverse=True)
        assert len(similarities) == 3
        assert {Path(match["path"]).suffix for match in answer["matches"]} == {ending}
        assert all(Path(match["path"]).is_file() for match in answer["matches"])
    printed = capsys.readouterr().out
    assert f"   1  {by_sound['matches'][0]['similarity']:.4f}  {by_sound['matches'][0]['path']}\n" in printed
    with Image.open(tmp_path / "out.png") as sheet:
        # Two rows of a query and three matches.
        assert sheet.width == pytest.approx(4 * 150, abs=10)
        assert sheet.height == pytest.approx(2 * 150, abs=60)
        assert len(np.unique(np.asarray(sheet).reshape(-1, 3), axis=0)) > 1000


def test_a_search_within_one_kind_leaves_the_query_itself_out(retrieve: Retrieve, folder: Path) -> None:
    query = folder / "images" / "3.png"
    write_image(folder / "images" / "same.png", 3)
    for _ in range(2):
        results = retrieve("--among=images", query)
        matches = results["queries"][0]["matches"]
        assert str(query) not in [match["path"] for match in matches]
        assert matches[0]["path"] == str(folder / "images" / "same.png")
        assert matches[0]["similarity"] == pytest.approx(1.0, abs=1e-6)
        assert len(matches) == 5


def test_a_sheet_left_in_the_folder_is_not_found_the_next_time(run: Callable[..., int], folder: Path) -> None:
    out = folder / "images" / "sheet.png"
    for _ in range(2):
        assert run("--count", 9, folder / "sounds" / "0.wav", out) == 0
    matches = json.loads(out.with_suffix(".json").read_text())["results"]["queries"][0]["matches"]
    assert sorted(Path(match["path"]).name for match in matches) == [f"{seed}.png" for seed in range(6)]


def test_a_generated_picture_is_searched_for_instead_of_its_query(
    retrieve: Retrieve, tmp_path: Path, folder: Path
) -> None:
    queries = [folder / "sounds" / "0.wav", folder / "sounds" / "1.wav", write_image(tmp_path / "query.png", 99)]
    plain = retrieve("--count=6", "--among=images", *queries)["queries"]
    generated = retrieve("--generated", "--count=6", *queries)["queries"]
    with Image.open(tmp_path / "out.png") as sheet:
        assert sheet.width == pytest.approx(3 * 150, abs=10)
        assert sheet.height == pytest.approx(7 * 150, abs=60)
    other_seed = retrieve("--generated", "--count=6", "--seed=1", *queries)["queries"]
    assert [query["among"] for query in generated] == ["images"] * 3
    assert plain != generated != other_seed
    assert generated == retrieve("--generated", "--count=6", *queries)["queries"]


def test_the_second_search_embeds_nothing_and_says_so(
    retrieve: Retrieve, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    query = folder / "sounds" / "0.wav"
    first, second = retrieve(query), retrieve(query)
    assert second["queries"] == first["queries"]
    assert [results["searched"]["images"]["embedded_before"] for results in (first, second)] == [0, 6]
    assert "6 images (6 embedded before), 0 skipped" in capsys.readouterr().out


def test_what_cannot_be_read_is_counted_and_named(
    retrieve: Retrieve, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(7):
        (folder / f"broken-{number}.jpg").write_bytes(b"no image")
    with caplog.at_level(logging.WARNING):
        results = retrieve(folder / "sounds" / "0.wav")
    assert len(results["searched"]["images"]["skipped"]) == 7
    assert "broken-0.jpg: cannot be read" in caplog.messages[0]
    assert caplog.messages[-1] == "skipped 2 more, named in the JSON"


def test_a_name_that_is_no_text_is_found_and_shown(retrieve: Retrieve, folder: Path) -> None:
    odd = folder / "images" / b"caf\xe9 \xe2\x82\xac.png".decode("utf-8", "surrogateescape")
    (folder / "images" / "0.png").rename(odd)
    matches = retrieve("--count=6", folder / "sounds" / "0.wav")["queries"][0]["matches"]
    assert "caf\ufffd €.png" in {Path(match["path"]).name for match in matches}


@pytest.mark.parametrize(
    ("query", "change", "named"),
    [
        ("missing.wav", None, "missing.wav: no such file"),
        ("missing.png", None, "missing.png: no such file"),
        ("silence.wav", None, "silence.wav: nothing is heard: it is silent"),
        ("empty", None, "empty: holds no image"),
        ("broken.png", None, "broken.png: cannot be read as an image"),
        ("query.wav", "no images", "holds no image"),
        ("query.png", "no sounds", "holds no sound"),
        ("query.wav", "no folder", "no such folder"),
        ("query.wav", "no f_V", "no image encoder"),
        ("query.png", "no f_V", "no image encoder"),
    ],
)
def test_what_cannot_be_searched_is_one_line_and_exit_code_2(
    query: str,
    change: str | None,
    named: str,
    run: Callable[..., int],
    model: Path,
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_sound(tmp_path / "query.wav", 0)
    write_image(tmp_path / "query.png", 0)
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "empty").mkdir()
    write_wav(tmp_path / "silence.wav", np.zeros(8_000))
    if change in ("no images", "no sounds"):
        for file in (folder / change.split()[1]).iterdir():
            file.unlink()
    elif change == "no folder":
        folder.rename(tmp_path / "elsewhere")
    elif change == "no f_V":
        write_card(model, read_card(model).model_copy(update={"image_encoder": None}))
        (model / IMAGE_ENCODER).unlink()
    assert run(tmp_path / query, tmp_path / "out.png") == 2
    error = capsys.readouterr().err
    assert named in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


def test_sounds_among_sounds_need_no_image_encoder(model: Path, retrieve: Retrieve, folder: Path) -> None:
    write_card(model, read_card(model).model_copy(update={"image_encoder": None}))
    (model / IMAGE_ENCODER).unlink()
    assert len(retrieve("--among=sounds", folder / "sounds" / "0.wav")["queries"][0]["matches"]) == 5


def test_a_sheet_must_be_a_png(run: Callable[..., int], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder / "sounds" / "0.wav", folder / "out.json") == 2
    assert "ends in .png" in capsys.readouterr().err


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """Three sounds of each of two classes, the second's a copy of the first's first, and one that is silent."""
    for number, name in enumerate(("rain", "sea")):
        (tmp_path / "classes" / name).mkdir(parents=True)
        for take in range(3):
            write_sound(tmp_path / "classes" / name / f"{take}.wav", 10 * number + take)
    write_wav(tmp_path / "classes" / "sea" / "silence.wav", np.zeros(8_000))
    return tmp_path / "classes"


def test_queries_in_folders_of_the_searched_names_have_recall(
    classes: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, seed in (("rain", 0), ("sea", 1)):  # the second sounds as a take of rain
        (tmp_path / "queries" / name).mkdir(parents=True)
        write_sound(tmp_path / "queries" / name / "query.wav", seed)
    search = [str(tmp_path / "queries"), str(classes), str(tmp_path / "out.png"), "--among=sounds", "--count=5"]
    assert main(["retrieve", *search, "--cache", str(tmp_path / "cache"), "--model", str(model)]) == 0
    results = json.loads((tmp_path / "out.json").read_text())["results"]
    first, fifth = results["recall"]["sounds"]
    assert first == {"k": 1, "share": 0.5, "chance": 0.5, "queries": 2}
    assert (fifth["k"], fifth["share"], fifth["chance"]) == (5, 1.0, 1.0)
    assert "silence.wav" in next(iter(results["searched"]["sounds"]["skipped"]))
    assert "sounds of the right class, 2 queries: R@1 0.500 (by chance 0.500)" in capsys.readouterr().out


def test_without_classes_there_is_no_recall(retrieve: Retrieve, folder: Path) -> None:
    assert retrieve(folder / "sounds" / "0.wav")["recall"] == {}


def test_a_query_of_a_folder_that_cannot_be_read_is_left_out(
    retrieve: Retrieve, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "sounds" / "broken.wav").write_text("a shopping list")
    assert len(retrieve(folder / "sounds")["queries"]) == 6
    assert "left out" in caplog.text and "broken.wav" in caplog.text
