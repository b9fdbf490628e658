"""The autoencoder learns pictures around their things, resumes bit for bit, and comes back as it was."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.testing import assert_close

from s2s.data.clip_source import DataError
from s2s.sampling.generate import as_pixels
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.engine.step_context import StepContext
from s2s.training.inputs.images import Pictures
from s2s.training.inputs.tensors import as_input
from s2s.training.stages.autoencoder import (
    AutoencoderSettings,
    AutoencoderStage,
    likeness,
    load_autoencoder,
    train_autoencoder,
)

pytestmark = pytest.mark.heavy

TINY = AutoencoderSettings(code_dim=4, channels=(16, 12, 8, 4), blocks=(1, 1, 1), batch=8, crop_px=(32, 16))
HEIGHT, WIDTH, COUNT = 32, 64, 12


def coloured_squares() -> tuple[Pictures, NDArray[np.uint8]]:
    """Grey pictures with one coloured square each, and masks of where it is."""
    rng = np.random.default_rng(0)
    pixels = np.full((COUNT, HEIGHT, WIDTH, 3), 128, np.uint8)
    masks = np.zeros((COUNT, HEIGHT // 4, WIDTH // 4), np.uint8)
    for number in range(COUNT):
        x, y = 4 * int(rng.integers(0, WIDTH // 4 - 2)), 4 * int(rng.integers(0, HEIGHT // 4 - 2))
        pixels[number, y : y + 8, x : x + 8] = rng.integers(0, 256, 3)
        masks[number, y // 4 : y // 4 + 2, x // 4 : x // 4 + 2] = 255
    rows = np.arange(COUNT)
    return Pictures(pixels, rows[:-2], rows[-2:], ("square",), np.zeros(COUNT, np.int64)), masks


def plan(out: Path, steps: int) -> RunPlan:
    return RunPlan(
        out, RunLength(steps, validate_every=2, sheet_every=2, log_every=1), DeviceContext(precision="float32")
    )


def test_it_learns_what_it_is_shown() -> None:
    data, masks = coloured_squares()
    stage = AutoencoderStage(data, replace(TINY, learning_rate=4e-3), DeviceContext(precision="float32"), masks=masks)
    first = stage.step(StepContext(0, 0.1, 0))["level"]
    for step in range(1, 150):
        last = stage.step(StepContext(step, 0.1, 0))["level"]
    assert last < 0.7 * first


def test_crops_lie_around_the_thing() -> None:
    data, masks = coloured_squares()
    settings = replace(TINY, on_thing=1.0)
    stage = AutoencoderStage(data, settings, DeviceContext(precision="float32"), masks=masks)
    stage.step(StepContext(0, 0.1, 0))
    cut = stage.last_batch()["masks"]
    assert cut.shape == (8, 1, 4, 8)
    assert bool((cut.flatten(1).sum(dim=1) > 0).all())


def test_a_critic_learns_first_and_is_heard_later() -> None:
    data, masks = coloured_squares()
    settings = replace(TINY, texture=0.1, texture_from=0.5)
    stage = AutoencoderStage(data, settings, DeviceContext(precision="float32"), masks=masks)
    assert stage.step(StepContext(0, 0.4, 0)).keys() == {"level", "slope", "critic"}
    assert stage.step(StepContext(1, 0.6, 0)).keys() == {"level", "slope", "critic", "wish"}


def test_the_end_of_a_run_sees_whole_pictures() -> None:
    data, masks = coloured_squares()
    stage = AutoencoderStage(data, TINY, DeviceContext(precision="float32"), masks=masks)
    stage.step(StepContext(0, 0.99, 0))
    assert stage.last_batch()["pictures"].shape == (2, 3, HEIGHT, WIDTH)


@pytest.mark.parametrize("settings", [TINY, replace(TINY, texture=0.1)], ids=["plain", "with a critic"])
def test_a_run_in_two_parts_is_the_undisturbed_run(tmp_path: Path, settings: AutoencoderSettings) -> None:
    data, masks = coloured_squares()
    whole = train_autoencoder(data, settings, plan(tmp_path / "whole", 4), masks)
    with pytest.raises(KeyboardInterrupt):
        train_autoencoder(_interrupted(data, 3), settings, plan(tmp_path / "parts", 4), masks)
    parts = train_autoencoder(data, settings, plan(tmp_path / "parts", 4), masks)
    for one, other in zip(whole.parameters(), parts.parameters(), strict=True):
        assert torch.equal(one, other)


def _interrupted(data: Pictures, after: int) -> Pictures:
    class Stopping(np.ndarray):
        reads = 0

        def __getitem__(self, key: Any) -> Any:
            Stopping.reads += 1
            if Stopping.reads > after * TINY.batch:
                raise KeyboardInterrupt
            return np.asarray(self)[key]

    return Pictures(data.pixels.view(Stopping), data.train, data.held_out, data.classes, data.labels)


def test_a_finished_run_comes_back_with_its_sizes(tmp_path: Path) -> None:
    data, masks = coloured_squares()
    net = train_autoencoder(data, TINY, plan(tmp_path, 2), masks)
    loaded = load_autoencoder(tmp_path)
    pictures = as_input(data.pixels[:2])
    assert_close(loaded(pictures), net(pictures))
    assert any(tmp_path.glob("sheet*.png"))


def test_the_thing_weighs_more_than_the_place() -> None:
    pictures = torch.zeros(1, 3, 32, 64)
    masks = torch.zeros(1, 1, 8, 16)
    masks[..., 2:4, 2:4] = 1.0
    on_thing, beside = pictures.clone(), pictures.clone()
    on_thing[..., 8:16, 8:16] = 0.5
    beside[..., 8:16, 40:48] = 0.5
    assert likeness(on_thing, pictures, masks, 5.0)[0] > 3 * likeness(beside, pictures, masks, 5.0)[0]
    assert_close(likeness(on_thing, pictures, masks, 0.0), likeness(beside, pictures, masks, 0.0))


def test_pictures_of_sides_that_16_does_not_divide_are_refused() -> None:
    rows = np.arange(2)
    data = Pictures(np.zeros((2, 30, 64, 3), np.uint8), rows, rows[:0], ("a",), np.zeros(2, np.int64))
    with pytest.raises(DataError, match="16 must divide"):
        AutoencoderStage(data, TINY, DeviceContext(precision="float32"))


def test_bytes_come_back_as_they_were() -> None:
    data, _ = coloured_squares()
    assert np.array_equal(as_pixels(as_input(data.pixels)), data.pixels)
