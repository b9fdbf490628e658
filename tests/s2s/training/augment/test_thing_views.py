"""What moves a thing takes its mask along; what breaks it leaves nothing of it."""

import torch
from torch.testing import assert_close

from s2s.training.augment.thing_views import moved, shuffled, warped
from s2s.training.engine.step_context import SampleRng


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
