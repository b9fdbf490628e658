"""A memory learns the pictures of a place: their codes are found, and what it painted before it paints still."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.models.memory_generator import MemoryGenerator, packed, unpacked
from s2s.sampling.generate import as_pixels
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.engine.step_context import StepContext
from s2s.training.inputs.tensors import as_input
from s2s.training.stages.place_moments import PlaceMoments, PlaceSettings, PlaceStage, learn_place

STEPS = 60


def memory() -> MemoryGenerator:
    torch.manual_seed(0)
    net = MemoryGenerator(64, 32, 40, 8, 4, code_dim=4, channels=(16, 12, 8, 4), blocks=(1, 1, 1))
    with torch.no_grad():
        for name, weight in net.decoder.named_parameters():  # first values paint every code alike
            weight.mul_(3.0 if name.endswith("weight") else 1.0)
    net.codes.copy_(packed(torch.rand(40, 4, 2, 4) * 2 - 1))
    return net.eval().requires_grad_(False)


def pictures() -> NDArray[np.uint8]:
    """Six pictures that such a painter can paint, if it is given the right codes."""
    codes = torch.rand(6, 4, 2, 4, generator=torch.Generator().manual_seed(1)) * 2 - 1
    return as_pixels(memory().decode(codes))


QUICK = PlaceSettings(batch=6, painter_rate=2e-3, code_rate=0.1)


def learn(out: Path, settings: PlaceSettings = QUICK, steps: int = STEPS) -> PlaceMoments:
    return learn_place(pictures(), memory(), settings, RunPlan(out, RunLength(steps, validate_every=10_000)))


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> PlaceMoments:
    return learn(tmp_path_factory.mktemp("place"))


def apart(painted: Tensor) -> float:
    return float((painted - as_input(pictures())).abs().mean())


def test_the_pictures_of_a_place_are_painted_from_their_codes(learnt: PlaceMoments) -> None:
    mist = memory().decoder(torch.zeros(6, 4, 2, 4))
    assert apart(learnt.painter(learnt.codes)) < 0.5 * apart(mist)


def test_codes_are_kept_as_a_memory_keeps_them(learnt: PlaceMoments) -> None:
    assert torch.equal(unpacked(packed(learnt.codes)), learnt.codes)


def test_what_was_painted_of_known_moments_is_rehearsed(tmp_path: Path) -> None:
    known = memory()
    codes = unpacked(known.codes)

    def changed(rehearsed: int) -> float:
        moments = learn(tmp_path / str(rehearsed), replace(QUICK, rehearsed=rehearsed), steps=40)
        return float((moments.painter(codes) - known.decode(codes)).abs().mean())

    assert changed(8) < 0.8 * changed(0)


def test_a_run_that_was_killed_ends_like_one_that_was_not(tmp_path: Path) -> None:
    plan = RunPlan(tmp_path / "killed", RunLength(8, validate_every=4, save_every_s=0.0))
    with pytest.raises(KeyboardInterrupt), pytest.MonkeyPatch.context() as patch:
        patch.setattr(PlaceStage, "step", _until(5))
        learn_place(pictures(), memory(), QUICK, plan)
    again = learn_place(pictures(), memory(), QUICK, plan)
    whole = learn_place(pictures(), memory(), QUICK, replace(plan, out=tmp_path / "whole"))
    painters = [moments.painter.parameters() for moments in (again, whole)]
    assert torch.equal(again.codes, whole.codes)
    assert all(torch.equal(one, other) for one, other in zip(*painters, strict=True))


def _until(last: int) -> Callable[[PlaceStage, StepContext], dict[str, float]]:
    step = PlaceStage.step

    def killed(stage: PlaceStage, ctx: StepContext) -> dict[str, float]:
        if ctx.step == last:
            raise KeyboardInterrupt
        return step(stage, ctx)

    return killed


def test_pictures_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected pictures of \(32, 64, 3\), got \(32, 32, 3\)"):
        PlaceStage(pictures()[:, :, :32], memory(), PlaceSettings(), DeviceContext())
