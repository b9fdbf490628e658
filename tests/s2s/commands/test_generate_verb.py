"""`python -m s2s generate`: what it writes, what it keeps, and one clear line for every file that is none."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from s2s.__main__ import main
from s2s.media.video_writer import write_film
from tests.fakes import write_tiny_bundle
from tests.s2s.media.test_audio import encode, tone, write_wav

pytestmark = pytest.mark.heavy


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "tiny")


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    folder = tmp_path / "sounds"
    (folder / "deeper").mkdir(parents=True)
    write_wav(folder / "low.wav", tone(16_000, 0.3, 100.0))
    write_wav(folder / "high.wav", tone(16_000, 0.3, 3_000.0))
    write_wav(folder / "deeper" / "low.wav", tone(16_000, 0.3, 200.0))
    return folder


def generate(*arguments: object, model: Path) -> int:
    return main(["generate", *map(str, arguments), "--model", str(model)])


def names_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def pixels_of(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.array(image)


def record_of(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text())
    return record


@pytest.mark.heavy
def test_a_folder_of_sounds_becomes_a_folder_of_pictures(model: Path, sounds: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert generate(sounds, out, "--count", 3, model=model) == 0
    assert names_in(out) == ["deeper/low.png", "high.png", "low.png", "run.json"]
    assert pixels_of(out / "low.png").shape == (32, 3 * 32 + 2 * 2, 3)
    record = record_of(out / "run.json")
    assert record["arguments"]["count"] == 3
    assert record["results"]["model"] == "Tiny 1"
    assert record["results"]["sounds"]["deeper/low"] == str(sounds / "deeper" / "low.wav")
    assert record["results"]["failed"] == {} and record["results"]["nothing heard"] == {}


def test_singles_are_the_same_pictures_one_a_file(model: Path, sounds: Path, tmp_path: Path) -> None:
    assert generate(sounds / "low.wav", tmp_path / "row", "--count", 2, model=model) == 0
    assert generate(sounds / "low.wav", tmp_path / "out", "--count", 2, "--singles", model=model) == 0
    assert names_in(tmp_path / "out") == ["low/0.png", "low/1.png", "run.json"]
    row = pixels_of(tmp_path / "row" / "low.png")
    np.testing.assert_array_equal(pixels_of(tmp_path / "out" / "low" / "1.png"), row[:, 34:])


def test_a_sound_of_a_class_keeps_the_name_of_its_folder(model: Path, tmp_path: Path) -> None:
    for scene in ("rain", "sea"):
        (tmp_path / scene).mkdir()
        write_wav(tmp_path / scene / "1.wav", tone(8_000))
    assert generate(tmp_path / "rain", tmp_path / "sea", tmp_path / "out", "--count", 1, model=model) == 0
    assert names_in(tmp_path / "out") == ["rain/1.png", "run.json", "sea/1.png"]


def test_a_sheet_has_a_captioned_row_a_sound_with_what_is_heard_of_it(
    model: Path, sounds: Path, tmp_path: Path
) -> None:
    assert generate(sounds, tmp_path / "sheet.png", "--count", 2, model=model) == 0
    height, width, _ = pixels_of(tmp_path / "sheet.png").shape
    assert 0 < height - (6 + 3 * (160 + 6)) < 40  # the columns have names
    assert width > 6 + 3 * (160 + 6) + 20  # the names stand beside
    assert record_of(tmp_path / "sheet.json")["results"]["sounds"]["high"] == str(sounds / "high.wav")


def test_the_rows_of_a_sheet_are_of_different_noise_and_a_sound_by_itself_of_the_same(
    model: Path, sounds: Path, tmp_path: Path
) -> None:
    again = write_wav(tmp_path / "again.wav", tone(16_000, 0.3, 3_000.0))
    assert generate(sounds / "high.wav", again, tmp_path / "sheet.png", "--count", 1, model=model) == 0
    cells = pixels_of(tmp_path / "sheet.png")[-2 * (160 + 6) :, -(160 + 6) : -6]
    assert not np.array_equal(cells[:160], cells[166 : 166 + 160])
    assert generate(sounds / "high.wav", again, tmp_path / "out", "--count", 1, model=model) == 0
    alone, beside = (pixels_of(tmp_path / "out" / f"{name}.png") for name in ("high", "again"))
    np.testing.assert_array_equal(alone, beside)


@pytest.mark.parametrize(("name", "words"), [("none", "it is silent"), ("faint", "lies at -78 dB, below -60 dB")])
def test_that_nothing_is_heard_is_said_and_kept(
    model: Path, tmp_path: Path, name: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    level = {"none": 0.0, "faint": 10 ** (-72 / 20) * 2**0.5}[name]
    sound = encode(tmp_path / f"{name}.wav", level * tone(16_000, 1.0), "pcm_f32le", 16_000)
    for _ in range(2):  # the second time the picture is there
        caplog.clear()
        assert generate(sound, tmp_path / "out", model=model) == 0
        assert f"{sound}: nothing is heard: " in caplog.text and words in caplog.text
        assert words in record_of(tmp_path / "out" / "run.json")["results"]["nothing heard"][name]


def test_the_same_command_again_paints_only_what_is_missing(
    model: Path, sounds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert generate(sounds, out, "--best-of", 2, model=model) == 0
    whole = record_of(out / "run.json")
    stamps = {name: (out / name).stat().st_mtime_ns for name in names_in(out)}
    (out / "high.png").unlink()
    capsys.readouterr()
    assert generate(sounds, out, "--best-of", 2, model=model) == 0
    assert capsys.readouterr().out.split() == [str(out / "high.png")]
    assert (out / "low.png").stat().st_mtime_ns == stamps["low.png"]
    assert record_of(out / "run.json") == whole


@pytest.mark.parametrize("change", ["seed", "sound", "model", "cut"])
def test_what_was_made_otherwise_is_painted_anew(
    model: Path, sounds: Path, tmp_path: Path, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert generate(sounds / "low.wav", out, model=model) == 0
    capsys.readouterr()
    if change == "sound":
        write_wav(sounds / "low.wav", tone(16_000, 0.4, 150.0))
    elif change == "model":
        write_tiny_bundle(model, seed=9)
    elif change == "cut":
        (out / "low.png").write_bytes((out / "low.png").read_bytes()[:40])
    assert generate(sounds / "low.wav", out, "--seed", int(change == "seed"), model=model) == 0
    assert capsys.readouterr().out.split() == [str(out / "low.png")]


def test_a_broken_file_among_many_stops_nothing_and_is_told_at_the_end(
    model: Path, sounds: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (sounds / "broken.wav").write_text("a shopping list")
    assert generate(sounds, tmp_path / "out", model=model) == 0
    assert names_in(tmp_path / "out") == ["deeper/low.png", "high.png", "low.png", "run.json"]
    assert "1 of 4 sounds failed" in caplog.text
    assert list(record_of(tmp_path / "out" / "run.json")["results"]["failed"]) == ["broken"]


@pytest.mark.parametrize("num_samples", [1, 100])
def test_a_sound_shorter_than_ten_milliseconds_is_painted(model: Path, tmp_path: Path, num_samples: int) -> None:
    tick = write_wav(tmp_path / "tick.wav", np.full(num_samples, 0.5))
    assert generate(tick, tmp_path / "out.png", model=model) == 0


def test_eight_channels_at_96_khz_are_painted_as_their_average(model: Path, tmp_path: Path) -> None:
    many = write_wav(tmp_path / "many.wav", tone(96_000)[:, None].repeat(8, axis=1), 96_000)
    assert generate(many, tmp_path / "out.png", model=model) == 0


def bad_sound(folder: Path, kind: str) -> Path:
    path = folder / f"{kind}.wav"
    if kind == "empty":
        return write_wav(path, np.empty(0))
    if kind == "nan":
        return encode(path, np.full(1_000, np.nan), "pcm_f32le", 16_000)
    if kind == "text":
        path.write_text("a shopping list")
    elif kind == "folder":
        path.mkdir()
    elif kind == "silent-film":
        path = path.with_suffix(".mp4")
        write_film(path, [np.zeros((16, 16, 3), np.uint8)] * 3, 24)
    return path


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("empty", "is empty"),
        ("nan", "NaN"),
        ("text", "cannot be read as sound"),
        ("missing", "no such file"),
        ("folder", "holds no sound"),
        ("silent-film", "holds no sound"),
    ],
)
def test_a_sound_that_is_none_is_one_line_and_exit_code_2(
    model: Path, tmp_path: Path, kind: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = bad_sound(tmp_path, kind)
    assert generate(path, tmp_path / "out", model=model) == 2
    error = capsys.readouterr().err
    assert path.name in error
    assert reason in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--truncation", "0"], "truncation must be above 0"),
        (["--truncation", "nan"], "truncation must be above 0"),
        (["--seed", str(2**70)], "64 bits"),
    ],
)
def test_settings_that_make_no_noise_are_one_line_too(
    model: Path, sounds: Path, tmp_path: Path, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate(sounds / "low.wav", tmp_path / "out", *arguments, model=model) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("device", ["abacus", "cuda:99", "cuda:"])
def test_a_device_that_is_not_there_is_exit_code_2(
    model: Path, sounds: Path, tmp_path: Path, device: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        generate(sounds, tmp_path / "out", "--device", device, model=model)
    assert caught.value.code == 2
    assert "--device" in capsys.readouterr().err
