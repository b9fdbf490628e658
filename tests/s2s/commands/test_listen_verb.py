"""`python -m s2s listen`: what is heard in words and bars, and what is painted of it."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from s2s.__main__ import main
from s2s.retrieval.classes import class_of
from tests.fakes import write_naming_bundle, write_tiny_bundle
from tests.s2s.media.test_audio import tone, write_wav

pytestmark = pytest.mark.heavy

KNOWN = 0.2 * np.random.default_rng(1).standard_normal(16_000)
UNKNOWN = tone(16_000, 0.3, 300.0)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It hears rain and a train in all sounds, and is sure of it where they are as `KNOWN`."""
    known, unknown = KNOWN.astype(np.float32), UNKNOWN.astype(np.float32)
    return write_naming_bundle(tmp_path_factory.mktemp("models") / "naming", known=known, unknown=unknown)


@pytest.fixture
def rain(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "rain.wav", KNOWN)


def listen(*arguments: object, model: Path) -> int:
    return main(["listen", *map(str, arguments), "--model", str(model)])


def told(path: Path) -> dict[str, Any]:
    sounds: dict[str, Any] = json.loads(path.read_text())["results"]["sounds"]
    return sounds


def test_what_is_heard_is_said_as_the_show_says_it_with_bars_and_what_is_painted(
    model: Path, rain: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listen(rain, model=model) == 0
    first, *bars, paints = capsys.readouterr().out.splitlines()
    assert first == "rain: rain and a train, sure"
    assert [bar.split()[0] for bar in bars] == ["rain", "train"]
    assert [float(bar.split()[-1]) for bar in bars] == [0.95, 0.88]
    assert [bar.count("█") for bar in bars] == [23, 21]
    assert paints.startswith("  paints ") and "rain" in paints


def test_of_what_it_is_not_sure_it_says_that_a_show_would_drift(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listen(write_wav(tmp_path / "hum.wav", UNKNOWN), model=model) == 0
    first, *_, paints = capsys.readouterr().out.splitlines()
    assert first == "hum: nothing it knows; rain and a train, unsure"
    assert paints.endswith("; a show drifts instead, unsure as it is")


def test_below_the_gate_nothing_is_heard_and_nothing_painted(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    silence = write_wav(tmp_path / "silence.wav", np.zeros(8_000))
    assert listen(silence, "--out", tmp_path / "sheet.png", model=model) == 0
    assert capsys.readouterr().out.splitlines()[0] == "silence: nothing is heard: it is silent"
    assert told(tmp_path / "sheet.json")["silence"] == {
        "words": "nothing is heard: it is silent",
        "nothing heard": True,
    }
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width < 3 * 166 + 200  # what the model hears, and no picture


def test_a_sheet_shows_each_sound_and_its_pictures(model: Path, rain: Path, tmp_path: Path) -> None:
    assert listen(rain, "--count", 2, "--out", tmp_path / "sheet.png", model=model) == 0
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 3 * 166
    record = told(tmp_path / "sheet.json")["rain"]
    assert record["words"] == "rain and a train, sure" and record["certainty"] > 0.85
    assert list(record["likeliest"]) == ["rain", "train"]


def test_a_folder_gets_a_sheet_a_sound_by_its_class(model: Path, tmp_path: Path) -> None:
    for scene in ("rain", "sea"):
        (tmp_path / "sounds" / scene).mkdir(parents=True)
        write_wav(tmp_path / "sounds" / scene / "1.wav", KNOWN)
    assert listen(tmp_path / "sounds", "--count", 1, "--out", tmp_path / "out", model=model) == 0
    assert sorted(told(tmp_path / "out" / "run.json")) == ["rain/1", "sea/1"]
    assert sorted(class_of(path) for path in (tmp_path / "out").rglob("*.png")) == ["rain", "sea"]


def test_a_model_that_names_nothing_says_which_class_lies_nearest(
    rain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, sound in (("wet", KNOWN), ("low", UNKNOWN)):
        (tmp_path / "classes" / name).mkdir(parents=True)
        write_wav(tmp_path / "classes" / name / "1.wav", sound)
    among = ["--among", tmp_path / "classes"]
    assert listen(rain, *among, model=write_tiny_bundle(tmp_path / "tiny")) == 0
    first, heading, nearest, other, paints = capsys.readouterr().out.splitlines()
    assert (first, heading) == ("rain: this model names nothing", "  cosine with each class:")
    assert nearest.split()[0] == "wet" and nearest.endswith("1.00") and other.split()[0] == "low"
    assert paints == "  paints the whole sound, z_A"


def test_live_what_is_new_is_told_once_a_second(
    model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [np.zeros(16_000), KNOWN, KNOWN, np.zeros(100)]
    sound = np.concatenate([np.round(second * 32_767) for second in seconds]).astype("<i2").tobytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(sound)))
    assert listen("-", model=model) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert told[0] == "1 s: nothing is heard: it is silent"
    assert told[1].startswith("2 s: ") and "rain and a train" in told[1]
    assert len(told) in (2, 3) and not any(line.startswith("4 s") for line in told)


def test_the_standard_input_is_heard_alone(model: Path, rain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert listen("-", rain, model=model) == 2
    assert "the standard input is heard by itself" in capsys.readouterr().err


def test_a_sound_that_is_none_is_one_line_and_exit_code_2(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listen(tmp_path / "nowhere.wav", model=model) == 2
    assert "nowhere.wav: no such file" in capsys.readouterr().err
