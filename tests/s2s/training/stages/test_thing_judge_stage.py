"""The judge of things: what breaks a thing, what moves it, and what is drawn to learn from, one thing or two."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch.testing import assert_close

from s2s.data.clip_source import DataError
from s2s.models.autoencoder import Autoencoder
from s2s.models.thing_judge import CLASSES, NONE, ThingJudge, as_input
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.inputs.thing_images import ThingCounts, Things, paint_again, write_things
from s2s.training.stages.thing_judge import (
    WEIGHTS,
    ThingJudgeSettings,
    ThingJudgeStage,
    both_are_likeliest,
    has_one_size,
    intersection_over_union,
    load_thing_judge,
    mask_loss,
    shares_right,
    size_deviations,
    soft_target,
    train_thing_judge,
)
from s2s.world.composition import composable_pairs
from s2s.world.painter import Painter
from s2s.world.state import LAID_OVER, SHELTERED
from s2s.world.thing_moments import draw_thing, draw_two

COUNTS = ThingCounts(num_moments=60, num_painted=6, height_px=80, width_px=144, first_seed=5)
WITH_TWO = replace(COUNTS, num_two=9)


@pytest.fixture(scope="module")
def of_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn things, one a picture or none. To be read, or copied."""
    folder = tmp_path_factory.mktemp("of-one")
    write_things(folder, COUNTS)
    return folder


