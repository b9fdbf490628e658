"""The world's data: folders that are what they say, and pictures on their way to a network and back."""

from pathlib import Path

import numpy as np
import pytest

from s2s.data.clip_source import DataError
from s2s.sampling.generate import as_pixels
from s2s.training.inputs.tensors import to_tensor
from s2s.world.state import FIRST_SCENES, SCENES
from s2s.world.takes import WorldCounts, WorldTakes


def test_pictures_survive_the_way_to_tensors_and_back() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)
    assert np.array_equal(as_pixels(to_tensor(pictures, 64)), pictures)
    with pytest.raises(DataError, match="take a divisor"):
        to_tensor(pictures, 48)


def test_a_folder_without_data_says_how_to_make_some(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="prepare --corpus world"):
        WorldTakes.open(tmp_path)


@pytest.mark.parametrize(("said", "num_scenes"), [("", len(FIRST_SCENES)), (', "num_scenes": 2', 2)])
def test_a_folder_that_does_not_say_its_scenes_holds_the_first_ones(tmp_path: Path, said: str, num_scenes: int) -> None:
    num = 3 * len(SCENES)
    (tmp_path / "about.json").write_text(f'{{"num_pictures": {num}, "num_sounds": 0, "picture_px": 8{said}}}')
    for name, array in (("pictures", np.zeros((num, 8, 8, 3), np.uint8)), ("sounds", np.zeros((0, 1), np.int16))):
        np.save(tmp_path / f"{name}.npy", array)
        (tmp_path / f"{name}.done").write_text(str(len(array)))
    opened = WorldTakes.open(tmp_path)
    assert opened.scenes.max() == num_scenes - 1
    assert opened.counts.state(num_scenes + 1).scene == SCENES[1]


def test_a_moment_at_several_levels_is_the_same_one_from_far_to_near() -> None:
    counts = WorldCounts(12, 0, first_seed=5, num_scenes=2, nearnesses=(0.0, 0.3, 1.0))
    takes = [counts.state(index) for index in range(12)]
    assert [take.scene for take in takes[::3]] == [SCENES[0], SCENES[1], SCENES[0], SCENES[1]]
    assert [take.nearness for take in takes[3:6]] == [0.0, 0.3, 1.0]
    assert len({(take.seed, take.hour) for take in takes[3:6]}) == 1
    assert len({take.seed for take in takes}) == 4


def test_a_moments_levels_are_trained_on_or_tested_with_never_both() -> None:
    counts = WorldCounts(96, 96, 8, num_scenes=2, nearnesses=(0.0, 0.3, 1.0))
    takes = WorldTakes(counts, np.zeros((96, 8, 8, 3), np.uint8), np.zeros((96, 1), np.int16))
    splits = [takes.split(clip_id) for clip_id in takes.ids]
    assert set(splits) == {"train", "val", "test"}
    assert all(len(set(splits[first : first + 3])) == 1 for first in range(0, 96, 3))
    assert takes.test_takes.tolist() == [index for index, split in enumerate(splits) if split == "test"]
    assert takes.scenes[:7].tolist() == [0, 0, 0, 1, 1, 1, 0]


@pytest.mark.parametrize(
    ("count", "nearnesses", "words"),
    [
        (10, (0.0, 0.3, 1.0), "whole moments at 3 levels each, got 10"),
        (10, (0.3, 0.0), "must rise within 0..1, got 0.3, 0.0"),
        (10, (0.3, 0.3), "must rise"),
        (10, (0.3, 1.5), "must rise within 0..1"),
    ],
)
def test_half_a_moment_and_nearnesses_that_do_not_rise_are_refused(
    count: int, nearnesses: tuple[float, ...], words: str
) -> None:
    with pytest.raises(DataError, match=words):
        WorldCounts(count, 0, nearnesses=nearnesses)


def test_a_world_of_more_scenes_than_there_are_is_refused() -> None:
    with pytest.raises(DataError, match=rf"1\.\.{len(SCENES)}, got 99"):
        WorldCounts(1, 0, num_scenes=99)
