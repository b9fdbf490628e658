"""The IC-GAN discriminator: equal to the published network, at every published size."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from s2s.models.biggan_discriminator import BigGanDiscriminator
from s2s.published import icgan_state
from tests.golden.seeded_weights import seeded_input, seeded_state_dict

GOLDEN = Path(__file__).parents[2] / "golden"


def test_the_published_weights_give_the_published_logits() -> None:
    golden = np.load(GOLDEN / "icgan_discriminator_128.npz")["logit"]
    shapes = json.loads((GOLDEN / "icgan_discriminator_128.keys.json").read_text())
    with torch.device("meta"):
        discriminator = BigGanDiscriminator()
    discriminator.load_state_dict(icgan_state(seeded_state_dict(shapes)), strict=True, assign=True)
    pictures = torch.tanh(seeded_input("x128", (2, 3, 128, 128)))
    h = seeded_input("h128", (2, 2048), unit_norm=True, nonnegative=True)
    with torch.inference_mode():
        ours = discriminator.eval()(pictures, h).numpy()
    assert ours.shape == golden.shape
    assert np.abs(ours - golden).max() <= 1e-4 * np.abs(golden).max()


@pytest.mark.parametrize(
    ("resolution", "channels", "parameters", "keys"),
    [(64, 64, 21_646_018, 81), (128, 96, 89_593_634, 89), (256, 96, 100_837_154, 101)],
)
def test_every_published_size_has_its_published_number_of_weights(
    resolution: int, channels: int, parameters: int, keys: int
) -> None:
    with torch.device("meta"):
        discriminator = BigGanDiscriminator(resolution, channels)
    assert sum(value.numel() for value in discriminator.parameters()) == parameters
    assert len(discriminator.state_dict()) == keys


@pytest.mark.parametrize("resolution", [64, 128, 256])
def test_every_weight_learns_at_any_width(resolution: int) -> None:
    discriminator = BigGanDiscriminator(resolution, channels=8, h_dim=16)
    with torch.no_grad():
        for name, value in discriminator.named_parameters():
            if name.endswith("gamma"):  # the gate of the attention is closed at first
                value.fill_(0.5)
    pictures = seeded_input("pictures", (2, 3, resolution, resolution))
    logits = discriminator(pictures, seeded_input("h", (2, 16), unit_norm=True))
    assert logits.shape == (2, 1)
    logits.square().sum().backward()
    assert not [name for name, value in discriminator.named_parameters() if value.grad is None]


def test_an_unknown_resolution_is_refused() -> None:
    with pytest.raises(ValueError, match="64, 128, 256; got 100"):
        BigGanDiscriminator(100)
