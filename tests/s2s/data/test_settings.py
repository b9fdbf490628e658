"""What `prepare` can be asked for, and the file that remembers it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from s2s.data.settings import About, PrepareSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"px": ()},
        {"px": (128, 128)},
        {"px": (4,)},
        {"clip_s": 0.05},
        {"clip_s": 10.05},
        {"clip_s": 100.0},
        {"clip_s": float("nan")},
        {"hop_s": 0.0},
        {"min_s": 11.0},
        {"skip_silence_db": 1.0},
        {"shares": (0.9, 0.2, 0.0)},
        {"shares": (1.1, -0.1, 0.0)},
        {"shares": (1.0,)},
        {"jpeg_quality": 0},
        {"shard_mb": 0},
    ],
    ids=str,
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        PrepareSettings(**wrong)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    about = About("/films", PrepareSettings(px=(64,), hop_s=2.5, skip_silence_db=None))
    about.write_or_check(tmp_path / "out")
    assert About.read(tmp_path / "out") == about
    about.write_or_check(tmp_path / "out")
    with pytest.raises(ValueError, match="was prepared with skip-silence-db None, asked for is -60"):
        replace(about, settings=replace(about.settings, skip_silence_db=-60.0)).write_or_check(tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["about.json"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "holds no prepared clips: write some with `python -m s2s prepare`"),
        ("{", "is not JSON"),
        (json.dumps({"num_pictures": 3}), "holds something else than prepared clips"),
        (json.dumps({"format": 1, "source": "/films", "px": [64]}), "about.json is not whole"),
    ],
)
def test_a_folder_of_something_else_is_refused(tmp_path: Path, content: str | None, told: str) -> None:
    if content is not None:
        (tmp_path / "about.json").write_text(content)
    with pytest.raises(ValueError, match=told):
        About.read(tmp_path)
