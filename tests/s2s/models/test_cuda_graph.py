"""The captured generator. What needs a GPU is skipped without one; the half-precision copy is tested anywhere."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from s2s.models.biggan import BigGanGenerator
from s2s.models.cuda_graph import CapturedGenerator, in_half
from s2s.models.light_generator import LightGenerator
from tests.golden.seeded_weights import seeded_input, seeded_state_dict

H_DIM = 32
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


def biggan() -> nn.Module:
    generator = BigGanGenerator(64, channels=8, h_dim=H_DIM, shared_dim=16)
    state = {key: tuple(value.shape) for key, value in generator.state_dict().items()}
    generator.load_state_dict(seeded_state_dict(state))
    return generator.eval()


def light() -> nn.Module:
    torch.manual_seed(0)
    return LightGenerator(resolution=32, h_dim=H_DIM, z_dim=120, channels=(16, 16, 12, 8)).eval()


def inputs(batch: int) -> tuple[Tensor, Tensor]:
    return seeded_input("z", (batch, 120)), seeded_input("h", (batch, H_DIM), unit_norm=True, nonnegative=True)


@pytest.mark.parametrize("build", [biggan, light])
def test_pictures_in_half_precision_are_nearly_the_same(build: Callable[[], nn.Module]) -> None:
    generator = build()
    z, h = inputs(2)
    with torch.inference_mode():
        expected = generator(z, h)
        pictures = in_half(generator)(z.half(), h.half())
        assert torch.equal(generator(z, h), expected), "the generator itself stays as it was"
    assert_close(pictures.float(), expected, rtol=0, atol=0.01)


def test_a_copy_in_half_precision_keeps_its_statistics_whole() -> None:
    generator = in_half(biggan())
    kinds = {name.rpartition(".")[2]: value.dtype for name, value in generator.named_buffers()}
    assert kinds == {"stored_mean": torch.float32, "stored_var": torch.float32}
    assert {value.dtype for value in generator.parameters()} == {torch.float16}


def test_a_generator_that_is_not_on_cuda_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the generator on CUDA, got it on cpu"):
        CapturedGenerator(biggan())


def test_a_generator_in_training_is_refused() -> None:
    with pytest.raises(ValueError, match="call eval"):
        CapturedGenerator(biggan().train())


@needs_cuda
@pytest.mark.parametrize("build", [biggan, light])
@pytest.mark.parametrize("asked_for", [1, 2, 5])
def test_a_captured_graph_paints_what_the_generator_paints(build: Callable[[], nn.Module], asked_for: int) -> None:
    generator = build().cuda()
    captured = CapturedGenerator(generator, batch=2)
    z, h = (value.cuda() for value in inputs(asked_for))
    with torch.inference_mode():
        expected = generator(z, h)
        pictures = captured(z, h)
    assert pictures.dtype == torch.float32 and pictures.shape == expected.shape
    assert_close(pictures, expected, rtol=0, atol=0.01)


@needs_cuda
def test_a_picture_stays_when_the_graph_paints_the_next() -> None:
    captured = CapturedGenerator(biggan().cuda())
    z, h = (value.cuda() for value in inputs(2))
    first = captured(z[:1], h[:1])
    kept = first.clone()
    assert not torch.equal(captured(z[1:], h[1:]), kept)
    assert torch.equal(first, kept)
    assert torch.equal(captured(z[:1], h[:1]), kept)


@needs_cuda
def test_a_graph_may_be_captured_and_used_in_any_mode() -> None:
    with torch.inference_mode():
        captured = CapturedGenerator(biggan().cuda())
    z, h = (value.cuda() for value in inputs(1))
    plainly = captured(z, h)
    with torch.inference_mode():
        assert torch.equal(captured(z, h), plainly)
