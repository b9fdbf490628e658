"""`study make` with a tiny model, `study serve` as far as it opens, and one line for what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import wavfile

from s2s.__main__ import main
from s2s.serving.addresses import bind
from s2s.study import serving
from s2s.study.manifest import MANIFEST, MEDIA, check_media, read_study
from tests.fakes import write_tiny_bundle
from tests.s2s.study.studies import write_small_study

CATEGORIES = ("dog_bark", "rain", "sea", "train")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "model")


def write_sounds(folder: Path, name: str = "recording{}-0.wav", each: int = 3) -> Path:
    """Write sounds of four categories, and one of none."""
    for place, category in enumerate((*CATEGORIES, "other")):
        (folder / category).mkdir(parents=True)
        for number in range(1, each + 1):
            noise = np.random.default_rng([place, number]).normal(0, 3000, 8_000).astype(np.int16)
            wavfile.write(folder / category / name.format(number), 16_000, noise)
    return folder


@pytest.fixture
def takes(tmp_path: Path) -> Path:
    """The world's takes as `prepare` writes them, but of noise: 160 of four scenes, 8 of them to test with."""
    folder, rng = tmp_path / "takes", np.random.default_rng(0)
    folder.mkdir()
    about = {"num_pictures": 160, "num_sounds": 160, "picture_px": 32, "num_scenes": 4}
    (folder / "about.json").write_text(json.dumps(about))
    np.save(folder / "pictures.npy", rng.integers(0, 256, (160, 32, 32, 3)).astype(np.uint8))
    sounds = np.zeros((160, 160_000), np.int16)
    sounds[-8:] = rng.integers(-3000, 3000, (8, 160_000))
    np.save(folder / "sounds.npy", sounds)
    for name in ("pictures", "sounds"):
        (folder / f"{name}.done").write_text("160")
    return folder


@pytest.mark.heavy
def test_of_takes_the_baseline_paints_from_pictures_and_all_is_written_once(
    model: Path, takes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "study"
    assert main(["study", "make", str(model), str(takes), str(out), "--questions", "4"]) == 0
    study = read_study(out)
    check_media(out, study)
    assert {path.name for path in (out / MEDIA).iterdir()} == set(study.files)
    assert all(name.partition(".")[0] == digest[:24] for name, digest in study.files.items())  # which tells nothing
    assert study.models["baseline"]["conditioned on"] == "pictures"
    assert study.data["kind"] == "world" and study.num_questions == 8
    heard = {question.clip for asked in study.questions.values() for question in asked}
    assert heard == {f"take-{number:06d}" for number in range(152, 160)}  # the test takes, each once
    for question in study.questions["i"]:
        ours, baseline = ((out / MEDIA / picture.file).read_bytes() for picture in question.pictures[:2])
        assert ours != baseline
        with Image.open(out / MEDIA / question.pictures[0].file) as picture:
            assert picture.size == (32, 32) and not picture.info
    assert "8 questions, 4 categories" in capsys.readouterr().out
    again = tmp_path / "again"
    assert main(["study", "make", str(model), str(takes), str(again), "--questions", "4"]) == 0
    assert (again / MANIFEST).read_bytes() == (out / MANIFEST).read_bytes()
    assert main(["study", "make", str(model), str(takes), str(out), "--questions", "4"]) == 2
    assert "holds a study already: choose another folder" in capsys.readouterr().err


@pytest.mark.heavy
def test_of_sounds_alone_another_model_is_what_ours_is_compared_with(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sounds, out = write_sounds(tmp_path / "sounds"), tmp_path / "study"
    other = write_tiny_bundle(tmp_path / "other", seed=1)
    command = ["study", "make", str(model), str(sounds), str(out), "--questions", "4"]
    assert main(command) == 2
    assert "have no pictures for an image-conditioned baseline to paint from: give --against" in capsys.readouterr().err
    assert not out.exists()
    assert main([*command, "--against", str(other)]) == 0
    study = read_study(out)
    assert study.models["baseline"]["conditioned on"] == "sounds"
    heard = {question.clip for question in study.questions["i"]}
    assert heard == {f"{category}/recording2-0" for category in CATEGORIES}  # the second of three recordings
    assert study.data["different sounds in both experiments"] is False
    assert "both experiments play the same sounds" in capsys.readouterr().out


@pytest.mark.heavy
def test_a_clip_that_is_silent_is_left_out_and_another_is_heard(
    model: Path, takes: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sounds = np.load(takes / "sounds.npy")
    sounds[-1] = 0
    np.save(takes / "sounds.npy", sounds)
    out = tmp_path / "study"
    assert main(["study", "make", str(model), str(takes), str(out), "--questions", "4"]) == 0
    used = [picture.clip for asked in read_study(out).questions.values() for one in asked for picture in one.pictures]
    assert "take-000159" not in used
    assert "take-000159 is left out: it is silent" in caplog.messages


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["make", "{model}", "{empty}", "{out}"], "neither what `prepare` wrote nor sounds in CLASS"),
        (["make", "{model}", "{sounds}", "{out}", "--against", "{model}"], "give --questions 4"),
        (["serve", "{empty}"], "holds no finished study"),
        (["score", "{empty}"], "holds no finished study"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    arguments: list[str], words: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"model": model, "empty": tmp_path / "empty", "sounds": tmp_path / "sounds", "out": tmp_path / "out"}
    (tmp_path / "empty").mkdir()
    write_sounds(tmp_path / "sounds")
    assert main(["study", *(one.format(**places) for one in arguments)]) == 2
    complaint = capsys.readouterr().err
    assert words in complaint and complaint.count("\n") == 1


def test_a_study_with_a_file_missing_or_changed_is_not_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = write_small_study(tmp_path / "study")
    file = tmp_path / "study" / MEDIA / study.check
    file.write_bytes(file.read_bytes() + b"\0")
    assert main(["study", "serve", str(tmp_path / "study")]) == 2
    assert "is not the file that the study was made with" in capsys.readouterr().err
    file.unlink()
    assert main(["study", "serve", str(tmp_path / "study")]) == 2
    assert "is missing" in capsys.readouterr().err


@pytest.mark.parametrize("change", [{"seed": "one"}, {"extra": 1}, {"questions": {}}, {"files": {}}, {"format": 2}])
def test_a_manifest_that_says_something_else_is_refused_in_one_line(change: dict[str, object], tmp_path: Path) -> None:
    write_small_study(tmp_path)
    path = tmp_path / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ValueError, match=r"study\.json: ") as refused:
        read_study(tmp_path)
    assert "\n" not in str(refused.value)


def test_a_server_that_comes_back_asks_for_the_token_that_it_asked_for_before(tmp_path: Path) -> None:
    first, again = (serving.access_to(tmp_path, "0.0.0.0") for _ in range(2))
    assert first.token is not None and first == again
    assert (tmp_path / "token").stat().st_mode & 0o077 == 0
    assert serving.access_to(tmp_path, "127.0.0.1").token is None
    (tmp_path / "token").write_text("\n")
    with pytest.raises(ValueError, match="holds no token: delete it"):
        serving.access_to(tmp_path, "0.0.0.0")


def test_a_port_that_is_taken_is_said_and_the_answers_are_given_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_small_study(tmp_path / "study")
    with bind("127.0.0.1", 0) as squatter:
        port = str(squatter.getsockname()[1])
        for _ in range(2):
            assert main(["study", "serve", str(tmp_path / "study"), "--port", port]) == 2
            assert "Address already in use; another --port may be free" in capsys.readouterr().err
