"""One short run of every training stage with tiny networks, and what the pieces around them promise."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from s2s.training.audio_encoder import (
    AudioEncoderSettings,
    encode_sounds,
    load_audio_encoder,
    measured_spec,
    train_audio_encoder,
)
from s2s.training.conditions import Conditions, nearest
from s2s.training.data import DataError, WorldCounts, WorldData, int16_to_float, to_pictures, to_tensor
from s2s.training.ema import MovingAverage
from s2s.training.generator import GeneratorSettings, GeneratorTrainer, conditions_of, load_generator, train_generator
from s2s.training.image_encoder import (
    ImageEncoderSettings,
    encode_pictures,
    load_image_encoder,
    train_image_encoder,
)
from s2s.training.judge import JudgeSettings, load_judge, train_judge
from s2s.training.loop import RunLength, train
from s2s.world.state import FIRST_SCENES, SCENES

TINY_GENERATOR = GeneratorSettings(channels=(8, 8, 8, 8, 8), z_dim=4, batch=4, warm_up=0.5)


@pytest.fixture(scope="module")
def data() -> WorldData:
    """A world of coloured noise: every scene its own colour and its own hum. Drawing the real one takes longer."""
    rng = np.random.default_rng(0)
    num_scenes = len(FIRST_SCENES)
    num = 3 * num_scenes
    colour = rng.integers(0, 256, (num_scenes, 1, 1, 3))[np.arange(num) % num_scenes]
    pictures = np.clip(colour + rng.normal(0, 20, (num, 64, 64, 3)), 0, 255).astype(np.uint8)
    time_s = np.arange(160_000) / 16_000
    hums = [np.sin(2 * np.pi * (200 + 150 * (take % num_scenes)) * time_s) * 8_000 for take in range(num)]
    return WorldData(WorldCounts(num, num, 64, num_scenes=num_scenes), pictures, np.stack(hums).astype(np.int16))


@pytest.fixture(scope="module")
def image_encoder_folder(data: WorldData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("image-encoder")
    train_image_encoder(data, out, ImageEncoderSettings(width=4, batch=8, projection_dim=8), RunLength(2))
    return out


def test_the_image_encoder_trains_and_comes_back_frozen(data: WorldData, image_encoder_folder: Path) -> None:
    encoder = load_image_encoder(image_encoder_folder)
    features = encode_pictures(encoder, data.pictures[:5])
    assert features.shape == (5, 32)
    assert float(features.min()) >= 0
    assert_close(features.norm(dim=1), torch.ones(5))
    assert not any(weight.requires_grad for weight in encoder.parameters())
    run = json.loads((image_encoder_folder / "run.json").read_text())
    assert run["stage"] == "image-encoder"
    assert (image_encoder_folder / "sheet.png").exists()


def test_the_generator_trains_through_both_phases_and_comes_back(
    data: WorldData, image_encoder_folder: Path, tmp_path: Path
) -> None:
    encoder = load_image_encoder(image_encoder_folder)
    painted = train_generator(data, encoder, tmp_path, TINY_GENERATOR, RunLength(4))
    loaded = load_generator(tmp_path, h_dim=32)
    z, h = torch.randn(2, 4), torch.rand(2, 32)
    with torch.inference_mode():
        # Not bit by bit: the memory layout, and with it the order of sums, differs.
        assert_close(loaded(z, h), painted(z, h), atol=1e-5, rtol=1e-4)
    log = json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])
    assert {"pixel", "divergence", "adversarial", "judge", "latent"} <= set(log)


def test_a_stopped_generator_run_goes_on_where_it_stopped(
    data: WorldData, image_encoder_folder: Path, tmp_path: Path
) -> None:
    encoder = load_image_encoder(image_encoder_folder)
    train_generator(data, encoder, tmp_path, TINY_GENERATOR, RunLength(2))
    train_generator(data, encoder, tmp_path, TINY_GENERATOR, RunLength(3))
    steps = [json.loads(line)["step"] for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert steps == [2, 3]


def test_a_generator_grows_from_a_run_at_half_the_resolution(
    data: WorldData, image_encoder_folder: Path, tmp_path: Path
) -> None:
    encoder = load_image_encoder(image_encoder_folder)
    smaller = GeneratorSettings(channels=(8, 8, 8, 8), z_dim=4, batch=4)
    train_generator(data, encoder, tmp_path, smaller, RunLength(1))
    grown = GeneratorTrainer(data, encoder, TINY_GENERATOR, conditions_of(data, encoder, tmp_path))
    grown.grow_from(tmp_path / "checkpoint.pt")
    wanted = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["trainer"]["average"]["start.weight"]
    assert torch.equal(grown.average.net.state_dict()["start.weight"], wanted)


def test_the_audio_encoder_trains_and_comes_back_with_its_input_definition(
    data: WorldData, image_encoder_folder: Path, tmp_path: Path
) -> None:
    encoder = load_image_encoder(image_encoder_folder)
    settings = AudioEncoderSettings(width=4, batch=4)
    net = train_audio_encoder(data, encoder, tmp_path, settings, RunLength(1), recordings=[])
    loaded, spec = load_audio_encoder(tmp_path)
    assert spec.normalisation == "fixed"
    sounds = int16_to_float(data.sounds[:2])
    embedded = encode_sounds(loaded, spec, sounds)
    assert embedded.shape == (2, 32)
    assert_close(embedded, encode_sounds(net, spec, sounds))


def test_the_judge_trains_and_comes_back(data: WorldData, tmp_path: Path) -> None:
    judge = train_judge(data, tmp_path, JudgeSettings(batch=4), RunLength(1))
    pictures = to_tensor(data.pictures[:2], 64)
    assert load_judge(tmp_path)(pictures).shape == (2, len(FIRST_SCENES))
    assert_close(load_judge(tmp_path)(pictures), judge(pictures))


def test_the_input_definition_is_measured_on_the_training_sounds(data: WorldData) -> None:
    quieter = (data.sounds // 8).astype(np.int16)
    loud, quiet = measured_spec(data.sounds, sample=4), measured_spec(quieter, sample=4)
    assert loud.mean is not None and quiet.mean is not None
    assert quiet.mean < loud.mean


def test_conditions_are_unit_vectors_near_their_picture() -> None:
    features = torch.nn.functional.normalize(torch.rand(200, 16), dim=1)
    index, h = Conditions(features, nearest(features, 20)).draw(64, torch.Generator().manual_seed(0))
    assert_close(h.norm(dim=1), torch.ones(64))
    own = (h * features[index]).sum(dim=1)
    assert int((own > 0.9999).sum()) > 10  # some are the picture's own feature
    assert int((own < 0.9999).sum()) > 10  # and some a neighbourhood's
    assert float(own.mean()) > float((h @ features.T).mean())


def test_the_moving_average_soon_forgets_the_random_start() -> None:
    net = torch.nn.Linear(1, 1, bias=False)
    average = MovingAverage(net, 0.99)
    torch.nn.init.constant_(net.weight, 5.0)
    for _ in range(200):
        average.update(net)
    assert float(average.net.weight) == pytest.approx(5.0, abs=0.05)


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path: Path) -> None:
    class Broken:
        def step(self, progress: float) -> dict[str, float]:
            return {"loss": float("nan")}

        def sheet(self) -> None:
            return None

        def state_dict(self) -> dict[str, int]:
            return {}

        def load_state_dict(self, state: dict[str, int]) -> None:
            pass

    with pytest.raises(FloatingPointError, match="step 1: loss"):
        train(Broken(), tmp_path, RunLength(3), {})


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
