"""The light recipe in small: a few steps of narrow networks on made-up pictures, and what they are asked for."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from s2s.card import LightSizes
from s2s.models.light_generator import LightGenerator
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunLength, RunPlan, train
from s2s.training.engine.step_context import StepContext
from s2s.training.inputs.conditions import Conditions, nearest
from s2s.training.stages.generator_light import (
    GeneratorSettings,
    GeneratorStage,
    Start,
    bundled_generator,
    conditions_of,
    load_generator,
    train_generator,
)
from s2s.training.stages.trained_generator import load_trained_generator, sizes_of_run
from tests.fakes import write_tiny_bundle
from tests.s2s.training.launch import log_of, tensors_in
from tests.s2s.training.made_up_pictures import coloured_pictures, random_encoder
from tests.s2s.training.stopped import StoppedError, stop_before

pytestmark = pytest.mark.heavy

H_DIM = 32
TINY = GeneratorSettings(channels=(8, 8, 8, 8, 8), z_dim=4, batch=4, warm_up=0.5)
SMALLER = replace(TINY, channels=(8, 8, 8, 8))


def plan(out: Path, steps: int = 4) -> RunPlan:
    return RunPlan(
        out, RunLength(steps, validate_every=4, log_every=1, save_every_s=0.0), DeviceContext(precision="float32")
    )


def stage(out: Path, settings: GeneratorSettings = TINY) -> GeneratorStage:
    data, encoder = coloured_pictures(), random_encoder()
    return GeneratorStage(
        data, encoder, settings, conditions_of(data, encoder, out), DeviceContext(precision="float32")
    )


def test_a_run_goes_through_both_phases_and_its_generator_comes_back(tmp_path: Path) -> None:
    painter = train_generator(coloured_pictures(), random_encoder(), TINY, plan(tmp_path))
    log = log_of(tmp_path)
    assert {"pixel", "feature", "divergence"} == log[0].keys() - {"step"}
    assert {"pixel", "divergence", "adversarial", "discriminator", "latent"} <= log[3].keys()
    assert {"val_loss", "val_cosine"} <= log[-1].keys()
    assert (tmp_path / "sheet.png").exists()
    z, h = torch.randn(2, 4), torch.rand(2, H_DIM)
    for load in (load_generator, load_trained_generator):
        with torch.inference_mode():
            # Not bit by bit: the memory layout, and with it the order of sums, differs.
            assert_close(load(tmp_path, H_DIM)(z, h), painter(z, h), atol=1e-5, rtol=1e-4)
    assert sizes_of_run(tmp_path, H_DIM) == LightSizes(resolution=64, channels=TINY.channels, z_dim=4, h_dim=H_DIM)


def test_a_stopped_run_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    ends = []
    for out in (tmp_path / "whole", tmp_path / "in two"):
        one = stage(tmp_path)
        if out.name == "in two":
            stop_before(one, step=3)
            with pytest.raises(StoppedError):
                train(one, plan(out), {})
            one = stage(tmp_path)
        train(one, plan(out), {})
        ends.append((log_of(out), dict(tensors_in(one.state_dict()))))
    (log, whole), (other_log, in_two) = ends
    assert log == other_log
    assert whole.keys() == in_two.keys()
    assert all(torch.equal(value, in_two[name]) for name, value in whole.items())


def test_looking_at_how_far_it_is_changes_nothing(tmp_path: Path) -> None:
    one = stage(tmp_path)
    one.step(StepContext(0, 1.0, 0))
    before = {name: value.clone() for name, value in tensors_in(one.state_dict())}
    assert one.validate() == one.validate()
    sheet = one.sheet()
    assert sheet is not None
    assert sheet.shape == (8 * 64, 9 * 64, 3)
    assert one.bounds() is None
    assert all(torch.equal(value, before[name]) for name, value in tensors_in(one.state_dict()))


def test_with_nothing_held_out_nothing_is_validated(tmp_path: Path) -> None:
    data, encoder = coloured_pictures(held_out=0), random_encoder()
    one = GeneratorStage(
        data, encoder, TINY, conditions_of(data, encoder, tmp_path), DeviceContext(precision="float32")
    )
    assert one.validate() == {}
    assert one.sheet() is not None


def test_pictures_and_conditions_of_a_step_belong_together(tmp_path: Path) -> None:
    one = stage(tmp_path, replace(TINY, batch=16))
    one.step(StepContext(0, 0.0, 0))
    drawn, data = one.last_batch(), coloured_pictures()
    own = random_encoder()(drawn["real"])
    near = (F.normalize(own, dim=1) * drawn["h"]).sum(dim=1)
    assert int((near > 0.9999).sum()) >= 3  # some are the picture's own feature
    assert drawn["real"].shape == (16, 3, data.px, data.px)


def test_a_generator_grows_from_a_run_at_half_the_resolution(tmp_path: Path) -> None:
    train_generator(coloured_pictures(), random_encoder(), SMALLER, plan(tmp_path, 1))
    small = load_generator(tmp_path, H_DIM)
    grown = stage(tmp_path)
    grown.grow_from(tmp_path / "checkpoint.pt")
    z, h = torch.randn(2, 4), torch.rand(2, H_DIM)
    weights = grown.average.net.state_dict()
    assert all(torch.equal(value, weights[name]) for name, value in small.state_dict().items())
    with torch.inference_mode():
        seen = F.avg_pool2d(grown.average.net(z, h), 2)
        assert float((seen - small(z, h)).abs().mean()) < 0.2  # the new level is faint at first


@pytest.fixture(scope="module")
def narrow_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("narrow")
    train_generator(coloured_pictures(), random_encoder(), replace(TINY, channels=(8, 8, 8)), plan(out, 1))
    return out


@pytest.mark.parametrize("channels", [(16, 16, 16, 16), (8, 8, 8, 8, 8), (8, 8)])
def test_a_checkpoint_of_other_widths_cannot_be_grown_from(
    narrow_run: Path, tmp_path: Path, channels: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match=r"checkpoint\.pt holds a generator of other widths"):
        stage(tmp_path, replace(TINY, channels=channels)).grow_from(narrow_run / "checkpoint.pt")


def test_training_begins_from_a_bundles_generator(tmp_path: Path) -> None:
    start = bundled_generator(write_tiny_bundle(tmp_path / "bundle", resolution=64))
    one = stage(tmp_path, replace(TINY, z_dim=8))
    one.begin_from(start)
    for net in (one.G, one.average.net):
        assert all(torch.equal(value, start.state_dict()[name]) for name, value in net.state_dict().items())
    with pytest.raises(ValueError, match="do not continue"):
        stage(tmp_path, replace(TINY, z_dim=8, channels=(16, 8, 8, 8, 8))).begin_from(start)
    with pytest.raises(ValueError, match=r"h and z of \(32, 8\) numbers cannot go on with \(32, 4\)"):
        stage(tmp_path).begin_from(start)


def test_a_run_begun_from_a_generator_says_so(tmp_path: Path) -> None:
    start = Start(generator=LightGenerator(64, H_DIM, TINY.z_dim, TINY.channels))
    train_generator(coloured_pictures(), random_encoder(), TINY, plan(tmp_path, 1), start)
    assert '"from_generator": true' in (tmp_path / "run.json").read_text()


def test_a_folder_without_a_generator_says_how_to_train_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train generator"):
        load_generator(tmp_path, H_DIM)


def test_conditions_are_kept_and_those_of_other_pictures_refused(tmp_path: Path) -> None:
    data, encoder = coloured_pictures(), random_encoder()
    first = conditions_of(data, encoder, tmp_path)
    again = conditions_of(data, encoder, tmp_path, writes=False)
    assert torch.equal(first.features, again.features)
    assert torch.equal(first.neighbours, again.neighbours)
    with pytest.raises(ValueError, match="belongs to 16 pictures, not 12: delete it"):
        conditions_of(coloured_pictures(20), encoder, tmp_path)


def test_conditions_are_unit_vectors_near_their_picture() -> None:
    features = F.normalize(torch.rand(200, 16), dim=1)
    index, h = Conditions(features, nearest(features, 20)).draw(64, torch.Generator().manual_seed(0))
    assert_close(h.norm(dim=1), torch.ones(64))
    own = (h * features[index]).sum(dim=1)
    assert int((own > 0.9999).sum()) > 10  # some are the picture's own feature
    assert int((own < 0.9999).sum()) > 10  # and some a neighbourhood's
    assert float(own.mean()) > float((h @ features.T).mean())


def test_the_nearest_of_a_feature_is_itself() -> None:
    features = F.normalize(torch.rand(50, 16), dim=1)
    found = nearest(features, 3)
    assert np.array_equal(found[:, 0].numpy(), np.arange(50))
    likeness = (features[:, None] * features[found.long()]).sum(dim=2)
    assert bool((likeness.diff(dim=1) <= 1e-6).all())
