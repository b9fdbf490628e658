"""What a picture of each preset takes of the processor, all cores together: passes at half of 1280x720.

Skipped unless asked for with --benchmark-only. Every third picture another generated one comes, as beside a show. The
world's own painter is not in it: its scenes have their own benchmarks.
"""

import time
from collections.abc import Iterator
from typing import Any

import moderngl
import pytest

from installation.output.headless import open_headless
from installation.presets.naming import preset_names
from installation.presets.preset import preset_values
from installation.presets.reading import load_preset
from tests.benchmarks.drawing import Drawing

pytestmark = [pytest.mark.gl, pytest.mark.benchmark(timer=time.process_time)]


@pytest.fixture(scope="module")
def context() -> Iterator[moderngl.Context]:
    surface = open_headless((16, 16))
    yield surface.context
    surface.close()


@pytest.mark.parametrize("name", preset_names())
def test_a_picture_of_each_preset(benchmark: Any, context: moderngl.Context, name: str) -> None:
    preset = load_preset(name)
    settings = {**preset_values(preset), "/render/painter": 0.0, "/show/hud": False}
    drawing = Drawing(context, preset.passes, 0.5, settings=settings, lut=preset.lut, pictures_each=3)
    drawing.draw()
    benchmark.pedantic(drawing.draw, rounds=40, iterations=1, warmup_rounds=6)
    drawing.close()
