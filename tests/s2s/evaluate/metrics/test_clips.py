"""What is measured on: held-out clips alone; what cannot be an honest test is refused in one line."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from s2s.data.clip_source import DataError
from s2s.evaluate.metrics.clips import PairClips, open_clips
from tests.s2s.evaluate.evaluated import CLASSES, Labelled, write_films
from tests.s2s.selection.clips import write_prepared


def write_sound(path: Path, seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).normal(0.0, 3000.0, 8000)
    wavfile.write(path, 16_000, noise.astype(np.int16))


def test_of_films_the_test_split_is_held_out_with_classes_and_recordings(tmp_path: Path) -> None:
    clips = open_clips(write_films(tmp_path / "films"))
    assert isinstance(clips, PairClips)
    assert (clips.kind, len(clips.ids), len(clips.training)) == ("films", 6, 6)
    assert set(clips.labels) == set(CLASSES) and len(set(clips.recordings)) == 6
    assert clips.has_pictures and clips.picture(0).shape == (32, 32, 3)
    assert len(open_clips(write_films(tmp_path / "more", 24), most=4).ids) == 4


def test_a_few_of_clips_whose_classes_take_turns_are_of_every_class(tmp_path: Path) -> None:
    for number in range(8):
        for scene in ("rain", "dog_bark", "helicopter"):
            write_sound(tmp_path / scene / f"3-{number}00-A.wav")
    clips = open_clips(tmp_path, most=6)
    assert sorted(clips.labels, key=str) == ["dog", "dog", "helicopter", "helicopter", "rain", "rain"]


def test_of_a_folder_like_esc10_fold_3_is_held_out(tmp_path: Path) -> None:
    for fold in (1, 2, 3):
        write_sound(tmp_path / "rain" / f"{fold}-{fold}00-A.wav")
        write_sound(tmp_path / "dog_bark" / f"{fold}-{fold}50-A.wav")
    clips = open_clips(tmp_path)
    assert sorted(clips.labels, key=str) == ["dog", "rain"] and clips.kind == "recordings"
    assert not clips.has_pictures and len(clips.sound(0)) == 160_000
    assert all("3-3" in recording for recording in clips.recordings)


def test_of_windows_the_test_part_is_held_out_also_of_classes_that_the_world_has_not(tmp_path: Path) -> None:
    for scene in ("rain", "tram"):
        for recording in range(3):
            write_sound(tmp_path / scene / f"{scene}{recording}-0.wav")
            write_sound(tmp_path / scene / f"{scene}{recording}-1.wav")
    write_sound(tmp_path / "other" / "cat-0.wav")
    clips = open_clips(tmp_path)
    assert clips.labels == ["rain", "rain", "tram", "tram"]
    assert clips.recordings == ["rain/rain1", "rain/rain1", "tram/tram1", "tram/tram1"]


def test_one_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="all held-out clips are of one class, dog: nothing can be told apart"):
        open_clips(write_films(tmp_path / "films", classes=("dog",)))


class Leaking(Labelled):
    """Clips cut from one recording, on both sides of the split."""

    def __init__(self) -> None:
        super().__init__(6)
        self.ids = [f"beach-{number // 2}_{number % 2}0000_{number % 2 + 1}0000" for number in range(6)]

    def _number(self, clip_id: str) -> int:
        return self.ids.index(clip_id)


def test_films_of_which_one_half_is_trained_on_are_refused(tmp_path: Path) -> None:
    folder = write_prepared(tmp_path / "films", Leaking(), px=32, labelled=True)
    index = folder / "index.jsonl"
    index.write_text(index.read_text().replace(".mp4", ""))
    with pytest.raises(DataError, match="3 recordings are both trained on and held out"):
        open_clips(folder)


def test_recordings_of_which_another_fold_has_a_part_are_refused(tmp_path: Path) -> None:
    for name in ("1-700-A", "3-700-B", "3-800-A"):
        write_sound(tmp_path / "rain" / f"{name}.wav")
    write_sound(tmp_path / "dog_bark" / "3-900-A.wav")
    with pytest.raises(DataError, match=r"1 recordings are both trained on and held out \(700\)"):
        open_clips(tmp_path)


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()], ids=["missing", "empty"])
def test_a_folder_of_nothing_is_refused(make: object, tmp_path: Path) -> None:
    assert callable(make)
    make(tmp_path / "data")
    with pytest.raises(DataError, match="data"):
        open_clips(tmp_path / "data")
