"""The judge of things: what breaks a thing, what moves it, and what is drawn to learn from."""

from pathlib import Path

import numpy as np
import pytest
import torch
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
    intersection_over_union,
    load_thing_judge,
    moved,
    shuffled,
    train_thing_judge,
    warped,
)
from s2s.world.state import LAID_OVER, SHELTERED
from s2s.world.thing_moments import draw_thing

COUNTS = ThingCounts(num_moments=60, num_painted=6, height_px=144, width_px=256, first_seed=5)


def test_moments_show_a_thing_at_home_abroad_or_none() -> None:
    moments = [draw_thing(seed) for seed in range(2000)]
    absent = [m for m in moments if m.thing is None]
    abroad = [m for m in moments if len(m.parts) == 2]
    assert 0.15 < len(absent) / 2000 < 0.25
    assert all(state.presence == 0.0 for m in absent for state in m.parts)
    assert all(m.thing in LAID_OVER and m.parts[0].scene not in SHELTERED | {m.thing} for m in abroad)
    assert all(m.parts[0].presence == 0.0 and m.parts[1].presence == 1.0 for m in abroad)
    assert len({m.parts[0].scene for m in abroad}) > 15


@pytest.mark.gl
def test_things_are_drawn_once_with_their_masks_and_painted_again(tmp_path: Path) -> None:
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


def test_a_run_learns_and_comes_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (40, 144, 256, 3), dtype=np.uint8)
    masks = np.zeros((40, 36, 64), np.uint8)
    masks[:, 8:20, 20:40] = 255
    data = Things(pixels, masks, np.arange(40) % len(CLASSES), np.arange(32), np.arange(32, 40))
    plan = RunPlan(tmp_path, RunLength(2, validate_every=1, log_every=1), DeviceContext(precision="float32"))
    judge = train_thing_judge(data, ThingJudgeSettings(batch=8), plan)
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
