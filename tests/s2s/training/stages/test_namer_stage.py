"""The stage that trains a namer: what a batch is, that it learns, and that a run that stopped goes on."""

import copy
import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.engine.step_context import StepContext
from s2s.training.inputs.band_sounds import BandSounds
from s2s.training.stages.namer import NamerSettings, NamerStage, load_namer, train_namer

pytestmark = pytest.mark.heavy

SPEC = SpectrogramSpec(floor=1e-12)
TINY = NamerSettings(channels=(4, 4, 6, 6, 8), batch=16, columns=24, average=0.9)


def made_up_bands(count: int = 60, *, held_out: int = 20) -> BandSounds:
    """Return noises of four scenes, each in bands of its own, every fifth of none, every third recorded; the last are
    held out.
    """
    rng = np.random.default_rng(0)
    rows = np.arange(count)
    labels = np.where(rows % 5 == 4, -1, rows % 4)
    power = rng.exponential(1.0, (count, 64, 40))
    for row, label in enumerate(labels):
        power[row, label * 16 : (label + 1) * 16] *= 1e4 if label >= 0 else 1.0
    return BandSounds(
        train=rows[: count - held_out],
        held_out=rows[count - held_out :],
        labels=labels,
        recorded=rows % 3 == 0,
        weights=np.ones(count),
        spec=SPEC,
        bands=np.log1p(1e4 * power).astype(np.float16),
    )


def plan(folder: Path, steps: int) -> RunPlan:
    return RunPlan(folder, RunLength(steps, validate_every=10), DeviceContext(precision="float32"), 0)


def test_every_term_is_finite_and_every_weight_moves() -> None:
    stage = NamerStage(made_up_bands(), TINY, DeviceContext(precision="float32"))
    before = {name: value.clone() for name, value in stage.net.named_parameters()}
    assert math.isfinite(stage.step(StepContext(0, 0.0, 0))["loss"])
    after = dict(stage.net.named_parameters())
    assert [name for name, value in before.items() if torch.equal(value, after[name])] == []


def test_held_out_sounds_say_how_well_takes_and_recordings_are_named() -> None:
    values = NamerStage(made_up_bands(), TINY, DeviceContext(precision="float32")).validate()
    assert set(values) == {"loss", "named", "named recordings"}


@pytest.mark.slow
def test_it_learns_to_name_bands_of_noise_and_what_is_kept_is_what_was_trained(tmp_path: Path) -> None:
    net = train_namer(made_up_bands(), TINY, plan(tmp_path, 80))
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    losses = [line["loss"] for line in log if "loss" in line]
    assert losses[-1] < 0.7 * losses[0]
    kept, spec = load_namer(tmp_path)
    assert spec == SPEC and kept.channels == TINY.channels
    assert all(torch.equal(value, net.state_dict()[key]) for key, value in kept.state_dict().items())


def test_a_run_that_stopped_goes_on_as_if_it_had_not() -> None:
    plain = DeviceContext(precision="float32")
    whole, again = (NamerStage(made_up_bands(), TINY, plain, seed=seed) for seed in (0, 1))
    for step in range(4):
        if step == 2:
            again.load_state_dict(copy.deepcopy(whole.state_dict()))
        for stage in (whole, again) if step >= 2 else (whole,):
            ctx = StepContext(step, step / 4, 0)
            ctx.seed_torch()
            stage.step(ctx)
    for one, other in ((whole.net, again.net), (whole.average.net, again.average.net)):
        assert all(torch.equal(value, other.state_dict()[key]) for key, value in one.state_dict().items())
