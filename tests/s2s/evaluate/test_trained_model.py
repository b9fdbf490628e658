"""Finished runs of tiny stages become a bundle, whichever recipe painted."""

from pathlib import Path
from typing import Literal

import pytest
import torch

from s2s import bundle
from s2s.card import BigGanSizes, LightSizes
from s2s.evaluate.trained_model import Stages, load_stages, write_bundle
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunPlan
from s2s.training.engine.stage import RunLength
from s2s.training.stages.audio_encoder import AudioEncoderSettings, train_audio_encoder
from s2s.training.stages.generator_icgan import InstanceGanSettings, train_instance_gan
from s2s.training.stages.generator_light import GeneratorSettings, train_generator
from s2s.training.stages.image_encoder import ImageEncoderSettings, load_image_encoder, train_image_encoder
from s2s.training.stages.judge import JudgeSettings, train_judge
from tests.s2s.training.made_up_pairs import tiny_pairs
from tests.s2s.training.made_up_pictures import coloured_pictures

pytestmark = pytest.mark.heavy

STORY = {"provenance": "a test", "data": "noise"}


def plan(out: Path) -> RunPlan:
    return RunPlan(out, RunLength(1), DeviceContext(precision="float32"))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out, pictures = tmp_path_factory.mktemp("runs"), coloured_pictures()
    eyes = ImageEncoderSettings(width=4, batch=8, projection_dim=8, prototypes=8)
    train_image_encoder(pictures, eyes, plan(out / "f_V"))
    encoder = load_image_encoder(out / "f_V")
    light = GeneratorSettings(channels=(8, 8, 8, 8, 8), z_dim=4, batch=4)
    train_generator(pictures, encoder, light, plan(out / "light"))  # type: ignore[arg-type]
    published = InstanceGanSettings(resolution=64, channels=8, z_dim=20, shared_dim=8, k_nn=4, batch=4)
    train_instance_gan(pictures, encoder, published, plan(out / "icgan"))
    train_audio_encoder(tiny_pairs(8, dim=32), AudioEncoderSettings(width=4, batch=4), plan(out / "f_A"))
    train_judge(pictures, JudgeSettings(batch=4), plan(out / "judge"))
    return out


@pytest.mark.parametrize(("recipe", "kind"), [("light", LightSizes), ("icgan", BigGanSizes)])
def test_a_bundle_paints_as_the_run_it_was_made_of(
    recipe: Literal["light", "icgan"], kind: type, runs: Path, tmp_path: Path
) -> None:
    model = load_stages(Stages(runs / "f_V", runs / recipe, runs / "f_A"))
    card = write_bundle(tmp_path, model, {}, name="Tiny", version="1", story=STORY)
    assert isinstance(card.generator, kind)
    loaded = bundle.load(tmp_path)
    z, h = torch.randn(2, loaded.generator.z_dim), torch.nn.functional.normalize(torch.rand(2, 32), dim=1)
    with torch.inference_mode():
        torch.testing.assert_close(loaded.generator(z, h), model.generator(z, h), atol=1e-4, rtol=1e-3)
