"""How fast the synthetic world paints; skipped unless asked for with --benchmark-only."""

from typing import Any

import pytest

from s2s.world.pictures import Painter
from s2s.world.state import SCENES, draw_state

pytestmark = pytest.mark.gl


@pytest.mark.parametrize("size_px", [64, 128, 256])
def test_painting_four_takes_of_every_scene(benchmark: Any, size_px: int) -> None:
    states = [draw_state(scene, seed) for scene in SCENES for seed in range(4)]
    with Painter(size_px) as painter:
        painter.paint(states[::4])  # compiles the shaders
        benchmark(painter.paint, states)
        benchmark.extra_info["pictures_per_second"] = len(states) / benchmark.stats.stats.mean
