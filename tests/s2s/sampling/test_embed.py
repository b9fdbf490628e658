"""Sounds and images as points of one space: always one unit row, or one clear error."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from s2s import bundle
from s2s.bundle import Bundle, BundleError
from s2s.sampling.embed import as_tensor, embed_image, embed_sound, unit
from tests.fakes import write_tiny_bundle


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle.load(write_tiny_bundle(tmp_path_factory.mktemp("tiny")))


def noise(num_samples: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).normal(0, 0.1, num_samples).astype(np.float32)


@pytest.mark.parametrize("num_samples", [1, 159, 16_000, 160_000, 200_000])
def test_a_sound_of_any_length_is_one_unit_row(model: Bundle, num_samples: int) -> None:
    h = embed_sound(model, noise(num_samples))
    assert h.shape == (1, 32)
    assert abs(float(h.norm()) - 1.0) < 1e-6


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 300, 3), (64, 64, 3), (256, 256, 3)])
def test_an_image_of_any_size_is_one_unit_row_that_is_never_negative(model: Bundle, shape: tuple[int, ...]) -> None:
    h = embed_image(model, np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))
    assert h.shape == (1, 32)
    assert abs(float(h.norm()) - 1.0) < 1e-6
    assert float(h.min()) >= 0.0


def test_a_repeated_sound_is_the_same_sound(model: Bundle) -> None:
    short = noise(16_000)
    assert torch.equal(embed_sound(model, short), embed_sound(model, np.tile(short, 10)))


@pytest.mark.parametrize(
    "sound",
    [np.zeros((8, 100), np.float32), np.zeros(0, np.float32), np.array([0.0, np.nan], np.float32)],
    ids=["8 channels", "empty", "NaN"],
)
def test_what_is_no_mono_sound_is_refused(model: Bundle, sound: NDArray[np.float32]) -> None:
    with pytest.raises(ValueError, match=r"sound|mono|sample|NaN"):
        embed_sound(model, sound)


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)],
    ids=["grey", "alpha", "floats"],
)
def test_what_are_no_rgb_pixels_is_refused_with_what_came(model: Bundle, pixels: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match=str(pixels.dtype)):
        embed_image(model, pixels)


def test_a_model_without_f_v_places_no_image(model: Bundle) -> None:
    with pytest.raises(BundleError, match="image encoder"):
        embed_image(replace(model, image_encoder=None), np.zeros((4, 4, 3), np.uint8))


def test_pixels_run_from_minus_1_to_1_colour_by_colour() -> None:
    pixels = np.array([[[0, 51, 255]]], np.uint8)
    assert torch.allclose(as_tensor(pixels)[0, :, 0, 0], torch.tensor([-1.0, -0.6, 1.0]))


def test_unit_keeps_the_direction_of_the_smallest_and_the_largest() -> None:
    rows = torch.tensor([[3e-38, 4e-38], [3e37, 4e37], [0.6, 0.8]])
    assert torch.allclose(unit(rows), torch.tensor([0.6, 0.8]).expand(3, 2))


@pytest.mark.parametrize("row", [[0.0, 0.0], [float("nan"), 1.0], [float("inf"), 1.0]])
def test_what_has_no_direction_is_refused(row: list[float]) -> None:
    with pytest.raises(ValueError, match="no direction"):
        unit(torch.tensor([[1.0, 0.0], row]))
