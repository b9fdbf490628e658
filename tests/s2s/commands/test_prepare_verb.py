"""`python -m s2s prepare`: a folder of films, the synthetic world, and one clear line for bad input."""

import json
from pathlib import Path

import pytest

from s2s.__main__ import main
from s2s.data.prepared import PreparedData
from tests.s2s.data.films import Track, film, tone, write


@pytest.fixture
def films(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    folder.mkdir()
    film(folder / "rain.mp4", 1.2)
    film(folder / "sea.mkv", 2.5, audio_codec="flac")
    (folder / "torn.mp4").write_bytes(b"torn")
    write(folder / "wind.wav", sounds=[Track(tone(1.0, 44_100), 44_100, "pcm_s16le")])
    return folder


def prepare(*arguments: object) -> int:
    return main(["prepare", *map(str, arguments)])


@pytest.mark.proc
def test_films_become_clips_and_the_run_is_told(
    films: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    options = ["--px", "24", "--clip-s", 1, "--min-s", 0.5, "--split", "1,0,0", "--workers", 1]
    assert prepare(films, out, *options) == 0
    told = capsys.readouterr().out
    assert "4 clips of 2 films (4 train, 0 val, 0 test)" in told
    assert "1 films cannot be used" in told
    data = PreparedData.open(out)
    assert list(data.ids) == ["rain", "sea_0_1000", "sea_1000_2000", "sea_2000_2500"]
    assert data.frames("rain", 24).shape == (10, 24, 24, 3)
    run = json.loads((out / "run.json").read_text())
    assert run["arguments"]["clip_s"] == 1.0
    assert run["results"]["this_run"]["clips"] == 4
    assert prepare(films, out, *options) == 0
    assert "this run: 0 clips" in capsys.readouterr().out
    assert prepare(films, out, *options, "--quality", 50) == 2
    assert "was prepared with jpeg-quality 90, asked for is 50" in capsys.readouterr().err


@pytest.mark.proc
def test_hops_follow_the_clips_unless_they_are_given(films: Path, tmp_path: Path) -> None:
    options = ["--px", 16, "--clip-s", 2, "--hop-s", 0.5, "--min-s", 0.5, "--workers", 1]
    assert prepare(films, tmp_path / "out", *options) == 0
    assert list(PreparedData.open(tmp_path / "out").ids) == ["rain", "sea_0_2000", "sea_500_2500"]
    about = json.loads((tmp_path / "out" / "about.json").read_text())
    assert (about["hop_s"], about["skip_silence_db"]) == (0.5, -60.0)


@pytest.mark.proc
def test_sound_alone_and_silence_can_be_kept(films: Path, tmp_path: Path) -> None:
    options = ["--px", 16, "--sound-only", "--skip-silence-db", "none", "--workers", 1]
    assert prepare(films, tmp_path / "out", *options) == 0
    data = PreparedData.open(tmp_path / "out")
    assert list(data.ids) == ["rain", "sea", "wind"]
    assert (data.num_frames("sea"), data.num_frames("wind")) == (25, 0)
    assert json.loads((tmp_path / "out" / "about.json").read_text())["skip_silence_db"] is None


@pytest.mark.proc
@pytest.mark.parametrize("former", [False, True], ids=["today", "as it was once said"])
def test_takes_of_the_world_are_drawn(tmp_path: Path, former: bool) -> None:
    out = tmp_path / "takes"
    asked = ["world", out] if former else ["--corpus", "world", out]
    assert prepare(*asked, "--pictures", 3, "--sounds", 2, "--px", 32, "--seed", 5, "--workers", 1, "--scenes", 2) == 0
    about = json.loads((out / "about.json").read_text())
    assert about["corpus"] == "world"
    asked_for = {"num_pictures": 3, "num_sounds": 2, "picture_px": 32, "first_seed": 5, "num_scenes": 2}
    assert about.items() >= asked_for.items()
    assert {path.name for path in out.iterdir()} == {
        "about.json",
        "pictures.done",
        "pictures.npy",
        "sounds.done",
        "sounds.npy",
    }


@pytest.mark.proc
def test_a_folder_called_world_is_a_folder_of_films(
    films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    films.rename(tmp_path / "world")
    monkeypatch.chdir(tmp_path)
    assert prepare("world", tmp_path / "out", "--px", 16, "--workers", 1) == 0
    assert list(PreparedData.open(tmp_path / "out").ids) == ["rain", "sea"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["{folder}/nowhere", "{folder}/out"], "nowhere: no such folder; expected one that holds films"),
        (["{folder}/empty", "{folder}/out"], "empty holds no film; expected files that end in"),
        (["{films}", "{folder}/out", "--px", "4"], "px: expected different sizes of 8 to 4096, got 4"),
        (["{films}", "{folder}/out", "--clip-s", "0.25"], "clip_s: expected tenths of a second"),
        (["{films}", "{folder}/out", "--split", "0.9,0.2,0.1"], "shares: expected three that sum to 1"),
        (
            ["{films}", "{folder}/out", "--classes", "50"],
            "--classes: expected all or a file with one class a line, got '50'",
        ),
        (["{films}", "{films}/rain.mp4"], "rain.mp4"),
        (["--corpus", "world", "{folder}/out", "--px", "64,128"], "--px: the world's pictures have one size, got"),
        (["--corpus", "world", "{films}", "{folder}/out"], "--corpus world is drawn, and has no SOURCE: leave out"),
        (["--corpus", "world", "{folder}/out", "--scenes", "99"], "num_scenes must lie in 1..28, got 99"),
        (["{folder}/out"], "expected SOURCE and OUT, got"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    films: Path, tmp_path: Path, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert prepare(*(text.format(folder=tmp_path, films=films) for text in arguments)) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()
