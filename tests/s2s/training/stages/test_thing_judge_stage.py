"""The judge of things: what breaks a thing, what moves it, and what is drawn to learn from, one thing or two."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from s2s.data.clip_source import DataError
from s2s.models.autoencoder import Autoencoder
from s2s.models.thing_judge import CLASSES, NONE, ThingJudge, as_input
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.engine.step_context import SampleRng
from s2s.training.inputs.thing_images import ThingCounts, Things, paint_again, write_things
from s2s.training.stages.thing_judge import (
    ThingJudgeSettings,
    both_are_likeliest,
    intersection_over_union,
    load_thing_judge,
    moved,
    shares_right,
    shuffled,
    soft_target,
    train_thing_judge,
    warped,
)
from s2s.world.composition import composable_pairs
from s2s.world.painter import Painter
from s2s.world.state import LAID_OVER, SHELTERED
from s2s.world.thing_moments import draw_thing, draw_two

COUNTS = ThingCounts(num_moments=60, num_painted=6, height_px=144, width_px=256, first_seed=5)
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
    assert drawn.pixels.shape[1:] == (144, 256, 3) and len(drawn.train) + len(drawn.held_out) == 60
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
    with Painter(36, width_px=64) as small:
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
        logits, mask = judge(torch.zeros(1, 3, height, width))
        assert logits.shape == (1, 29) and mask.shape[2] == 18


def test_as_input_keeps_the_aspect() -> None:
    assert as_input(torch.zeros(1, 3, 144, 256)).shape[2:] == (72, 128)
    assert as_input(torch.zeros(1, 3, 100, 100)).shape[2:] == (72, 72)


def test_shuffling_moves_tiles_and_loses_none() -> None:
    pictures = torch.arange(72.0 * 128).view(1, 1, 72, 128).expand(2, 3, -1, -1)
    order = torch.rand(2, 128, generator=torch.Generator().manual_seed(0))
    mixed = shuffled(pictures, order)
    assert_close(mixed[0, 0].flatten().sort().values, pictures[0, 0].flatten())
    assert not torch.equal(mixed[0], mixed[1])
    in_order = torch.arange(128.0)[None].expand(2, -1)
    assert_close(shuffled(pictures, in_order), pictures.contiguous())


def test_warping_by_nothing_changes_nothing_and_by_much_changes_much() -> None:
    pictures = torch.rand(1, 3, 72, 128)
    assert_close(warped(pictures, torch.zeros(1, 2, 5, 9)), pictures, atol=1e-5, rtol=0)
    field = torch.randn(1, 2, 5, 9, generator=torch.Generator().manual_seed(0))
    assert float((warped(pictures, field) - pictures).abs().mean()) > 0.1


def test_a_moved_thing_takes_its_mask_along() -> None:
    masks = torch.zeros(16, 1, 18, 32)
    masks[:, :, 6:10, 12:18] = 1.0
    pictures = torch.nn.functional.interpolate(masks, (72, 128), mode="nearest").expand(-1, 3, -1, -1)
    cut, where = moved(pictures, masks, SampleRng.whole_batch(torch.Generator().manual_seed(0), 16))
    seen = torch.nn.functional.avg_pool2d(cut[:, :1], 4)
    assert float((seen - where).abs().mean()) < 0.03


def test_overlap_is_the_share_of_what_either_covers() -> None:
    one, other = torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 4, 4)
    one[..., :2], other[..., 1:3] = 1.0, 1.0
    assert_close(intersection_over_union(one, other), torch.tensor([1 / 3]))
    assert_close(intersection_over_union(one * 0, other * 0), torch.tensor([0.0]))
