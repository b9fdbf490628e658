"""Every stage's checkpoint keeps the keys that it has had since the first one: a run of before goes on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from s2s.models.thing_judge import CLASSES
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.stage import Stage
from s2s.training.engine.step_context import StepContext
from s2s.training.inputs.thing_images import Things
from s2s.training.stages.autoencoder import AutoencoderSettings, AutoencoderStage
from s2s.training.stages.namer import NamerStage
from s2s.training.stages.thing_judge import ThingJudgeSettings, ThingJudgeStage
from tests.s2s.training.rank_program import STAGES
from tests.s2s.training.stages import test_autoencoder_stage, test_generator_icgan_stage, test_namer_stage

pytestmark = pytest.mark.heavy

PLAIN = DeviceContext(precision="float32")
ONE_NET = {"net", "optimiser"}
# What of a stage lies under which key, spelt as the first checkpoints had it.
KEYS: dict[str, set[str]] = {
    "image-encoder": {"encoder", "projector", "prototypes", "optimiser"},
    "audio-encoder": ONE_NET,
    "judge": ONE_NET,
    "thing-judge": ONE_NET,
    "localizer": ONE_NET | {"log_temperature", "even_odds"},
    "generator": {"G", "D", "Q", "average", "optimisers", "num_updates"},
    "instance-gan": {"G", "D", "average", "optimisers", "num_updates"},
    "autoencoder": ONE_NET | {"average", "num_updates"},
    "namer": ONE_NET | {"average", "num_updates"},
    "autoencoder with a critic": ONE_NET | {"average", "num_updates", "critic"},
}


def autoencoder(texture: float) -> Stage:
    data, masks = test_autoencoder_stage.coloured_squares()
    settings = AutoencoderSettings(4, (16, 12, 8, 4), (1, 1, 1), batch=8, crop_px=(32, 16), texture=texture)
    return AutoencoderStage(data, settings, PLAIN, masks=masks)


def thing_judge() -> Stage:
    pixels = np.random.default_rng(0).integers(0, 256, (10, 144, 256, 3), dtype=np.uint8)
    masks = np.full((10, 36, 64), 255, np.uint8)
    labels, seconds = np.arange(10) % len(CLASSES), np.array([-1, 11] * 5)
    data = Things(pixels, masks, labels, seconds, np.arange(8), np.arange(8, 10))
    return ThingJudgeStage(data, ThingJudgeSettings(batch=4), PLAIN)


BUILDERS: dict[str, Callable[[Path], Stage]] = {
    "thing-judge": lambda _: thing_judge(),
    "instance-gan": test_generator_icgan_stage.stage,
    "namer": lambda _: NamerStage(test_namer_stage.made_up_bands(), test_namer_stage.TINY, PLAIN),
    "autoencoder": lambda _: autoencoder(0.0),
    "autoencoder with a critic": lambda _: autoencoder(0.1),
}


def build(name: str, out: Path) -> Stage:
    return BUILDERS[name](out) if name in BUILDERS else STAGES[name](PLAIN, 8)


def state_of_before(stage: Any, keys: set[str]) -> dict[str, Any]:
    """Gather a stage's state as each stage once did by itself."""
    state: dict[str, Any] = {}
    for key in keys:
        if key == "average":
            state[key] = stage.average.net.state_dict()
        elif key == "num_updates":
            state[key] = stage.average.num_updates
        elif key == "optimisers":
            state[key] = [stage.paint_optimiser.state_dict(), stage.discriminator_optimiser.state_dict()]
        elif isinstance(part := getattr(stage, key), Tensor):
            state[key] = part.detach()
        else:
            state[key] = part.state_dict()
    return state


def assert_same(one: Any, other: Any) -> None:
    """Compare what a checkpoint holds, tensor by tensor."""
    if isinstance(one, Tensor):
        assert torch.equal(one, other)
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for key, value in one.items():
            assert_same(value, other[key])
    elif isinstance(one, list):
        for value, its in zip(one, other, strict=True):
            assert_same(value, its)
    else:
        assert one == other


@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_checkpoint_of_before_is_taken_up_whole(name: str, tmp_path: Path) -> None:
    trained, fresh = build(name, tmp_path), build(name, tmp_path)
    trained.step(StepContext(0, 0.9, seed=0))
    before = state_of_before(trained, KEYS[name])
    assert_same(trained.state_dict(), before)
    fresh.load_state_dict(before)
    assert_same(fresh.state_dict(), before)
