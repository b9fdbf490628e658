"""The world's data, and one short run of the stages that look at pictures alone."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from s2s.models.image_encoder import ImageEncoder
from s2s.training.data import DataError, WorldCounts, WorldData, to_pictures, to_tensor
from s2s.training.features import encode_pictures
from s2s.training.image_encoder import ImageEncoderSettings, load_image_encoder, train_image_encoder
from s2s.training.loop import RunPlan
from s2s.training.pictures import Pictures
from s2s.training.rig import Rig
from s2s.training.stage import RunLength
from s2s.world.state import FIRST_SCENES, SCENES

TINY_EYES = ImageEncoderSettings(width=4, batch=8, projection_dim=8, prototypes=8)


def plan(out: Path, steps: int) -> RunPlan:
    return RunPlan(out, RunLength(steps, validate_every=2, sheet_every=2, log_every=1), Rig(precision="float32"))


@pytest.fixture(scope="module")
def data() -> WorldData:
    """A world of coloured noise: every scene its own colour. Drawing the real one takes longer."""
    rng = np.random.default_rng(0)
    num_scenes = 2
    num = 40 * num_scenes
    colour = rng.integers(0, 256, (num_scenes, 1, 1, 3))[np.arange(num) % num_scenes]
    pictures = np.clip(colour + rng.normal(0, 20, (num, 64, 64, 3)), 0, 255).astype(np.uint8)
    return WorldData(WorldCounts(num, 0, 64, num_scenes=num_scenes), pictures, np.empty((0, 160_000), np.int16))


@pytest.fixture(scope="module")
def pictures(data: WorldData) -> Pictures:
    return Pictures.of_world(data)


@pytest.fixture(scope="module")
def encoder(pictures: Pictures, tmp_path_factory: pytest.TempPathFactory) -> ImageEncoder:
    out = tmp_path_factory.mktemp("image-encoder")
    train_image_encoder(pictures, TINY_EYES, plan(out, 2))
    loaded = load_image_encoder(out)
    assert isinstance(loaded, ImageEncoder)
    return loaded


def test_the_image_encoder_trains_and_comes_back_frozen(encoder: ImageEncoder, pictures: Pictures) -> None:
    features = encode_pictures(encoder, pictures.of(pictures.train[:5]))
    assert features.shape == (5, 32)
    assert float(features.min()) >= 0
    assert_close(features.norm(dim=1), torch.ones(5))
    assert not any(weight.requires_grad for weight in encoder.parameters())


def test_pictures_survive_the_way_to_tensors_and_back(data: WorldData) -> None:
    assert np.array_equal(to_pictures(to_tensor(data.pictures[:3], 64)), data.pictures[:3])
    with pytest.raises(DataError, match="take a divisor"):
        to_tensor(data.pictures[:1], 48)


def test_a_folder_without_data_says_how_to_make_some(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="prepare world"):
        WorldData.open(tmp_path)


@pytest.mark.parametrize(("said", "num_scenes"), [("", len(FIRST_SCENES)), (', "num_scenes": 2', 2)])
def test_a_folder_that_does_not_say_its_scenes_holds_the_first_ones(tmp_path: Path, said: str, num_scenes: int) -> None:
    num = 3 * len(SCENES)
    (tmp_path / "about.json").write_text(f'{{"num_pictures": {num}, "num_sounds": 0, "picture_px": 8{said}}}')
    for name, array in (("pictures", np.zeros((num, 8, 8, 3), np.uint8)), ("sounds", np.zeros((0, 1), np.int16))):
        np.save(tmp_path / f"{name}.npy", array)
        (tmp_path / f"{name}.done").write_text(str(len(array)))
    opened = WorldData.open(tmp_path)
    assert opened.scenes.max() == num_scenes - 1
    assert opened.counts.state(num_scenes + 1).scene == SCENES[1]


def test_a_world_of_more_scenes_than_there_are_is_refused() -> None:
    with pytest.raises(DataError, match=rf"1\.\.{len(SCENES)}, got 99"):
        WorldCounts(1, 0, num_scenes=99)
