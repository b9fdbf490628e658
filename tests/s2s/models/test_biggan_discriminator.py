"""The IC-GAN discriminator at every published size; `test_golden_files.py` compares it with the published one."""

import pytest
import torch

from s2s.models.biggan_discriminator import BigGanDiscriminator
from tests.golden.seeded_weights import seeded_input


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


@pytest.mark.parametrize(("resolution", "block"), [(64, 0), (128, 0), (256, 1)])
def test_attention_looks_at_32_pixels_of_64_and_at_64_of_more(resolution: int, block: int) -> None:
    with torch.device("meta"):
        keys = BigGanDiscriminator(resolution, channels=8, h_dim=16).state_dict()
    assert [key for key in keys if key.endswith("gamma")] == [f"blocks.{block}.1.gamma"]


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
