"""What was written under names of before is read under those of today."""

import json
from pathlib import Path

import pytest
import torch

from s2s.commands.settings import settings_of
from s2s.training.augment.spectrogram_augment import SpectrogramAugmentation
from s2s.training.engine import checkpoint
from s2s.training.engine.checkpoint import LAST, RUN, TrainState
from s2s.training.stages.audio_encoder import AudioEncoderSettings
from s2s.training.stages.generator_light import GeneratorSettings

OLD_STATE = {
    "step": 40,
    "trained_s": 12.5,
    "best": 0.5,
    "best_step": 30,
    "since": 1,
    "validated": 30,
    "drawn": 20,
    "sums": {"judge": 1.5, "gap": 0.5},
    "counts": {"judge": 3, "gap": 3},
}


def test_a_checkpoint_of_before_is_resumed_where_it_was(tmp_path: Path) -> None:
    torch.save({"stage": {"weight": torch.ones(2)}, "standing": OLD_STATE}, tmp_path / LAST)
    stage, state = checkpoint.load(tmp_path / LAST)
    assert stage["weight"].tolist() == [1.0, 1.0]
    assert state == TrainState(
        40,
        12.5,
        0.5,
        30,
        1,
        30,
        sheet_step=20,
        sums={"discriminator": 1.5, "gap": 0.5},
        counts={"discriminator": 3, "gap": 3},
    )


def test_a_checkpoint_of_today_comes_back_as_it_was(tmp_path: Path) -> None:
    state = TrainState(step=3, sheet_step=2, sums={"loss": 1.0}, counts={"loss": 2})
    checkpoint.save(tmp_path / LAST, {"weight": torch.zeros(1)}, state)
    assert checkpoint.load(tmp_path / LAST)[1] == state


def test_a_checkpoint_without_the_state_of_its_run_is_refused(tmp_path: Path) -> None:
    torch.save({"stage": {}}, tmp_path / LAST)
    with pytest.raises(ValueError, match="is no checkpoint of a run"):
        checkpoint.load(tmp_path / LAST)


def test_a_run_of_before_goes_on_with_the_same_settings_under_their_new_names(tmp_path: Path) -> None:
    before = {"stage": "generator", "judge_rate": 8e-4, "judge_steps": 2, "versions": {}}
    (tmp_path / RUN).write_text(json.dumps(before))
    (tmp_path / LAST).touch()
    checkpoint.check_run_info(tmp_path, {"stage": "generator", "discriminator_lr": 8e-4, "discriminator_steps": 2})
    with pytest.raises(ValueError, match=r"discriminator_lr 0\.0008, now 0\.1"):
        checkpoint.check_run_info(tmp_path, {"stage": "generator", "discriminator_lr": 0.1, "discriminator_steps": 2})


@pytest.mark.parametrize("name", ["judge_rate", "discriminator_lr"])
def test_a_setting_is_known_by_both_of_its_names(name: str) -> None:
    assert settings_of(GeneratorSettings, [f"{name}=0.5"]).discriminator_lr == 0.5


def test_a_part_of_a_setting_is_known_by_both_of_its_names() -> None:
    settings = settings_of(AudioEncoderSettings, ["hearing.tilt_db=2"], augmentation=SpectrogramAugmentation())
    assert settings.augmentation == SpectrogramAugmentation(tilt_db=2.0)
