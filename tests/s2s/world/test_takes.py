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


def test_a_world_of_more_scenes_than_there_are_is_refused() -> None:
    with pytest.raises(DataError, match=rf"1\.\.{len(SCENES)}, got 99"):
        WorldCounts(1, 0, num_scenes=99)
