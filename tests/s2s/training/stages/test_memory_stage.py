"""A memory made of pictures: what it keeps, that it recalls them, and that it travels in a bundle."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from s2s import bundle
from s2s.models.autoencoder import Autoencoder
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.known_states import KnownStates
from s2s.training.stages.memory import MemorySettings, build_memory, middle_square
from tests.fakes import write_memory_bundle
from tests.s2s.training.made_up_pictures import random_encoder

SETTINGS = MemorySettings(entries=40, z_dim=4)


@pytest.fixture(scope="module")
def pictures() -> NDArray[np.uint8]:
    """Wide noise around colours of its own."""
    rng = np.random.default_rng(0)
    return np.clip(rng.integers(0, 256, (48, 1, 1, 3)) + rng.normal(0, 20, (48, 32, 64, 3)), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def autoencoder() -> Autoencoder:
    torch.manual_seed(0)
    return Autoencoder(4, (16, 12, 8, 4), (1, 1, 1)).eval().requires_grad_(False)


def test_it_keeps_the_first_pictures_and_recalls_each_by_what_f_v_sees_in_it(
    pictures: NDArray[np.uint8], autoencoder: Autoencoder
) -> None:
    memory, sizes = build_memory(pictures, autoencoder, random_encoder(), SETTINGS)
    assert (sizes.entries, sizes.size_px, sizes.nearness_width) == (40, (64, 32), None)
    h = encode_pictures(random_encoder(), middle_square(pictures[:40]))
    own_address = memory.addresses.float() / 32.0
    _, places = memory.recall(own_address, h)
    assert int((places[:, 0] == torch.arange(40)).sum()) >= 38


def test_addresses_are_spread_like_noise(pictures: NDArray[np.uint8], autoencoder: Autoencoder) -> None:
    memory, _ = build_memory(pictures, autoencoder, random_encoder(), SETTINGS)
    addresses = memory.addresses.float() / 32.0
    assert float(addresses.std()) == pytest.approx(1.0, abs=0.15)


def test_with_known_states_the_card_says_so_and_each_moment_has_its_own(
    pictures: NDArray[np.uint8], autoencoder: Autoencoder
) -> None:
    known = KnownStates(torch.rand(48, 3), torch.randn(33))
    memory, sizes = build_memory(pictures, autoencoder, random_encoder(), SETTINGS, known)
    assert sizes.nearness_width == SETTINGS.nearness_width and sizes.warmth
    torch.testing.assert_close(memory.states.float() / 255, known.states[:40], atol=0.002, rtol=0)


def test_levels_of_a_moment_share_a_key_and_an_address_and_rise_in_nearness(
    pictures: NDArray[np.uint8], autoencoder: Autoencoder
) -> None:
    states = torch.rand(48, 3)
    states[3:6, 0] = torch.tensor([0.2, 0.2, 0.1])  # a thing that a nearer level hides
    settings = replace(SETTINGS, entries=14, levels=3)
    memory, sizes = build_memory(
        pictures, autoencoder, random_encoder(), settings, KnownStates(states, torch.randn(33))
    )
    assert (sizes.entries, sizes.levels, len(memory.codes)) == (14, 3, 42)
    seen = encode_pictures(random_encoder(), middle_square(pictures[:42])).unflatten(0, (14, 3)).mean(dim=1)
    torch.testing.assert_close(memory.keys, torch.nn.functional.normalize(seen, dim=1))
    assert memory.addresses.shape == (14, 4)
    nearness = memory.states[:, :3].int()
    assert bool((nearness.diff(dim=1) > 0).all()) and nearness[1].tolist() == [51, 52, 53]
    torch.testing.assert_close(
        memory.states[:, 3:].float() / 255, states[:42, 1:].unflatten(0, (14, 3)).mean(dim=1), atol=0.002, rtol=0
    )


def test_pictures_that_are_no_whole_moments_and_levels_of_an_unknown_nearness_are_refused(
    pictures: NDArray[np.uint8], autoencoder: Autoencoder
) -> None:
    known = KnownStates(torch.rand(48, 3), torch.randn(33))
    with pytest.raises(ValueError, match="at 5 levels each, got 48"):
        build_memory(pictures, autoencoder, random_encoder(), replace(SETTINGS, levels=5), known)
    with pytest.raises(ValueError, match="need their states to be known"):
        build_memory(pictures, autoencoder, random_encoder(), replace(SETTINGS, levels=3))


def test_a_bundle_brings_what_is_known_back(tmp_path: Path) -> None:
    model = bundle.load(write_memory_bundle(tmp_path / "model"))
    assert model.knows_states
    z, h = torch.randn(1, 4), torch.nn.functional.normalize(torch.rand(1, 32), dim=1)
    held = torch.tensor([[[0.5, 1.0], [0.2, 1.0], [0.9, 1.0]]])
    assert not torch.equal(model.generator(z, h), model.generator(z, h, held))  # type: ignore[call-arg]
