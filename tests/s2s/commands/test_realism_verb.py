"""`python -m s2s realism`: numbers and tables as JSON and in words, and one clear line for bad input."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.io import wavfile

from s2s.__main__ import main
from s2s.evaluate import realism, sound_classifier
from s2s.world.sounds import synthesize
from s2s.world.state import SceneState, draw_state


def a_second(state: SceneState, *, duration_s: float) -> NDArray[np.float32]:
    return np.tile(synthesize(state, duration_s=1.0), round(duration_s))


@pytest.mark.heavy
def test_the_numbers_are_written_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(realism, "synthesize", a_second)
    monkeypatch.setattr(sound_classifier, "WIDTH", 4)
    (tmp_path / "dog_bark").mkdir()
    for fold in (1, 2, 3):
        sound = synthesize(draw_state("dog", fold), duration_s=5.0)
        wavfile.write(tmp_path / "dog_bark" / f"{fold}-1-A.wav", 16_000, (sound * 32767).astype(np.int16))
    out = tmp_path / "answers" / "realism.json"
    assert main(["realism", str(tmp_path), str(out), "--takes", "2", "--steps", "1"]) == 0
    results = json.loads(out.read_text())["results"]
    assert results["realism"] == results["verdicts"][0]["accuracy"]
    assert [sum(verdict["confusion"]["dog"].values()) for verdict in results["verdicts"]] == [1, 1, 1, 1, 2, 2]
    assert "taught by the world alone, asked about fold 3, among 28 scenes" in capsys.readouterr().out


def test_a_folder_without_recordings_is_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["realism", str(tmp_path), str(tmp_path / "out.json")]) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert "holds no recordings CLASS/FOLD" in complaint
