"""What ears are trained on: takes, recordings and sounds that are no scene, with what f_V sees from far to near."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from s2s.data.clip_source import DataError
from s2s.data.esc10 import OTHER, Recording
from s2s.spectrogram import fit_clip, log_power
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.inputs.scene_sound_sources import (
    NEARNESS_DB,
    RECORDINGS_SHARE,
    UNKNOWN_SHARE,
    EarSounds,
    nearness_by_level,
    original_of,
)
from s2s.training.inputs.scene_sounds import RUNGS, SceneSounds, write_scene_sounds
from s2s.world.takes import WorldCounts, WorldTakes, write_takes
from tests.s2s.training.made_up_pictures import random_encoder

pytestmark = [pytest.mark.gl, pytest.mark.heavy]

SPEC = SpectrogramSpec(clip_samples=16_000, floor=1e-12)
TAKES = 8


def recording(scene: str, name: str, level: float = 0.1) -> Recording:
    tone = level * np.sin(np.arange(16_000) * 0.3)
    return Recording(Path(f"{scene}/{name}.ogg"), scene, tone.astype(np.float32))


RECORDINGS = (recording("rain", "1-17367-A"), recording("rain", "shower-0"), recording(OTHER, "cat-0"))


@pytest.fixture(scope="module")
def takes(tmp_path_factory: pytest.TempPathFactory) -> WorldTakes:
    folder = tmp_path_factory.mktemp("takes")
    write_takes(folder, WorldCounts(TAKES, TAKES, 32, num_scenes=4), workers=1)
    return WorldTakes.open(folder)


@pytest.fixture(scope="module")
def sounds(takes: WorldTakes, tmp_path_factory: pytest.TempPathFactory) -> SceneSounds:
    source = EarSounds(takes, RECORDINGS, num_unknown=2)
    return write_scene_sounds(source, random_encoder(), tmp_path_factory.mktemp("sounds"), SPEC, px=32)


def test_labels_are_scenes_and_none_of_them(sounds: SceneSounds) -> None:
    assert sounds.labels[:TAKES].tolist() == [0, 1, 2, 3] * 2
    assert sounds.labels[TAKES:].tolist() == [0, 0, -1, -1, -1]
    assert sounds.recorded[TAKES:].tolist() == [True] * 3 + [False] * 2


def test_a_ladder_goes_from_far_to_near_and_what_is_no_scene_has_none(sounds: SceneSounds) -> None:
    ladders = torch.from_numpy(np.array(sounds.ladders))
    known = torch.from_numpy(sounds.labels >= 0)
    assert_close(ladders[known].norm(dim=-1), torch.ones(int(known.sum()), RUNGS), atol=1e-4, rtol=0)
    assert not bool(ladders[~known].any())
    assert not torch.equal(ladders[5, 0], ladders[5, -1])


def test_spectrograms_are_those_of_the_model_and_its_deviation_is_measured(
    takes: WorldTakes, sounds: SceneSounds
) -> None:
    own = log_power(fit_clip(takes.sound("take-000003"), SPEC), SPEC) - np.log(SPEC.floor)
    kept = sounds.log_spectrograms_of(np.array([3]))[0]
    assert_close(kept, own.float(), atol=0.02, rtol=1e-3)
    inputs = sounds.normalised(sounds.log_spectrograms_of(sounds.train))
    assert float(inputs.mean()) == pytest.approx(0.0, abs=0.3) and float(inputs.std()) == pytest.approx(1.0, abs=0.3)


def test_a_crop_goes_on_at_the_beginning_after_the_end(sounds: SceneSounds) -> None:
    whole = sounds.log_spectrograms_of(np.array([7]))[0]
    crop = sounds.crops_of(np.array([7]), np.array([SPEC.num_frames - 10]), 30)[0]
    assert torch.equal(crop, torch.cat([whole[:, -10:], whole[:, :20]], dim=1))


def test_recordings_and_the_unknown_get_their_share_of_what_is_drawn(takes: WorldTakes) -> None:
    source = EarSounds(takes, RECORDINGS, num_unknown=60)
    drawn = [one for one in source.sounds if one.split == "train"]
    recorded = sum(one.weight for one in drawn if one.recorded and one.state is not None)
    unknown = sum(one.weight for one in drawn if one.state is None)
    assert sum(one.weight for one in drawn) == pytest.approx(1.0)
    assert recorded == pytest.approx(RECORDINGS_SHARE) and unknown == pytest.approx(UNKNOWN_SHARE)


def test_recordings_of_one_scene_weigh_alike_however_many_windows_were_cut_from_each(takes: WorldTakes) -> None:
    windows = {"long": 8, "short": 2, "single": 1}
    recordings = [recording("sea", f"{name}-{window}") for name, count in windows.items() for window in range(count)]
    drawn = [one for one in EarSounds(takes, recordings).sounds if one.recorded]
    of_each = [sum(one.weight for one in drawn if f"/{name}-" in one.name) for name in windows]
    assert of_each == pytest.approx([RECORDINGS_SHARE / 3] * 3)


def test_ten_times_the_amplitude_is_twenty_decibels_nearer() -> None:
    far, near = (nearness_by_level(recording("rain", "a", level).sound) for level in (0.02, 0.2))
    assert (near - far) * NEARNESS_DB == pytest.approx(20.0, abs=0.1)


def test_windows_and_clips_know_their_original() -> None:
    assert original_of(recording("rain", "1-17367-A")) == original_of(recording("rain", "2-17367-B")) == "17367"
    assert original_of(recording("sea", "fs450755-3")) == "fs450755"


def test_every_sixth_recording_of_a_scene_is_held_out_with_all_its_windows(takes: WorldTakes) -> None:
    recordings = [recording("sea", f"beach{number}-{window}") for number in range(12) for window in range(2)]
    held = [one.name for one in EarSounds(takes, recordings).sounds if one.recorded and one.split == "val"]
    assert held == [f"sea/beach{number}-{window}" for number in (5, 11) for window in range(2)]


def test_another_set_of_sounds_is_refused(takes: WorldTakes, tmp_path: Path) -> None:
    write_scene_sounds(EarSounds(takes, RECORDINGS[:1]), random_encoder(), tmp_path, SPEC, px=32)
    with pytest.raises(DataError, match="holds other sounds: choose another --cache"):
        write_scene_sounds(EarSounds(takes, RECORDINGS), random_encoder(), tmp_path, SPEC, px=32)


def test_how_often_sounds_are_drawn_may_change_without_hearing_them_again(takes: WorldTakes, tmp_path: Path) -> None:
    source = EarSounds(takes, RECORDINGS)
    write_scene_sounds(source, random_encoder(), tmp_path, SPEC, px=32)
    written = (tmp_path / "heard.npy").stat().st_mtime_ns
    doubled = [replace(one, weight=2.0 if one.recorded else one.weight) for one in source.sounds]
    object.__setattr__(source, "sounds", doubled)
    again = write_scene_sounds(source, random_encoder(), tmp_path, SPEC, px=32)
    assert set(again.weights[again.recorded]) == {2.0}
    assert (tmp_path / "heard.npy").stat().st_mtime_ns == written


def test_an_unfinished_folder_says_so(takes: WorldTakes, tmp_path: Path) -> None:
    write_scene_sounds(EarSounds(takes), random_encoder(), tmp_path, SPEC, px=32)
    (tmp_path / "done").write_text("4")
    with pytest.raises(DataError, match=r"is unfinished \(4 of 8 sounds\): run the same command again"):
        SceneSounds.open(tmp_path)
