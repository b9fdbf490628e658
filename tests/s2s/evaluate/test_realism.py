"""The world's realism: how recordings are read, what a listener learns, how its answers are counted."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.io import wavfile

from s2s.data.clip_source import DataError
from s2s.evaluate import sound_classifier
from s2s.evaluate.realism import confusion_of, measure_realism, recordings_of, synthesise_takes
from s2s.evaluate.sound_classifier import SPEC, log_power_of, train_sound_classifier, varied
from s2s.world.sounds import synthesize
from s2s.world.state import draw_state

pytestmark = pytest.mark.heavy

RATE_HZ = 16_000


def write_recordings(folder: Path, scene_of_class: dict[str, str], folds: tuple[int, ...]) -> None:
    """Write takes of the world as if they were recordings, one a class and fold."""
    for number, (name, scene) in enumerate(scene_of_class.items()):
        (folder / name).mkdir()
        for fold in folds:
            sound = synthesize(draw_state(scene, 50 + fold + number), duration_s=5.0)
            wavfile.write(folder / name / f"{fold}-{number}-A.wav", RATE_HZ, (sound * 32767).astype(np.int16))


def test_recordings_are_chosen_by_fold_and_class(tmp_path: Path) -> None:
    write_recordings(tmp_path, {"rain": "rain", "sea_waves": "sea", "baby_cry": "wind"}, folds=(1, 2, 3))
    sounds = recordings_of(tmp_path, (1, 2), ["wind", "sea", "rain"])
    assert sorted(sounds.scene.tolist()) == [1, 1, 2, 2]
    assert sounds.log_power.shape == (4, SPEC.num_bins, SPEC.num_frames)


def test_a_folder_without_the_fold_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    write_recordings(tmp_path, {"rain": "rain"}, folds=(1,))
    with pytest.raises(DataError, match=r"no recordings CLASS/FOLD-… of folds \(3,\); classes are rain"):
        recordings_of(tmp_path, (3,), ["rain"])


def test_answers_are_counted_among_all_scenes_or_the_recorded_ones() -> None:
    scenes = ["rain", "bell", "sea"]  # nobody recorded the bell
    logits = torch.tensor([[3.0, 1.0, 0.0], [1.0, 3.0, 2.0], [0.0, 2.0, 3.0], [0.0, 3.0, 1.0]])
    truth = torch.tensor([0, 0, 2, 2])
    among_all = confusion_of(logits, truth, scenes, shared_only=False)
    assert among_all.counts == ((1, 1, 0), (0, 1, 1))
    assert among_all.accuracy == 0.5
    assert among_all.lines()[0].split() == ["rain", "1", "of", "2", "bell", "1"]
    shared = confusion_of(logits, truth, scenes, shared_only=True)
    assert shared.columns == ("rain", "sea")
    assert shared.counts == ((1, 1), (0, 2))
    assert shared.accuracy == 0.75


def test_variation_changes_level_beginning_and_length_and_keeps_the_floor() -> None:
    sounds = log_power_of(synthesize(draw_state("rain", 3), duration_s=5.0)).float()
    batch = varied(sounds.repeat(24, 1, 1), torch.Generator().manual_seed(0))
    assert batch.shape == (24, SPEC.num_bins, SPEC.num_frames)
    assert float(batch.min()) >= np.log(SPEC.floor) - 1e-3
    levels = batch.amax((1, 2))
    assert float(levels.max() - levels.min()) > 1.0
    silent = (batch <= np.log(SPEC.floor) + 1e-4).all(dim=1).any(dim=1)
    assert 2 <= int(silent.sum()) <= 18


@pytest.mark.slow
def test_a_listener_learns_to_tell_scenes_apart() -> None:
    scenes = ["rain", "bell"]
    taught, asked = (synthesise_takes(scenes, takes, seed) for takes, seed in ((8, 100), (6, 900)))
    listener = train_sound_classifier(taught, 2, steps=12, seed=1)
    assert confusion_of(listener.answer(asked), asked.scene, scenes, shared_only=False).accuracy >= 0.75


def test_the_held_out_fold_teaches_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recordings of fold 3 that are labelled wrongly change no listener, those of folds 1 and 2 do."""
    monkeypatch.setattr(sound_classifier, "WIDTH", 4)  # who is taught what is no matter of how well
    measured = []
    for number, swapped in enumerate(((), (3,), (1, 2))):
        folder = tmp_path / str(number)
        folder.mkdir()
        write_recordings(folder, {"rain": "rain", "rooster": "rooster"}, folds=(1, 2, 3))
        for fold in swapped:
            for path in folder.glob(f"*/{fold}-*"):
                path.rename(path.with_suffix(".tmp"))
            for path in folder.glob("*/*.tmp"):
                other = "rooster" if path.parent.name == "rain" else "rain"
                path.rename(folder / other / path.with_suffix(".wav").name)
        measured.append(measure_realism(folder, takes=2, steps=1, scenes=["rain", "rooster"]))
    right, fold_3_wrong, folds_1_2_wrong = measured
    for verdict, wrong in zip(right.verdicts[:4], fold_3_wrong.verdicts[:4], strict=True):
        assert verdict.confusion.accuracy == pytest.approx(1.0 - wrong.confusion.accuracy)
    assert right.verdicts[4] == fold_3_wrong.verdicts[4]
    assert right.verdicts[0] == folds_1_2_wrong.verdicts[0]
    assert right.number == right.verdicts[0].confusion.accuracy
    assert "taught by the world alone, asked about fold 3, among 2 scenes" in right.verdicts[0].as_dict()["title"]
