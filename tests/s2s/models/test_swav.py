"""f_V as published: it sees pictures of any size as its authors showed them, at any width."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from torch.testing import assert_close

from s2s.models.swav import SwavResNet50, as_input
from tests.golden.seeded_weights import seeded_state_dict

WIDTH = 4


@pytest.fixture(scope="module")
def encoder() -> SwavResNet50:
    network = SwavResNet50(WIDTH)
    network.load_state_dict(seeded_state_dict({key: tuple(value.shape) for key, value in network.state_dict().items()}))
    return network.eval().requires_grad_(False)


def photograph(height: int, width: int) -> Tensor:
    """A soft picture in -1..1: what a camera gives, not noise."""
    draws = torch.Generator().manual_seed(0)
    return F.interpolate(torch.rand(1, 3, 24, 24, generator=draws) * 2 - 1, (height, width), mode="bilinear")


def test_the_published_size_has_the_published_number_of_weights() -> None:
    with torch.device("meta"):
        network = SwavResNet50()
    assert network.embedding_dim == 2048
    assert sum(value.numel() for value in network.parameters()) == 23_508_032
    assert len(network.state_dict()) == 318


@pytest.mark.parametrize("size", [(1, 1), (32, 32), (128, 128), (224, 224), (90, 300), (700, 400)])
def test_a_picture_of_any_size_has_features_that_are_never_negative(
    encoder: SwavResNet50, size: tuple[int, int]
) -> None:
    features = encoder.encode(photograph(*size).repeat(2, 1, 1, 1))
    assert features.shape == (2, 32 * WIDTH)
    assert features.min() >= 0 < features.max()
    assert_close(features[0], features[1])


def test_maps_come_finest_first_and_the_last_averages_to_the_features(encoder: SwavResNet50) -> None:
    picture = photograph(128, 128)
    maps = encoder.maps(picture)
    assert [tuple(x.shape[1:]) for x in maps] == [(4 * WIDTH * 2**i, 56 >> i, 56 >> i) for i in range(4)]
    assert_close(maps[-1].mean((2, 3)), encoder.encode(picture))


def test_a_photograph_is_seen_as_the_published_loader_shows_it() -> None:
    """Squash to 256 by Pillow, ImageNet's mean and deviation, bicubic to 224 with aligned corners."""
    pixels = ((photograph(480, 640)[0].permute(1, 2, 0) + 1) * 127.5).round().to(torch.uint8).numpy()
    squashed = np.asarray(Image.fromarray(pixels).resize((256, 256), Image.Resampling.BILINEAR))
    scaled = torch.from_numpy(squashed.copy()).permute(2, 0, 1)[None] / 255
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    scaled = (scaled - mean[:, None, None]) / deviation[:, None, None]
    expected = F.interpolate(scaled, 224, mode="bicubic", align_corners=True)
    ours = as_input(torch.from_numpy(pixels).permute(2, 0, 1)[None] / 127.5 - 1)
    assert_close(ours, expected, rtol=0, atol=1.5 / 255 / 0.224)  # Pillow rounds to whole levels, twice


def test_a_generated_picture_is_not_squashed_first() -> None:
    """Bicubic straight to 224, as IC-GAN re-ranks its own pictures; a squash would soften it."""
    picture = photograph(128, 128)
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    scaled = (picture * 0.5 + 0.5 - mean[:, None, None]) / deviation[:, None, None]
    assert_close(as_input(picture), F.interpolate(scaled, 224, mode="bicubic", align_corners=True))


def test_gradients_reach_the_picture_for_inversion(encoder: SwavResNet50) -> None:
    picture = photograph(64, 64).requires_grad_()
    encoder.encode(picture).sum().backward()
    assert picture.grad is not None and (picture.grad != 0).float().mean() > 0.9


@pytest.mark.parametrize("shape", [(3, 224, 224), (1, 1, 224, 224)])
def test_pictures_of_another_shape_are_refused(encoder: SwavResNet50, shape: tuple[int, ...]) -> None:
    with pytest.raises(AssertionError, match="must be"):
        encoder.encode(torch.zeros(shape))


def test_images_not_at_the_networks_size_are_refused(encoder: SwavResNet50) -> None:
    with pytest.raises(AssertionError, match="224"):
        encoder(torch.zeros(1, 3, 64, 64))
