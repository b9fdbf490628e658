"""Random views: where they look, what they change, and that ranks see the same."""

from collections.abc import Callable
from typing import Final

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from s2s.data.ranks import Rank
from s2s.training.augment.views import LUMA, Crop, random_blur, random_colour, random_crop, random_view
from s2s.training.engine.step_context import SampleRng, StepContext

COUNT: Final = 400


def sample_rng(count: int = COUNT, seed: int = 0) -> SampleRng:
    return SampleRng.whole_batch(torch.Generator().manual_seed(seed), count)


def places(px: int = 32) -> Tensor:
    """Return pictures whose red says how far right a pixel is and whose green how far down, -1..1."""
    along = (torch.arange(px) + 0.5) / px * 2 - 1
    one = torch.stack([along.expand(px, px), along[:, None].expand(px, px), torch.zeros(px, px)])
    return one.expand(COUNT, -1, -1, -1).contiguous()


def spans(view: Tensor) -> tuple[Tensor, Tensor]:
    """Return how wide and how high a view of `places` is, as a share of the picture."""
    px = view.shape[-1]
    across, down = view[:, 0].mean(dim=1), view[:, 1].mean(dim=2)
    return tuple((line[:, -2] - line[:, 1]) / 2 * px / (px - 3) for line in (across, down))  # type: ignore[return-value]


def test_a_crop_shows_as_much_of_the_picture_as_it_should_and_hardly_bends_it() -> None:
    width, height = spans(random_crop(places(64), sample_rng(), Crop(32, (0.2, 0.5))))
    area = width * height
    assert 0.19 < float(area.min()) < 0.25
    assert 0.45 < float(area.max()) < 0.52
    assert 0.79 < float((width / height).min()) < 0.9
    assert 1.1 < float((width / height).max()) < 1.27


def test_a_crop_never_leaves_the_picture_and_goes_everywhere_in_it() -> None:
    view = random_crop(places(64), sample_rng(), Crop(16, (0.1, 0.3)))
    assert float(view[:, :2].min()) < -0.85
    assert float(view[:, :2].max()) > 0.85
    # Reflected at an edge, red would fall again on its way to the right.
    assert bool((view[:, 0].diff(dim=2) > -1e-5).all())
    assert bool((view[:, 1].diff(dim=1) > -1e-5).all())


def test_a_crop_of_all_of_it_is_the_picture_scaled() -> None:
    width, height = spans(random_crop(places(64), sample_rng(), Crop(64, (1.0, 1.0))))
    assert float(width.max()) <= 1.001
    assert float((width * height).min()) > 0.79  # of a picture that is bent, one side is cut to what there is


def test_views_have_the_size_that_is_asked_for_and_stay_in_range() -> None:
    noise = torch.rand(COUNT, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    view = random_view(noise, sample_rng(), Crop(24))
    assert view.shape == (COUNT, 3, 24, 24)
    assert float(view.abs().max()) <= 1.0


def test_no_view_is_a_mirror_image() -> None:
    view = random_view(places(), sample_rng(), Crop(16, (0.5, 1.0)))
    assert bool((view[:, 0, :, 8:].mean(dim=(1, 2)) >= view[:, 0, :, :8].mean(dim=(1, 2)) - 1e-4).all())


def grey(level: float = 0.2) -> Tensor:
    return torch.full((COUNT, 3, 8, 8), level)


def test_one_picture_in_five_keeps_its_colours() -> None:
    kept = (random_colour(grey(), sample_rng()) - grey()).abs().amax(dim=(1, 2, 3)) < 1e-6
    assert float(kept.float().mean()) == pytest.approx(0.2, abs=0.06)


def test_colours_move_brightness_and_balance_of_the_whole_picture_alike() -> None:
    changed = random_colour(grey(), sample_rng())
    assert_close(changed.amax(dim=(2, 3)), changed.amin(dim=(2, 3)), atol=1e-5, rtol=0)
    levels = changed[:, :, 0, 0]
    assert float(levels.std(dim=0).min()) > 0.2
    assert float((levels[:, 0] - levels[:, 2]).abs().max()) > 0.1


def test_contrast_turns_about_the_mean_and_saturation_about_grey() -> None:
    x = torch.rand(COUNT, 3, 8, 8, generator=torch.Generator().manual_seed(1)) * 2 - 1
    spread = random_colour(x, sample_rng()).std(dim=(1, 2, 3)) / x.std(dim=(1, 2, 3))
    assert float(spread.min()) < 0.6
    assert float(spread.max()) > 1.4
    assert pytest.approx(1.0) == sum(LUMA)


def test_three_pictures_in_ten_are_softened_and_none_gets_darker() -> None:
    x = torch.rand(COUNT, 3, 16, 16, generator=torch.Generator().manual_seed(1)) * 2 - 1
    soft = random_blur(x, sample_rng())
    is_soft = (soft - x).abs().amax(dim=(1, 2, 3)) > 1e-6
    assert float(is_soft.float().mean()) == pytest.approx(0.3, abs=0.07)
    assert float(soft[is_soft].std()) < 0.5 * float(x.std())
    flat = grey()
    assert_close(random_blur(flat, sample_rng()), flat)


@pytest.mark.parametrize(
    "change", [random_colour, random_blur, lambda x, sample_rng: random_view(x, sample_rng, Crop(16))]
)
def test_ranks_that_share_a_batch_see_what_one_would(change: Callable[[Tensor, SampleRng], Tensor]) -> None:
    x = torch.rand(8, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1
    whole = change(x, StepContext(3, 0.0, 0).sample_rng(8))
    halves = [
        change(part, StepContext(3, 0.0, 0, Rank(index, 2)).sample_rng(8)) for index, part in enumerate(x.chunk(2))
    ]
    assert_close(torch.cat(halves), whole)
