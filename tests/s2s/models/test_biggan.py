"""The IC-GAN generator: equal to the published network, at any width, folded or not."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from s2s.models.biggan import BigGanGenerator
from tests.golden.seeded_weights import seeded_input, seeded_state_dict
from tests.published_files import icgan_state

GOLDEN = Path(__file__).parents[2] / "golden"
CLASS_EMBEDDING = 128_000  # carried by the published files, never used


def inputs(batch: int, generator: BigGanGenerator) -> tuple[Tensor, Tensor]:
    h = seeded_input("h", (batch, generator.h_dim), unit_norm=True, nonnegative=True)
    return seeded_input("z", (batch, generator.z_dim)), h


def small(resolution: int = 64) -> BigGanGenerator:
    """A narrow generator with weights and statistics that are not those of a start."""
    generator = BigGanGenerator(resolution, channels=8, z_dim=120, h_dim=32, shared_dim=16)
    state = {key: tuple(value.shape) for key, value in generator.state_dict().items()}
    generator.load_state_dict(seeded_state_dict(state))
    return generator.eval()


@pytest.mark.heavy
def test_the_published_weights_give_the_published_pictures() -> None:
    golden = np.load(GOLDEN / "icgan_generator_128.npz")["image"]
    shapes = json.loads((GOLDEN / "icgan_generator_128.keys.json").read_text())
    with torch.device("meta"):
        generator = BigGanGenerator()
    generator.load_state_dict(icgan_state(seeded_state_dict(shapes)), strict=True, assign=True)
    generator.eval().requires_grad_(False)
    z = seeded_input("z128", (2, 120))
    h = seeded_input("h128", (2, 2048), unit_norm=True, nonnegative=True)
    with torch.inference_mode():
        unfolded = generator(z, h).numpy()  # test_golden_files.py compares it folded
    assert unfolded.shape == golden.shape
    assert np.abs(unfolded - golden).max() <= 1e-4 * np.abs(golden).max()


@pytest.mark.parametrize(
    ("resolution", "channels", "parameters", "z_dim", "keys"),
    [
        (64, 64, 36_655_876, 120, 142),
        (128, 96, 77_160_132, 120, 170),
        (256, 96, 90_014_340, 119, 198),
        (256, 64, 42_860_804, 119, 198),
    ],
)
def test_every_published_size_has_its_published_number_of_weights(
    resolution: int, channels: int, parameters: int, z_dim: int, keys: int
) -> None:
    with torch.device("meta"):
        generator = BigGanGenerator(resolution, channels)
    assert sum(value.numel() for value in generator.parameters()) == parameters - CLASS_EMBEDDING
    assert len(generator.state_dict()) == keys - 1
    assert generator.z_dim == z_dim


@pytest.mark.parametrize("resolution", [64, 128, 256])
def test_any_resolution_paints_pictures_of_its_size(resolution: int) -> None:
    generator = small(resolution)
    with torch.inference_mode():
        pictures = generator(*inputs(2, generator))
    assert pictures.shape == (2, 3, resolution, resolution)
    assert pictures.abs().max() <= 1.0
    assert not torch.equal(pictures[0], pictures[1])


def test_folding_changes_no_picture_and_leaves_no_norm_behind() -> None:
    generator = small()
    z, h = inputs(2, generator)
    with torch.inference_mode():
        before = generator(z, h)
        generator.fold_spectral_norm()
        assert_close(generator(z, h), before, rtol=0, atol=1e-5)
        generator.fold_spectral_norm()  # a second time finds nothing to fold
        assert_close(generator(z, h), before, rtol=0, atol=1e-5)
    assert not [key for key in generator.state_dict() if key.endswith(("u0", "sv0"))]


def test_a_generator_in_training_is_not_folded() -> None:
    with pytest.raises(ValueError, match="eval"):
        small().train().fold_spectral_norm()


def test_a_picture_does_not_depend_on_its_batch() -> None:
    generator = small()
    z, h = inputs(3, generator)
    with torch.inference_mode():
        assert_close(generator(z, h)[1:2], generator(z[1:2], h[1:2]), rtol=0, atol=1e-5)


def test_training_moves_the_norms_towards_the_largest_singular_value() -> None:
    generator = small().train()
    layer = generator.shared_feat
    for _ in range(500):
        layer.normalised_weight()
    largest = torch.linalg.matrix_norm(layer.weight, ord=2)
    assert layer.sv0 is not None
    assert layer.sv0.item() == pytest.approx(largest.item(), rel=1e-3)
    assert torch.linalg.matrix_norm(layer.normalised_weight(), ord=2).item() == pytest.approx(1.0, rel=1e-3)


def test_every_weight_learns() -> None:
    generator = small().train()
    generator(*inputs(2, generator)).square().sum().backward()
    still = [name for name, value in generator.named_parameters() if value.grad is None or not value.grad.any()]
    # A bias before a batch norm is taken away again by it.
    assert all(name.endswith("conv1.bias") for name in still), still


def test_an_unknown_resolution_is_refused() -> None:
    with pytest.raises(ValueError, match="64, 128, 256; got 100"):
        BigGanGenerator(100)


@pytest.mark.parametrize(("z_dim", "h_dim"), [(119, 32), (120, 31)])
def test_inputs_of_another_size_are_refused(z_dim: int, h_dim: int) -> None:
    with pytest.raises(AssertionError, match="must be"):
        small()(torch.zeros(1, z_dim), torch.zeros(1, h_dim))
