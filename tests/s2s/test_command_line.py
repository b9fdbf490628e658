"""`python -m s2s`: what it writes, and one clear line for bad input."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from s2s.__main__ import main
from s2s.card import DEFAULT_BUNDLE, read_card
from tests.fakes import write_tiny_bundle


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "tiny")


def write_wav(path: Path, frequency_hz: float) -> Path:
    time_s = np.arange(8_000) / 16_000
    samples = (8_000 * np.sin(2 * np.pi * frequency_hz * time_s)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples.tobytes())
    return path


def test_info_names_the_model(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(model)]) == 0
    assert capsys.readouterr().out.startswith("Tiny 1")


def test_info_for_programs_is_the_whole_card_with_the_weights(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(model), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["name"], document["spectrogram"]["mean"], document["source_heads"]) == ("Tiny", -12.0, None)
    files = {name: part["bytes"] for name, part in document["weights"].items()}
    assert files == {path.name: path.stat().st_size for path in model.glob("*.safetensors")}
    assert all(part["values"] * 4 < part["bytes"] for part in document["weights"].values())


@pytest.mark.parametrize(("bundle", "names", "pixels"), [("tiny", "nothing", "32×32"), ("pretrained", "28", "256×144")])
def test_info_in_short_is_seen_at_one_glance(
    model: Path, bundle: str, names: str, pixels: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", str(model if bundle == "tiny" else DEFAULT_BUNDLE), "--short"]) == 0
    title, *lines = capsys.readouterr().out.splitlines()
    told = {line.split()[0]: line.split()[1] for line in lines if not line.startswith(" ")}
    assert title in ("Tiny 1, MIT", f"{read_card(DEFAULT_BUNDLE).name} {read_card(DEFAULT_BUNDLE).version}, MIT")
    assert (told["hears"], told["names"], told["paints"], told["sees"]) == ("10", names, pixels, "images,")
    assert len(lines) < 10


def test_generate_writes_one_row_of_pictures_a_sound(model: Path, tmp_path: Path) -> None:
    sounds = [write_wav(tmp_path / "low.wav", 100), write_wav(tmp_path / "high.wav", 3000)]
    out = tmp_path / "pictures"
    assert main(["generate", *map(str, sounds), str(out), "--model", str(model), "--count", "3"]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["high.png", "low.png", "run.json"]
    with Image.open(out / "low.png") as picture:
        assert picture.size == (3 * 32 + 2 * 2, 32)


def test_generate_repeats_itself_for_one_seed_and_not_for_another(model: Path, tmp_path: Path) -> None:
    sound = str(write_wav(tmp_path / "tone.wav", 440))
    pictures = []
    for name, seed in (("a.png", "1"), ("b.png", "1"), ("c.png", "2")):
        assert main(["generate", sound, str(tmp_path / name), "--model", str(model), "--seed", seed]) == 0
        with Image.open(tmp_path / name) as picture:
            pictures.append(np.array(picture))
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["info", "{folder}/nowhere"], "nowhere"),
        (["generate", "{folder}/missing.wav", "{folder}/out", "--model", "{model}"], "missing.wav"),
        (["generate", "{model}/model.yaml", "{folder}/out", "--model", "{model}"], "model.yaml"),
        (["train", "judge", "{folder}", "{folder}/out", "--steps", "1"], "holds no prepared clips"),
        (["prepare", "--corpus", "world", "{folder}/data", "--pictures", "2", "--sounds", "3"], "3 sounds"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: list[str], named: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled = [argument.format(folder=tmp_path, model=model) for argument in arguments]
    assert main(filled) == 2
    error = capsys.readouterr().err
    assert named in error
    assert error.count("\n") == 1


def test_training_that_breaks_is_exit_code_1_and_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    (tmp_path / "about.json").write_text('{"num_pictures": 80, "num_sounds": 0, "picture_px": 64, "num_scenes": 2}')
    for name, array in (
        ("pictures", rng.integers(0, 256, (80, 64, 64, 3)).astype(np.uint8)),
        ("sounds", np.zeros((0, 1), np.int16)),
    ):
        np.save(tmp_path / f"{name}.npy", array)
        (tmp_path / f"{name}.done").write_text(str(len(array)))
    command = ["train", "judge", str(tmp_path), str(tmp_path / "out"), "--steps", "20", "--set", "learning_rate=1e38"]
    assert main([*command, "--threads", "1"]) == 1
    error = capsys.readouterr().err
    assert "is not finite" in error and "broken.pt" in error


def test_an_unknown_verb_is_exit_code_2() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["paint"])
    assert caught.value.code == 2
