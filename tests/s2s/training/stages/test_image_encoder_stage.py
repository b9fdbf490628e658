"""Stage 1 in small: f_V trains on pictures alone, by both objectives, goes on where it stopped, comes back frozen."""

import itertools
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from s2s.models.image_encoder import ImageEncoder
from s2s.models.swav import SwavResNet50
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunLength, RunPlan, train
from s2s.training.engine.step_context import StepContext
from s2s.training.inputs.image_features import encode_pictures, raw_features
from s2s.training.inputs.images import UNKNOWN, Pictures
from s2s.training.losses.objectives import sinkhorn, swapped_prediction
from s2s.training.stages.image_encoder import (
    ImageEncoderSettings,
    ImageEncoderStage,
    load_image_encoder,
    new_encoder,
    train_image_encoder,
)
from tests.s2s.training.launch import log_of, tensors_in
from tests.s2s.training.made_up_pictures import SCENES, coloured_pictures, random_encoder
from tests.s2s.training.stopped import StoppedError, stop_before

pytestmark = pytest.mark.heavy

SMALL = ImageEncoderSettings(
    width=4, batch=8, projection_dim=8, prototypes=6, large_px=32, small_px=16, small_crops=2, hold_prototypes=0.0
)
RIG = DeviceContext(precision="float32")


@pytest.fixture(scope="module")
def pictures() -> Pictures:
    return coloured_pictures()


def stage_of(pictures: Pictures, **settings: Any) -> ImageEncoderStage:
    return ImageEncoderStage(pictures, replace(SMALL, **settings), RIG)


def plan(out: Path, steps: int) -> RunPlan:
    return RunPlan(out, RunLength(steps, validate_every=2, log_every=1, save_every_s=0.0), RIG)


@pytest.mark.parametrize(
    ("architecture", "objective"),
    [
        ("resnet18", "swav"),
        ("resnet18", "simclr"),
        ("resnet50", "swav"),
        pytest.param("resnet50", "simclr", marks=pytest.mark.slow),  # each of both is seen above
    ],
)
def test_every_network_trains_by_every_objective_and_comes_back_frozen(
    architecture: Any, objective: Any, pictures: Pictures, tmp_path: Path
) -> None:
    width = 4 if architecture == "resnet18" else 2
    settings = replace(SMALL, architecture=architecture, objective=objective, width=width)
    trained = train_image_encoder(pictures, settings, plan(tmp_path, 1))
    line, validated = log_of(tmp_path)
    assert ("used" in line) == (objective == "swav")
    assert {"val_loss", "val_nearest_of_class"} <= validated.keys()
    assert (tmp_path / "sheet.png").exists()

    loaded = load_image_encoder(tmp_path)
    assert isinstance(loaded, ImageEncoder if architecture == "resnet18" else SwavResNet50)
    assert not loaded.training
    assert not any(weight.requires_grad for weight in loaded.parameters())
    features = encode_pictures(loaded, pictures.pixels[:5])
    assert features.shape == (5, trained.embedding_dim)
    assert float(features.min()) >= 0
    assert_close(features.norm(dim=1), torch.ones(5))
    assert_close(features, encode_pictures(trained, pictures.pixels[:5]))


@pytest.mark.parametrize("objective", ["swav", pytest.param("simclr", marks=pytest.mark.slow)])  # it has less to keep
def test_a_run_that_was_stopped_goes_on_to_the_same_weights(objective: Any, pictures: Pictures, tmp_path: Path) -> None:
    struck = stage_of(pictures, objective=objective)
    stop_before(struck, 3)
    with pytest.raises(StoppedError):
        train(struck, plan(tmp_path / "struck", 5), {})
    stages = {name: stage_of(pictures, objective=objective) for name in ("struck", "whole")}
    for name, stage in stages.items():
        train(stage, plan(tmp_path / name, 5), {})
    assert log_of(tmp_path / "struck") == log_of(tmp_path / "whole")
    ours, theirs = (dict(tensors_in(stage.state_dict())) for stage in stages.values())
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_it_learns(pictures: Pictures, tmp_path: Path) -> None:
    for objective in ("swav", "simclr"):
        stage = stage_of(pictures, objective=objective, learning_rate=3e-3)
        train(stage, RunPlan(tmp_path / objective, RunLength(30, validate_every=30, log_every=10), RIG), {})
        losses = [line["loss"] for line in log_of(tmp_path / objective) if "loss" in line]
        assert losses[-1] < losses[0] - 0.1, objective


