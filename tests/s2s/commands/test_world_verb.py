"""`python -m s2s world`: films with their truth, and one clear line for bad input."""

import json
from pathlib import Path

import pytest
from PIL import Image

from s2s.__main__ import main

pytestmark = pytest.mark.gl

SMALL = ["--px", "32", "--scenes", "bell,sea", "--workers", "1"]


def test_films_truths_an_index_and_what_it_was_run_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "world"
    assert main(["world", str(out), "--clips", "2", *SMALL, "--sheet"]) == 0
    assert len(list(out.glob("*.mp4"))) == 2 and len((out / "index.jsonl").read_text().splitlines()) == 2
    assert json.loads((out / "run.json").read_text())["arguments"]["clips"] == 2
    assert "2 clips" in capsys.readouterr().out
    with Image.open(out / "scenes.png") as sheet:
        assert sheet.width > 192 * 4


def test_more_clips_of_the_same_kind_go_on_where_it_stopped(tmp_path: Path) -> None:
    out = tmp_path / "world"
    assert main(["world", str(out), "--clips", "1", *SMALL]) == 0
    first = next(out.glob("*.mp4"))
    made = first.stat().st_mtime_ns
    assert main(["world", str(out), "--clips", "2", *SMALL]) == 0
    assert len(list(out.glob("*.mp4"))) == 2 and first.stat().st_mtime_ns == made


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--scenes", "bell,volcano"], "there is no scene 'volcano'"),
        (["--visible", "0.5"], "--visible takes LOW,HIGH"),
        (["--visible", "0.6,0.3"], "--visible takes LOW,HIGH"),
        (["--fps", "5"], "fps must lie in 10..60, got 5.0"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: list[str], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["world", str(tmp_path / "world"), "--clips", "1", *arguments]) == 2
    error = capsys.readouterr().err
    assert named in error and error.count("\n") == 1


def test_a_folder_with_another_world_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "world")
    assert main(["world", out, "--clips", "1", *SMALL]) == 0
    assert main(["world", out, "--clips", "1", *SMALL, "--seed", "7"]) == 2
    assert "choose an empty folder" in capsys.readouterr().err
