"""What one picture of the show takes of the processor, whole, pass by pass, and with every pass drawn by itself.

Skipped unless asked for with --benchmark-only. Counted is the time of all cores together, which other programs on the
machine change little; `LP_NUM_THREADS=1 taskset -c 0 pytest …` tells what one core can do beside a busy network.
"""

import time
from collections.abc import Iterator
from typing import Any

import moderngl
import numpy as np
import pytest

from installation.output.headless import open_headless
from installation.parameters import DEFAULTS
from installation.render import passes as render_passes
from installation.render.pipeline import Renderer
from installation.values import Controls, Features, Frame

pytestmark = [pytest.mark.gl, pytest.mark.benchmark(timer=time.process_time)]

SIZE = (1280, 720)
PASSES = ("upscale", "displace", "feedback", "bloom", "grade", "grain")
CONTROLS = Controls({**DEFAULTS, "/render/displacement": 0.3})


@pytest.fixture(scope="module")
def context() -> Iterator[moderngl.Context]:
    surface = open_headless((16, 16))
    yield surface.context
    surface.close()


def draw_many(
    benchmark: Any,
    context: moderngl.Context,
    passes: tuple[str, ...],
    scale: float,
    picture: tuple[int, int],
    window: tuple[int, int] = SIZE,
) -> None:
    """Benchmark one `draw` at `window`, its passes at `scale` of it, of generated pictures of `picture` pixels."""
    renderer = Renderer(context, window, passes=passes, seed=1, scale=scale, adaptive=False)
    target = context.simple_framebuffer(window, components=4)
    pixels = np.random.default_rng(0).integers(0, 256, (picture[1], picture[0], 3), np.uint8)
    frame, now = Frame(pixels, 1, 0.0, 0.0), 0.0

    def draw() -> None:
        nonlocal now
        now += 1 / 30
        renderer.draw(target, now=now, frame=frame, features=Features(bass=0.5), controls=CONTROLS)

    draw()
    benchmark(draw)
    renderer.close()


@pytest.mark.parametrize("picture", [(128, 128), (256, 144)], ids=["square", "wide"])
@pytest.mark.parametrize("scale", [1.0, 0.5, 0.3])
def test_all_passes(benchmark: Any, context: moderngl.Context, scale: float, picture: tuple[int, int]) -> None:
    draw_many(benchmark, context, PASSES, scale, picture)


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_all_passes_each_by_itself(
    benchmark: Any, context: moderngl.Context, scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_passes, "grouped", lambda names, whole: [(name,) for name in names])
    draw_many(benchmark, context, PASSES, scale, (256, 144))


@pytest.mark.parametrize("name", ["none", *PASSES])
def test_one_pass_at_640x360(benchmark: Any, context: moderngl.Context, name: str) -> None:
    draw_many(benchmark, context, () if name == "none" else (name,), 1.0, (256, 144), (640, 360))
