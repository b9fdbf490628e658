"""What one picture of the show takes of the processor, whole, pass by pass, and with every pass drawn by itself.

Skipped unless asked for with --benchmark-only. Counted is the time of all cores together, which other programs on the
machine change little; `LP_NUM_THREADS=1 taskset -c 0 pytest …` tells what one core can do beside a busy network.
"""

import time
from collections.abc import Iterator
from typing import Any

import moderngl
import pytest

from installation.output.headless import open_headless
from installation.render import chain, passes
from tests.benchmarks.drawing import PASSES, Drawing

pytestmark = [pytest.mark.gl, pytest.mark.benchmark(timer=time.process_time)]


@pytest.fixture(scope="module")
def context() -> Iterator[moderngl.Context]:
    surface = open_headless((16, 16))
    yield surface.context
    surface.close()


def draw_many(benchmark: Any, drawing: Drawing) -> None:
    """Benchmark one picture of `drawing`."""
    drawing.draw()
    benchmark(drawing.draw)
    drawing.close()


@pytest.mark.parametrize("picture", [(128, 128), (256, 144)], ids=["square", "wide"])
@pytest.mark.parametrize("scale", [1.0, 0.5, 0.3])
def test_all_passes(benchmark: Any, context: moderngl.Context, scale: float, picture: tuple[int, int]) -> None:
    draw_many(benchmark, Drawing(context, PASSES, scale, picture=picture))


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_all_passes_each_by_itself(
    benchmark: Any, context: moderngl.Context, scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passes, "grouped", lambda names, _sources, whole: [(name,) for name in names])
    chain._parts.cache_clear()
    draw_many(benchmark, Drawing(context, PASSES, scale))
    chain._parts.cache_clear()


@pytest.mark.parametrize("name", ["none", *PASSES])
def test_one_pass_at_640x360(benchmark: Any, context: moderngl.Context, name: str) -> None:
    draw_many(benchmark, Drawing(context, () if name == "none" else (name,), 1.0, window=(640, 360)))
