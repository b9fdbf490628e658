"""The generator as one captured graph: driven on the CPU by a fake that keeps CUDA's rules, and by CUDA where it is."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from installation.inference import captured_painting
from installation.inference.captured_painting import CapturedPainter, halved, painter_of, reason_against
from installation.inference.captured_work import WARM_UPS, CapturedWork
from installation.inference.painting import EagerPainter, Wish
from installation.values import Latent, Pixels
from s2s import bundle
from s2s.bundle import Bundle
from tests.fakes import write_memory_bundle, write_tiny_bundle
from tests.installation.inference.fake_runtime import FakeRuntime

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle.load(write_tiny_bundle(tmp_path_factory.mktemp("light")), image_encoder=False)


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle.load(write_memory_bundle(tmp_path_factory.mktemp("memory"), pairs=16), image_encoder=False)


def wish(model: Bundle, seed: int, *, beside: bool = False, held: bool = False) -> Wish:
    rng, sizes = np.random.default_rng(seed), model.card.generator
    h, second = (np.abs(rng.standard_normal(sizes.h_dim)).astype(np.float32) for _ in range(2))
    z = rng.standard_normal(sizes.z_dim).astype(np.float32)
    h, second = h / np.linalg.norm(h), second / np.linalg.norm(second)
    latent = Latent(z, h, second, 0.75) if beside else Latent(z, h)
    return Wish(latent, np.array([[[0.9, 1.0], [0.25, 1.0], [0.1, 0.8]]], np.float32) if held else None)


def captured(model: Bundle, runtime: FakeRuntime | None = None) -> CapturedPainter:
    return CapturedPainter(model, cast(nn.Module, model.generator), runtime or FakeRuntime(), "float32")


def same(picture: Pixels | None, expected: Pixels | None, largest: int = 1) -> bool:
    assert picture is not None and expected is not None and picture.shape == expected.shape
    return int(np.abs(picture.astype(int) - expected.astype(int)).max()) <= largest


def test_it_paints_what_the_generator_paints(light: Bundle) -> None:
    painter, plain = captured(light), EagerPainter(light)
    for seed in range(3):
        assert same(painter.paint(wish(light, seed)), plain.paint(wish(light, seed)))


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize("held", [False, True])
def test_one_graph_paints_with_and_without_a_second_thing_and_held_states(
    memory: Bundle, beside: bool, held: bool
) -> None:
    painter, plain = captured(memory), EagerPainter(memory)
    asked = wish(memory, 1, beside=beside, held=held)
    assert same(painter.paint(asked), plain.paint(asked))


def test_it_is_warmed_up_then_recorded_once_and_each_picture_is_waited_for_once(light: Bundle) -> None:
    runtime = FakeRuntime()
    painter = captured(light, runtime)
    assert (runtime.worked, runtime.waits) == (WARM_UPS, 0)
    for seed in range(3):
        painter.paint(wish(light, seed))
    assert (runtime.worked, runtime.waits, runtime.queue) == (WARM_UPS, 3, [])


def test_a_picture_stays_while_the_next_one_is_painted(light: Bundle) -> None:
    painter = captured(light)
    first = painter.paint(wish(light, 0))
    assert first is not None
    kept = first.copy()
    second = painter.paint(wish(light, 1))
    assert second is not None and np.array_equal(first, kept) and not np.array_equal(first, second)


def test_a_picture_that_holds_nan_is_none_and_the_next_one_is_painted(light: Bundle) -> None:
    painter, asked = captured(light), wish(light, 0)
    broken = Wish(Latent(np.full_like(asked.latent.z, np.nan), asked.latent.h))
    assert painter.paint(broken) is None
    assert same(painter.paint(asked), EagerPainter(light).paint(asked))


def test_what_cannot_be_captured_is_painted_operation_by_operation_and_says_so(
    light: Bundle, caplog: pytest.LogCaptureFixture
) -> None:
    painter = painter_of(light, FakeRuntime(refuses="operation not permitted when stream is capturing"))
    assert isinstance(painter, EagerPainter)
    assert painter.words == "eager, float32 (not captured: operation not permitted when stream is capturing)"
    assert caplog.text.count("cannot be captured") == 1


def test_without_a_gpu_the_generator_is_painted_with_as_it_is(light: Bundle) -> None:
    painter = painter_of(light)
    assert isinstance(painter, EagerPainter) and painter.words == "eager, float32"


@pytest.mark.parametrize("kind", ["light", "memory"])
def test_half_precision_is_taken_where_it_paints_the_same(kind: str, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(kind)
    painter = painter_of(model, FakeRuntime())
    assert painter.words == "captured graph, float16"
    assert same(painter.paint(wish(model, 0)), EagerPainter(model).paint(wish(model, 0)), largest=24)


def test_of_a_memory_what_decodes_is_halved_and_what_recalls_stays_whole(memory: Bundle) -> None:
    network = halved(cast(nn.Module, memory.generator), torch.float16)
    kinds = {name: value.dtype for name, value in network.state_dict().items() if value.is_floating_point()}
    assert {kind for name, kind in kinds.items() if name.startswith("decoder")} == {torch.float16}
    assert {kind for name, kind in kinds.items() if not name.startswith("decoder")} == {torch.float32}


class _Off(nn.Module):
    """A generator whose pictures are `shift` brighter than they were; NaN makes them that."""

    def __init__(self, generator: nn.Module, shift: float) -> None:
        super().__init__()
        self.generator, self.shift = generator, shift

    def forward(self, z: Tensor, h: Tensor) -> Tensor:
        picture: Tensor = self.generator(z, h) + self.shift
        return picture


@pytest.mark.parametrize(
    ("shift", "words"), [(float("nan"), "holds NaN"), (0.1, "levels off in the mean"), (0.001, "")]
)
def test_another_precision_is_judged_by_its_pictures(light: Bundle, shift: float, words: str) -> None:
    reason = reason_against(_Off(cast(nn.Module, light.generator), shift), light)
    assert words in reason and bool(words) == bool(reason)


def test_where_no_half_precision_paints_the_same_the_graph_is_whole_and_says_why(
    light: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captured_painting, "halved", lambda generator, _dtype: _Off(generator, 0.5))
    painter = painter_of(light, FakeRuntime())
    assert painter.words.startswith("captured graph, float32 (float16 lies ")
    assert same(painter.paint(wish(light, 0)), EagerPainter(light).paint(wish(light, 0)))


def test_any_fixed_computation_can_be_captured() -> None:
    runtime = FakeRuntime()
    work = CapturedWork(lambda x: 2 * x, 3, 3, torch.float32, runtime, example=np.zeros(3, np.float32))
    np.testing.assert_array_equal(work(np.array([1, 2, 3], np.float32)), [2, 4, 6])


@needs_cuda
@pytest.mark.parametrize("kind", ["light", "memory"])
def test_on_cuda_the_graph_paints_what_the_generator_paints(kind: str, tmp_path: Path) -> None:
    write = write_tiny_bundle if kind == "light" else write_memory_bundle
    model = bundle.load(write(tmp_path / kind), device="cuda", image_encoder=False)
    painter = painter_of(model)
    assert painter.words == "captured graph, float16"
    for seed in range(3):
        asked = wish(model, seed, held=model.knows_states)
        assert same(painter.paint(asked), EagerPainter(model).paint(asked), largest=24)