@pytest.fixture(scope="module")
def with_two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same and moments of two things. To be read, or copied."""
    folder = tmp_path_factory.mktemp("with-two")
    write_things(folder, WITH_TWO)
    return folder


def test_moments_show_a_thing_at_home_abroad_or_none() -> None:
    moments = [draw_thing(seed) for seed in range(2000)]
    absent = [m for m in moments if m.thing is None]
    abroad = [m for m in moments if len(m.parts) == 2]
    assert 0.15 < len(absent) / 2000 < 0.25
    assert all(state.presence == 0.0 for m in absent for state in m.parts)
    assert all(m.thing in LAID_OVER and m.parts[0].scene not in SHELTERED | {m.thing} for m in abroad)
    assert all(m.parts[0].presence == 0.0 and m.parts[1].presence == 1.0 for m in abroad)
    assert len({m.parts[0].scene for m in abroad}) > 15


def test_moments_of_two_things_show_every_pair_both_near_enough_to_be_found() -> None:
    pairs = composable_pairs()
    moments = [draw_two(seed) for seed in range(2 * len(pairs))]
    assert {(m.thing, m.second) for m in moments} == set(pairs)
    assert all([state.scene for state in m.parts] == [m.thing, m.second] for m in moments)
    assert all(state.presence == 1.0 and state.nearness >= 0.25 for m in moments for state in m.parts)
    assert all(m.parts[0].hour == m.parts[1].hour for m in moments)
    assert draw_two(7) == draw_two(7) != draw_two(7 + len(pairs))


@pytest.mark.gl
def test_things_are_drawn_once_with_their_masks_and_painted_again(of_one: Path, tmp_path: Path) -> None:
    shutil.copytree(of_one, tmp_path, dirs_exist_ok=True)
    drawn = write_things(tmp_path, COUNTS)
    assert drawn.pixels.shape[1:] == (80, 144, 3) and len(drawn.train) + len(drawn.held_out) == 60
    there = drawn.labels != CLASSES.index(NONE)
    covered = drawn.masks[:60].mean(axis=(1, 2)) > 0
    assert np.array_equal(there, covered)
    with pytest.raises(DataError, match="other pictures"):
        write_things(tmp_path, ThingCounts(61, 6))
    again = paint_again(tmp_path, Autoencoder(4, (8, 8, 8, 4), (1, 1, 1)))
    assert len(again.labels) == 66 and np.array_equal(again.labels[60:], again.labels[:6])
    assert not set(again.train) & set(again.held_out)


@pytest.mark.gl
def test_two_things_come_after_the_others_with_both_labels_and_one_mask_of_both(of_one: Path, with_two: Path) -> None:
    one, two = Things.open(of_one), Things.open(with_two)
    assert np.array_equal(two.pixels[:60], one.pixels[:60]) and np.array_equal(two.labels[:60], one.labels[:60])
    moments = [draw_two(13_000_000 + number) for number in range(9)]
    named = [
        (CLASSES[first], CLASSES[second]) for first, second in zip(two.labels[60:69], two.seconds[60:69], strict=True)
    ]
    assert named == [(moment.thing, moment.second) for moment in moments]
    assert np.all(two.seconds[:60] == -1) and np.all(one.seconds == -1)
    with Painter(20, width_px=36) as small:
        lower, upper = (small.thing_masks([m.parts[:number] for m in moments]) for number in (1, 2))
    both = np.maximum(lower, upper).astype(int)
    assert np.abs(two.masks[60:69] - both).max() <= 2  # a thing's edge rounds by its place on the canvas
    assert np.all((both - upper).mean(axis=(1, 2)) > 2)


@pytest.mark.gl
def test_a_third_of_the_moments_of_two_things_are_painted_again(with_two: Path, tmp_path: Path) -> None:
    shutil.copytree(with_two, tmp_path, dirs_exist_ok=True)
    again = paint_again(tmp_path, Autoencoder(4, (8, 8, 8, 4), (1, 1, 1)))
    source = [*range(6), 60, 61, 62]
    assert len(again.labels) == 60 + 9 + 6 + 3
    assert np.array_equal(again.labels[69:], again.labels[source])
    assert np.array_equal(again.seconds[69:], again.seconds[source])
    assert np.array_equal(again.masks[69:], again.masks[source])
    assert np.all((again.pixels[69:] != again.pixels[source]).any(axis=(1, 2, 3)))


@pytest.mark.gl
def test_a_folder_that_was_drawn_before_there_were_second_things_is_read(of_one: Path, tmp_path: Path) -> None:
    shutil.copytree(of_one, tmp_path, dirs_exist_ok=True)
    drawn = Things.open(tmp_path)
    about = json.loads((tmp_path / "things.json").read_text())
    del about["seconds"], about["counts"]["num_two"]
    (tmp_path / "things.json").write_text(json.dumps(about))
    for old in (Things.open(tmp_path), write_things(tmp_path, COUNTS)):
        assert np.array_equal(old.labels, drawn.labels) and np.all(old.seconds == -1) and len(old.seconds) == 60


def test_the_soft_target_of_one_thing_is_its_class_and_of_two_is_half_of_each() -> None:
    target = soft_target(torch.tensor([3, 5]), torch.tensor([-1, 7]))
    logits = torch.randn(2, len(CLASSES), generator=torch.Generator().manual_seed(0))
    alone = F.cross_entropy(logits, torch.tensor([3, 5]), reduction="none", label_smoothing=0.05)
    beside = F.cross_entropy(logits, torch.tensor([3, 7]), reduction="none", label_smoothing=0.05)
    loss = F.cross_entropy(logits, target, reduction="none", label_smoothing=0.05)
    assert_close(loss, torch.stack([alone[0], (alone[1] + beside[1]) / 2]))


def test_both_are_found_where_they_are_the_two_likeliest_things_whatever_none_is() -> None:
    target = soft_target(torch.tensor([3, 3]), torch.tensor([7, 7]))
    logits = torch.zeros(2, len(CLASSES))
    logits[:, CLASSES.index(NONE)], logits[:, 3] = 9.0, 2.0
    logits[0, 7], logits[1, 8] = 1.0, 1.0
    assert both_are_likeliest(logits, target).tolist() == [True, False]


def test_accuracy_is_of_pictures_of_one_thing_or_none_and_both_of_pictures_of_two() -> None:
    none = CLASSES.index(NONE)
    target = soft_target(torch.tensor([3, 4, none, 5]), torch.tensor([-1, -1, -1, 6]))
    logits = F.one_hot(torch.tensor([3, 9, none, 5]), len(CLASSES)).float()
    logits[3, 6] = 0.5
    assert shares_right(logits, target) == pytest.approx({"accuracy": 2 / 3, "thing_accuracy": 0.5, "both": 1.0})
    assert "both" not in shares_right(logits[:3], target[:3])


def noise() -> Things:
    """Forty pictures of noise, a class each; the last eight are held out."""
    pixels = np.random.default_rng(0).integers(0, 256, (40, 144, 256, 3), dtype=np.uint8)
    masks = np.zeros((40, 36, 64), np.uint8)
    masks[:, 8:20, 20:40] = 255
    return Things(pixels, masks, np.arange(40) % len(CLASSES), np.full(40, -1), np.arange(32), np.arange(32, 40))


def plan_in(folder: Path) -> RunPlan:
    return RunPlan(folder, RunLength(2, validate_every=1, log_every=1), DeviceContext(precision="float32"))


def test_a_run_begins_with_the_weights_of_another_judge(tmp_path: Path) -> None:
    torch.manual_seed(5)
    start = ThingJudge()
    judge = train_thing_judge(noise(), ThingJudgeSettings(batch=8, learning_rate=0.0), plan_in(tmp_path), start)
    assert_close(dict(judge.named_parameters()), dict(start.named_parameters()), check_dtype=True)


def test_a_judge_of_other_classes_is_no_beginning(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"expected a judge of 29 classes .* got one of 2 .* begin with another"):
        train_thing_judge(noise(), ThingJudgeSettings(batch=8), plan_in(tmp_path), ThingJudge(("rain", NONE)))


def test_a_run_learns_and_comes_back(tmp_path: Path) -> None:
    judge = train_thing_judge(noise(), ThingJudgeSettings(batch=8), plan_in(tmp_path))
    loaded = load_thing_judge(tmp_path)
    pictures = torch.rand(2, 3, 144, 256) * 2 - 1
    assert_close(loaded(pictures), judge(pictures))


def test_the_judge_takes_pictures_of_any_shape() -> None:
    judge = ThingJudge().eval()
    for height, width in ((144, 256), (128, 128), (288, 512), (72, 128)):
        said = judge(torch.zeros(1, 3, height, width))
        assert said.logits.shape == said.log_sizes.shape == (1, 29)
        assert said.mask.shape[2] == said.class_masks.shape[2] == 18


def test_as_input_keeps_the_aspect() -> None:
    assert as_input(torch.zeros(1, 3, 144, 256)).shape[2:] == (72, 128)
    assert as_input(torch.zeros(1, 3, 100, 100)).shape[2:] == (72, 72)


def test_overlap_is_the_share_of_what_either_covers() -> None:
    one, other = torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 4, 4)
    one[..., :2], other[..., 1:3] = 1.0, 1.0
    assert_close(intersection_over_union(one, other), torch.tensor([1 / 3]))
    assert_close(intersection_over_union(one * 0, other * 0), torch.tensor([0.0]))


def test_overlap_counts_a_place_by_how_much_of_it_is_covered() -> None:
    veil = torch.full((1, 1, 4, 4), 0.3)
    assert_close(intersection_over_union(veil, veil), torch.tensor([1.0]))
    assert_close(intersection_over_union(veil, veil / 2), torch.tensor([0.5]))


def test_a_faint_mask_costs_more_than_a_firm_one_and_a_picture_of_nothing_asks_for_no_overlap() -> None:
    truth = torch.zeros(2, 1, 4, 4)
    truth[0, :, :2] = 1.0
    firm = (truth - 0.5) * 20
    faint = torch.where(truth > 0, -1.0, -10.0)
    assert mask_loss(firm, truth) < 0.01 < mask_loss(faint, truth)
    assert mask_loss(firm[1:], truth[1:]) < 0.01


def test_a_size_belongs_to_a_single_thing_of_which_something_is_left() -> None:
    none = CLASSES.index(NONE)
    target = soft_target(torch.tensor([3, 3, none, 5]), torch.tensor([-1, 7, -1, -1]))
    assert has_one_size(torch.tensor([0.1, 0.1, 0.0, 0.0001]), target).tolist() == [True, False, False, False]


def test_the_scale_of_sizes_is_that_of_each_class_among_what_is_trained_on() -> None:
    masks = np.zeros((6, 36, 64), np.uint8)
    for row, rows in enumerate((9, 18, 36, 9, 18, 36)):
        masks[row, :rows] = 255
    labels = np.array([3, 3, 3, 4, 4, CLASSES.index(NONE)])
    seconds = np.array([-1, -1, -1, -1, 7, -1])
    data = Things(np.zeros((6, 144, 256, 3), np.uint8), masks, labels, seconds, np.arange(6), np.arange(0))
    deviations = size_deviations(data)
    assert deviations[3].item() == pytest.approx(np.log(2) * np.sqrt(2 / 3))
    assert deviations[4].item() == pytest.approx(0.1) and deviations[7].item() == 1.0


def squares(count: int) -> Things:
    """Pictures of one class: a white square on grey, of many sizes, at many places."""
    rng = np.random.default_rng(1)
    pixels = rng.integers(90, 110, (count, 144, 256, 3), dtype=np.uint8)
    masks = np.zeros((count, 36, 64), np.uint8)
    for row in range(count):
        side = int(rng.integers(4, 30))
        y, x = int(rng.integers(0, 36 - side)), int(rng.integers(0, 64 - side))
        masks[row, y : y + side, x : x + side] = 255
        pixels[row, 4 * y : 4 * (y + side), 4 * x : 4 * (x + side)] = 255
    held = count // 3
    return Things(
        pixels, masks, np.full(count, 3), np.full(count, -1), np.arange(count - held), np.arange(count - held, count)
    )


@pytest.mark.heavy
def test_a_judge_tells_the_sizes_of_things_that_it_never_saw(tmp_path: Path) -> None:
    data = squares(96)
    plan = RunPlan(tmp_path, RunLength(25, validate_every=25, log_every=25), DeviceContext(precision="float32"))
    settings = ThingJudgeSettings(batch=16, shuffled=0.0, warped=0.0)
    judge = train_thing_judge(data, settings, plan)
    stage = ThingJudgeStage(data, settings, plan.device_context)
    stage.net.load_state_dict(judge.state_dict())
    found = stage.validate()
    assert found["size_order"] > 0.8 and found["iou"] > 0.3


def test_a_judge_of_before_there_were_sizes_is_refused(tmp_path: Path) -> None:
    train_thing_judge(noise(), ThingJudgeSettings(batch=8), plan_in(tmp_path))
    weights = load_file(tmp_path / WEIGHTS)
    save_file({name: value for name, value in weights.items() if "class_masks" not in name}, tmp_path / WEIGHTS)
    with pytest.raises(ValueError, match="before judges told sizes: train it again"):
        load_thing_judge(tmp_path)
