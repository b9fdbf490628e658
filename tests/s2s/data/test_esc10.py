"""Recordings in folders as ESC-10 has them: chosen by fold and class, heard without their padding."""

import logging
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from s2s.data.clip_source import DataError
from s2s.data.esc10 import read_recordings


def write(folder: Path, name: str, seconds: float = 1.0, silence_s: float = 0.0) -> None:
    """Write a ramp, and digital silence after it."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    ramp = np.linspace(1000, 9000, round(seconds * 16_000)).astype(np.int16)
    wavfile.write(path, 16_000, np.concatenate([ramp, np.zeros(round(silence_s * 16_000), np.int16)]))


def test_recordings_are_chosen_by_fold_and_class_and_bear_their_scene(tmp_path: Path) -> None:
    for name in ("rain/1-a.wav", "rain/3-b.wav", "sea_waves/2-c.wav", "baby_cry/1-d.wav", "notes/1-e.wav"):
        write(tmp_path, name)
    found = read_recordings(tmp_path, (1, 2))
    assert [(one.path.name, one.scene) for one in found] == [("1-a.wav", "rain"), ("2-c.wav", "sea")]
    assert [one.path.name for one in read_recordings(tmp_path, (1, 2), ["sea"])] == ["2-c.wav"]


def test_padding_is_left_out_and_what_is_left_is_repeated_to_ten_seconds(tmp_path: Path) -> None:
    write(tmp_path, "rain/3-a.wav", seconds=1.0, silence_s=4.0)
    (recording,) = read_recordings(tmp_path, (3,))
    assert len(recording.whole) == 5 * 16_000 and len(recording.sound) == 160_000
    assert np.array_equal(recording.sound[:16_000], recording.sound[16_000:32_000])


def test_a_broken_recording_is_left_out_and_none_at_all_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "rain/1-a.wav")
    (tmp_path / "rain" / "2-b.wav").write_bytes(b"no sound")
    with caplog.at_level(logging.WARNING):
        assert len(read_recordings(tmp_path, (1, 2))) == 1
    assert "left out" in caplog.text
    with pytest.raises(DataError, match=r"1 recordings of folds \(2,\), and none can be read"):
        read_recordings(tmp_path, (2,))
    with pytest.raises(DataError, match=r"no recordings CLASS/FOLD-… of folds \(3,\); classes are rain, sea_waves"):
        read_recordings(tmp_path, (3,))
