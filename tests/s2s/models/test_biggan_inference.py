"""The prepared generator: the same pictures as the plain one, at any size, and gradients where they are asked for."""

import copy
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from s2s.models import packed_matmul, phase_split_conv
from s2s.models.biggan import BigGanGenerator
from s2s.models.biggan_inference import prepare_for_inference
from tests.golden.seeded_weights import seeded_input, seeded_state_dict
from tests.published_files import icgan_state

pytestmark = pytest.mark.heavy

GOLDEN = Path(__file__).parents[2] / "golden"


def inputs(batch: int, generator: BigGanGenerator) -> tuple[Tensor, Tensor]:
    h = seeded_input("h", (batch, generator.h_dim), unit_norm=True, nonnegative=True)
    return seeded_input("z", (batch, generator.z_dim)), h


def small(resolution: int = 64, channels: int = 8) -> BigGanGenerator:
    """A narrow generator with weights and statistics that are not those of a start."""
    generator = BigGanGenerator(resolution, channels, z_dim=120, h_dim=32, shared_dim=16)
    state = {key: tuple(value.shape) for key, value in generator.state_dict().items()}
    generator.load_state_dict(seeded_state_dict(state))
    return generator.eval()


def prepared(resolution: int = 64, channels: int = 8) -> BigGanGenerator:
    generator = small(resolution, channels)
    prepare_for_inference(generator)
    return generator


def assert_same_pictures(ours: Tensor, theirs: Tensor) -> None:
    """Ten times closer than the goldens ask for."""
    assert_close(ours, theirs, rtol=0, atol=1e-5 * theirs.abs().max().item())


@pytest.mark.heavy
@pytest.mark.parametrize("batch", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_prepared_published_weights_give_the_published_pictures(batch: int) -> None:
    golden = np.load(GOLDEN / "icgan_generator_128.npz")["image"][:batch]
    shapes = json.loads((GOLDEN / "icgan_generator_128.keys.json").read_text())
    with torch.device("meta"):
        generator = BigGanGenerator()
    generator.load_state_dict(icgan_state(seeded_state_dict(shapes)), strict=True, assign=True)
    prepare_for_inference(generator.eval())
    z = seeded_input("z128", (2, 120))[:batch]
    h = seeded_input("h128", (2, 2048), unit_norm=True, nonnegative=True)[:batch]
    with torch.inference_mode():
        ours = generator(z, h).numpy()
    assert np.abs(ours - golden).max() <= 1e-5 * np.abs(golden).max()


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize(("resolution", "channels"), [(64, 8), (64, 11), (128, 8), (256, 8)])
def test_preparing_changes_no_picture(resolution: int, channels: int, batch: int) -> None:
    generator = small(resolution, channels)
    z, h = inputs(batch, generator)
    with torch.inference_mode():
        plain = generator(z, h)
        prepare_for_inference(generator)
        ours = generator(z, h)
    assert_same_pictures(ours, plain)
    assert ours.is_contiguous()


def test_pictures_worked_on_in_strips_are_the_pictures_worked_on_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = prepared()
    z, h = inputs(2, generator)
    with torch.inference_mode():
        monkeypatch.setattr(phase_split_conv, "_STRIP_VALUES", 1 << 40)
        whole = generator(z, h)
        monkeypatch.setattr(phase_split_conv, "_STRIP_VALUES", 3 * 32 * 16)  # not quite four rows of the widest
        assert_same_pictures(generator(z, h), whole)


def test_a_torch_without_the_operations_of_onednn_paints_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = prepared()
    z, h = inputs(1, generator)
    with torch.inference_mode():
        ours = generator(z, h)
        monkeypatch.setattr(packed_matmul, "_has_onednn", lambda: False)
        assert_same_pictures(prepared()(z, h), ours)


def test_a_prepared_generator_passes_gradients_to_z_and_h() -> None:
    plain, ours = small(), prepared()
    weights = seeded_input("weights", (2, 3, 64, 64))
    gradients = []
    for generator in (plain, ours):
        z, h = (value.requires_grad_() for value in inputs(2, generator))
        pictures = generator(z, h)
        (pictures * weights).sum().backward()
        assert z.grad is not None and h.grad is not None
        gradients.append((z.grad, h.grad))
    for mine, theirs in zip(gradients[1], gradients[0], strict=True):
        assert theirs.abs().max() > 0
        assert_close(mine, theirs, rtol=0, atol=1e-4 * theirs.abs().max().item())


@pytest.mark.parametrize("wanted", [("z",), ("h",)])
def test_a_gradient_of_one_input_alone_is_enough_to_be_served(wanted: tuple[str, ...]) -> None:
    generator = prepared()
    z, h = inputs(1, generator)
    (z if "z" in wanted else h).requires_grad_()
    assert generator(z, h).requires_grad
    with torch.no_grad():
        assert not generator(z, h).requires_grad


def test_every_way_of_asking_gives_the_same_picture() -> None:
    generator = prepared()
    z, h = inputs(1, generator)
    asked_plainly = generator(z, h)
    with torch.no_grad():
        without_gradients = generator(z, h)
    with torch.inference_mode():
        in_inference = generator(z, h)
    with_gradients = generator(z.clone().requires_grad_(), h).detach()
    assert torch.equal(without_gradients, asked_plainly) and torch.equal(in_inference, asked_plainly)
    assert_same_pictures(with_gradients, asked_plainly)


def test_painting_leaves_nothing_behind() -> None:
    generator = prepared()
    z, h = inputs(2, generator)
    with torch.inference_mode():
        first = generator(z, h)
        kept = first.clone()
        generator(-z, h.flip(1))
        assert torch.equal(first, kept)
        assert torch.equal(generator(z, h), first)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda generator: pickle.loads(pickle.dumps(generator))])
def test_a_copy_of_a_prepared_generator_paints_the_same(copied: Callable[[BigGanGenerator], BigGanGenerator]) -> None:
    generator = prepared()
    z, h = inputs(1, generator)
    with torch.inference_mode():
        assert_same_pictures(copied(generator)(z, h), generator(z, h))


def test_a_prepared_generator_may_be_moved_to_another_precision() -> None:
    generator = prepared()
    z, h = inputs(1, generator)
    with torch.inference_mode():
        single = generator(z, h)
        double = generator.double()(z.double(), h.double())
    assert double.dtype == torch.float64
    assert_same_pictures(double.float(), single)


def test_preparing_twice_is_preparing_once() -> None:
    generator = prepared()
    z, h = inputs(1, generator)
    with torch.inference_mode():
        once = generator(z, h)
        prepare_for_inference(generator)
        assert torch.equal(generator(z, h), once)


def test_a_generator_in_training_is_not_prepared() -> None:
    with pytest.raises(ValueError, match="eval"):
        prepare_for_inference(small().train())


@pytest.mark.parametrize("resolution", [64, 256])
def test_noise_beyond_what_is_used_is_ignored(resolution: int) -> None:
    generator = small(resolution)
    z, h = inputs(1, generator)
    wide = torch.cat([z, seeded_input("beyond", (1, 128 - generator.z_dim))], dim=1)
    with torch.inference_mode():
        assert_same_pictures(generator(wide, h), generator(z, h))
        prepare_for_inference(generator)
        assert_same_pictures(generator(wide, h), generator(z, h))
