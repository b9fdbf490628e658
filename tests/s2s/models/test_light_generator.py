"""The default generator: shapes, range, independence of a batch's rows, growth."""

import copy

import pytest
import torch
from torch.testing import assert_close

from s2s.models.light_generator import LightGenerator
from tests.rounding import rounding

WIDTHS = (16, 16, 12, 8)


def small(seed: int = 0) -> LightGenerator:
    torch.manual_seed(seed)
    return LightGenerator(resolution=32, h_dim=12, z_dim=6, channels=WIDTHS).eval()


def test_pictures_have_the_resolution_and_stay_in_range() -> None:
    with torch.inference_mode():
        pictures = small()(3 * torch.randn(5, 6), torch.rand(5, 12))
    assert pictures.shape == (5, 3, 32, 32)
    assert pictures.dtype == torch.float32
    assert float(pictures.abs().max()) <= 1
    assert float(pictures.std()) > 0


def test_the_same_noise_and_feature_give_the_same_picture_alone_and_in_company() -> None:
    G, z, h = small(), torch.randn(4, 6), torch.rand(4, 12)
    with torch.inference_mode():
        together, alone = G(z, h), G(z[2:3], h[2:3])
    assert_close(together[2:3], alone, **rounding())


def test_only_the_direction_of_the_feature_matters() -> None:
    G, z, h = small(), torch.randn(2, 6), torch.rand(2, 12)
    with torch.inference_mode():
        assert_close(G(z, h), G(z, 40 * h), atol=1e-5, rtol=1e-4)


def test_noise_and_feature_both_reach_the_picture() -> None:
    G, z, h = small(), torch.randn(2, 6), torch.rand(2, 12)
    with torch.inference_mode():
        assert not torch.equal(G(z, h), G(-z, h))
        assert not torch.equal(G(z, h), G(z, h.flip(1)))


def test_a_grown_generator_starts_from_the_picture_of_the_smaller_one() -> None:
    smaller = small()
    grown = LightGenerator(resolution=64, h_dim=12, z_dim=6, channels=(*WIDTHS, 8)).grown_from(smaller).eval()
    z, h = torch.randn(2, 6), torch.rand(2, 12)
    with torch.inference_mode():
        coarse = torch.nn.functional.avg_pool2d(grown(z, h), 2)
        assert float((coarse - smaller(z, h)).abs().mean()) < 0.1


def test_widths_that_do_not_fit_the_resolution_are_refused() -> None:
    with pytest.raises(ValueError, match="got 2 widths"):
        LightGenerator(resolution=32, channels=(8, 8))
    with pytest.raises(ValueError, match="do not continue"):
        LightGenerator(resolution=64, h_dim=12, z_dim=6, channels=(8, 16, 12, 8, 8)).grown_from(small())


def test_a_feature_of_another_size_is_refused_at_the_door() -> None:
    with pytest.raises(AssertionError, match="h must be"):
        small()(torch.randn(1, 6), torch.rand(1, 5))


def test_pictures_for_watching_are_the_pictures_of_training() -> None:
    G, z, h = small(), torch.randn(2, 6), torch.rand(2, 12)
    trained = G(z, h)
    with torch.inference_mode():
        assert_close(G(z, h), trained.detach(), atol=1e-5, rtol=0)
    trained.sum().backward()
    assert all(value.grad is not None for value in G.parameters())


def test_pictures_follow_the_weights_and_copies_go_their_own_way() -> None:
    G, z, h = small(), torch.randn(1, 6), torch.rand(1, 12)
    with torch.no_grad():
        before = G(z, h)
        other = copy.deepcopy(G)
        for value in G.parameters():
            value.mul_(1.5)
        assert not torch.equal(G(z, h), before)
        assert_close(other(z, h), before, **rounding())
