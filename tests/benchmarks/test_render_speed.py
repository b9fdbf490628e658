"""How long one picture of the show takes, whole and pass by pass; skipped unless asked for with --benchmark-only.

`LP_NUM_THREADS=1 taskset -c 0 pytest …` tells what one core can do beside a busy network.
"""

from collections.abc import Iterator
from typing import Any

import moderngl
import numpy as np
import pytest

from installation.parameters import DEFAULTS
from installation.render.headless import open_headless
from installation.render.pipeline import Renderer
from installation.values import Controls, Features, Frame

pytestmark = pytest.mark.gl

SIZE = (1280, 720)
PASSES = ("upscale", "displace", "feedback", "bloom", "grade", "grain")
CONTROLS = Controls({**DEFAULTS, "/render/displacement": 0.3})


@pytest.fixture(scope="module")
def context() -> Iterator[moderngl.Context]:
    surface = open_headless((16, 16))
    yield surface.context
    surface.close()


def draw_many(benchmark: Any, context: moderngl.Context, passes: tuple[str, ...], scale: float, picture: int) -> None:
    """Benchmark one `draw`, all of it at `scale` of 1280x720, of generated pictures of `picture` pixels."""
    window = (round(SIZE[0] * scale), round(SIZE[1] * scale))
    renderer = Renderer(context, window, passes=passes, seed=1, adaptive=False)
    target = context.simple_framebuffer(window, components=4)
    pixels = np.random.default_rng(0).integers(0, 256, (picture, picture, 3), np.uint8)
    frame, now = Frame(pixels, 1, 0.0, 0.0), 0.0

    def draw() -> None:
        nonlocal now
        now += 1 / 30
        renderer.draw(target, now=now, frame=frame, features=Features(bass=0.5), controls=CONTROLS)

    draw()
    benchmark(draw)
    renderer.close()


@pytest.mark.parametrize("picture", [64, 128])
@pytest.mark.parametrize("scale", [1.0, 0.5, 0.25])
def test_all_passes(benchmark: Any, context: moderngl.Context, scale: float, picture: int) -> None:
    draw_many(benchmark, context, PASSES, scale, picture)


@pytest.mark.parametrize("name", ["none", *PASSES])
def test_one_pass_at_640x360(benchmark: Any, context: moderngl.Context, name: str) -> None:
    draw_many(benchmark, context, () if name == "none" else (name,), 0.5, 64)
