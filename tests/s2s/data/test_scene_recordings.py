"""Recordings by scene: windows of one recording go one way together, and a third of the recordings is for testing."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from s2s.data.clip_source import DataError
from s2s.data.esc10 import OTHER
from s2s.data.scene_recordings import read_scene_recordings, recording_of, recordings_of

SCENES = ("rain", "sea", "wind", "bell", "dog")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Rain in four recordings, four scenes in one each, other in two; two windows of each."""
    counts = {"rain": 4, "sea": 1, "wind": 1, "bell": 1, "dog": 1, OTHER: 2}
    for scene, count in counts.items():
        for number in range(count):
            for window in range(2):
                path = tmp_path / scene / f"take-{number}-{window}.wav"
                path.parent.mkdir(exist_ok=True)
                wavfile.write(path, 16_000, np.full(1600, 0.1, np.float32))
    return tmp_path


def names(folder: Path, part: str) -> list[tuple[str, str]]:
    found = recordings_of(folder, part, SCENES)  # type: ignore[arg-type]
    return [(files[0].parent.name, recording_of(files[0])) for files in found]


def test_the_second_of_three_is_for_testing_and_lone_ones_take_turns(folder: Path) -> None:
    assert names(folder, "test") == [("rain", "take-1"), ("wind", "take-0"), (OTHER, "take-1")]


def test_every_recording_goes_one_way_with_all_its_windows(folder: Path) -> None:
    train, test = (read_scene_recordings(folder, part, SCENES) for part in ("train", "test"))
    sides = [{(one.scene, recording_of(one.path)) for one in part} for part in (train, test)]
    assert not sides[0] & sides[1]
    assert len(train) + len(test) == 20 and len(test) == 6


def test_a_recording_without_a_dash_is_itself() -> None:
    assert recording_of(Path("rain/evening.ogg")) == "evening"


def test_a_folder_without_recordings_is_told_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"SCENE/RECORDING-NUMBER.… to train with; SCENE is one of rain, sea"):
        read_scene_recordings(tmp_path, "train", SCENES)


def test_a_broken_window_costs_itself_alone(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "sea" / "take-0-1.wav").write_bytes(b"RIFF")
    assert next(one.path.name for one in read_scene_recordings(folder, "train", ("sea",))) == "take-0-0.wav"
    assert "take-0-1.wav" in caplog.text