def test_a_run_may_begin_with_the_weights_of_another(pictures: Pictures, tmp_path: Path) -> None:
    start = random_encoder()
    still = replace(SMALL, learning_rate=0.0, weight_decay=0.0)
    begun = train_image_encoder(pictures, still, plan(tmp_path, 1), start)
    weights = dict(start.named_parameters())
    assert all(torch.equal(weight, weights[name]) for name, weight in begun.named_parameters())
    with pytest.raises(ValueError, match="from_encoder True, now False"):
        train_image_encoder(pictures, still, plan(tmp_path, 1))


def test_another_seed_begins_elsewhere(pictures: Pictures) -> None:
    one, same, other = (ImageEncoderStage(pictures, SMALL, RIG, seed).prototypes.weight for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_prototypes_stand_still_while_they_are_held_and_then_move(pictures: Pictures) -> None:
    stage = stage_of(pictures, hold_prototypes=0.5)

    def direction() -> Tensor:
        return nn.functional.normalize(stage.prototypes.weight.detach().clone(), dim=1)

    before = direction()
    stage.step(StepContext(0, 0.4, 0))
    assert_close(direction(), before)
    stage.step(StepContext(1, 0.5, 0))
    assert float((direction() - before).abs().max()) > 1e-5


def test_the_rate_rises_over_the_first_fiftieth_and_then_falls(pictures: Pictures) -> None:
    stage = stage_of(pictures)
    rates = []
    for step, progress in enumerate((0.0, 0.01, 0.02, 0.5, 0.99)):
        stage.step(StepContext(step, progress, 0))
        rates.append(stage.optimiser.param_groups[0]["lr"] / SMALL.learning_rate)
    assert rates == pytest.approx([0.05, 0.55, 1.0, 0.5, 0.02], abs=0.01)


def test_the_pictures_of_a_batch_are_all_different_and_none_is_held_out(pictures: Pictures) -> None:
    stage = stage_of(pictures)
    trained_on = {pictures.pixels[row].tobytes() for row in pictures.train}
    stage.step(StepContext(0, 0.0, 0))
    drawn = ((stage.last_batch()["pictures"] + 1) * 127.5).permute(0, 2, 3, 1)
    assert drawn.shape == (8, 32, 32, 3)
    means = {tuple(np.round(one.mean(dim=(0, 1)).numpy(), 2)) for one in drawn}
    known = {tuple(np.round(np.frombuffer(one, np.uint8).reshape(-1, 3).mean(axis=0), 2)) for one in trained_on}
    assert len(means) == 8
    assert all(any(np.allclose(mean, other, atol=0.02) for other in known) for mean in means)


def test_a_batch_is_no_larger_than_there_are_pictures(pictures: Pictures) -> None:
    stage = stage_of(pictures, batch=512)
    stage.step(StepContext(0, 0.0, 0))
    assert len(stage.last_batch()["pictures"]) == len(pictures.train)


def test_after_a_collapse_one_prototype_is_used_and_the_loss_says_so(pictures: Pictures) -> None:
    stage = stage_of(pictures)
    last = stage.projector[-1]
    assert isinstance(last.weight, torch.Tensor)
    nn.init.zeros_(last.weight)
    told = stage.step(StepContext(0, 0.0, 0))
    assert told["used"] == pytest.approx(1.0)
    assert told["loss"] >= math.log(SMALL.prototypes) - 1e-4


def test_what_is_held_out_is_measured_always_alike_and_changes_nothing(pictures: Pictures) -> None:
    stage, other = stage_of(pictures), stage_of(pictures)
    first = stage.validate()
    assert first.keys() == {"loss", "nearest_of_class"}
    assert stage.validate() == first
    assert stage.step(StepContext(0, 0.0, 0)) == other.step(StepContext(0, 0.0, 0))


def test_prototypes_are_directions_where_it_is_measured_too(pictures: Pictures) -> None:
    stage = stage_of(pictures)
    before = stage.validate()["loss"]
    with torch.no_grad():
        stage.prototypes.weight *= 3.0
    assert stage.validate()["loss"] == pytest.approx(before, rel=1e-5)


def test_the_nearest_picture_of_another_is_mostly_of_its_colour(pictures: Pictures) -> None:
    assert stage_of(pictures).validate()["nearest_of_class"] > 1 / SCENES


def test_classes_that_nobody_named_are_not_asked_for(pictures: Pictures) -> None:
    nameless = replace(pictures, labels=np.full_like(pictures.labels, UNKNOWN))
    assert stage_of(nameless).validate().keys() == {"loss"}
    assert stage_of(coloured_pictures(held_out=0)).validate() == {}


def test_the_loss_has_known_bounds(pictures: Pictures) -> None:
    swav, simclr = stage_of(pictures).bounds(), stage_of(pictures, objective="simclr").bounds()
    assert swav is not None and simclr is not None
    assert (swav.floor, swav.ceiling) == pytest.approx((0.0, math.log(6)))
    assert (simclr.floor, simclr.ceiling) == pytest.approx((0.0, math.log(15)))


def test_a_sheet_is_a_column_of_pictures_each_beside_its_nearest(pictures: Pictures) -> None:
    sheet = stage_of(pictures).sheet()
    assert sheet is not None
    assert sheet.shape == (16 * 64, 8 * 64, 3)
    column = sheet[:, :64].reshape(16, 64, 64, 3)
    assert np.array_equal(column, pictures.of(pictures.train)[:16])


def test_a_folder_without_an_encoder_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train it with `python -m s2s train image-encoder DATA"):
        load_image_encoder(tmp_path)


@pytest.mark.parametrize("px", [32, 64, 96, 128])
def test_pictures_of_any_size_have_features_whatever_the_batch(px: int) -> None:
    some = np.random.default_rng(0).integers(0, 256, (5, px, px, 3), dtype=np.uint8)
    encoder = random_encoder()
    raw = raw_features(encoder, some, batch=2)
    assert raw.shape == (5, 32)
    tensor = torch.from_numpy(some).permute(0, 3, 1, 2) / 127.5 - 1
    assert_close(raw, encoder.encode(tensor), atol=1e-5, rtol=1e-4)
    assert raw_features(encoder, some[:0]).shape == (0, 32)


def test_both_architectures_are_as_wide_as_they_are_told() -> None:
    assert new_encoder("resnet18", 4).embedding_dim == 32
    assert new_encoder("resnet50", 2).embedding_dim == 64


def scores(rows: int = 64, prototypes: int = 8, seed: int = 0) -> Tensor:
    """Return cosines of random directions."""
    ours, theirs = (torch.randn(n, 16, generator=torch.Generator().manual_seed(seed + n)) for n in (rows, prototypes))
    return nn.functional.normalize(ours, dim=1) @ nn.functional.normalize(theirs, dim=1).T


def test_codes_are_distributions_and_use_all_prototypes_alike() -> None:
    codes = sinkhorn(scores(), iterations=200)
    assert float(codes.min()) >= 0
    assert_close(codes.sum(dim=1), torch.ones(64))
    assert_close(codes.mean(dim=0), torch.full((8,), 1 / 8), atol=1e-4, rtol=0)
    few = sinkhorn(scores())
    assert_close(few.sum(dim=1), torch.ones(64))
    assert float((few.mean(dim=0) - 1 / 8).abs().max()) < 0.05


def test_codes_follow_the_scores_where_prototypes_are_used_alike_already() -> None:
    best = torch.eye(4).repeat(3, 1)
    assert_close(sinkhorn(best), best, atol=1e-4, rtol=0)
    assert torch.equal(sinkhorn(best + 0.5).argmax(dim=1), best.argmax(dim=1))


@pytest.mark.parametrize("epsilon", [0.05, 0.03, 0.005])
def test_a_prototype_that_is_far_from_every_picture_is_used_like_the_others(epsilon: float) -> None:
    far = torch.ones(8, 4)
    far[:, 3] = -1.0
    assert_close(sinkhorn(far, epsilon), torch.full((8, 4), 0.25), atol=1e-3, rtol=0)


def test_a_swapped_prediction_costs_nothing_where_it_is_right_and_a_guess_where_nothing_is_known() -> None:
    codes = torch.eye(4).repeat(2, 1)
    sure, blank = 10.0 * codes, torch.zeros(8, 4)
    assert float(swapped_prediction([sure] * 4, [codes] * 2)) == pytest.approx(0.0, abs=1e-6)
    assert float(swapped_prediction([blank] * 4, [codes] * 2)) == pytest.approx(math.log(4))
    assert float(swapped_prediction([sure.roll(1, dims=1)] * 2, [codes] * 2)) == pytest.approx(100.0, rel=1e-3)


def test_every_code_is_predicted_from_every_other_view_and_never_from_its_own() -> None:
    views = [scores(seed=seed) for seed in range(4)]
    codes = [sinkhorn(view) for view in views[:2]]
    terms = [
        nn.functional.cross_entropy(views[view] / 0.1, codes[code])
        for code, view in itertools.product(range(2), range(4))
        if code != view
    ]
    assert_close(swapped_prediction(views, codes), torch.stack(terms).mean())
