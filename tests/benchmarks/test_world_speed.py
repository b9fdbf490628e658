"""How fast the synthetic world paints; skipped unless asked for with --benchmark-only."""

import time
from typing import Any

import pytest

from s2s.world.painter import Painter
from s2s.world.scene_clip import draw_clip
from s2s.world.state import SCENES, SceneState, draw_state

pytestmark = pytest.mark.gl


@pytest.mark.parametrize("size_px", [64, 128, 256])
def test_painting_four_takes_of_every_scene(benchmark: Any, size_px: int) -> None:
    states = [draw_state(scene, seed) for scene in SCENES for seed in range(4)]
    with Painter(size_px) as painter:
        painter.paint(states[::4])  # compiles the shaders
        benchmark(painter.paint, states)
        benchmark.extra_info["pictures_per_second"] = len(states) / benchmark.stats.stats.mean


@pytest.mark.parametrize("scene", SCENES)
def test_painting_one_scene_at_256_px(benchmark: Any, scene: str) -> None:
    states = [SceneState(scene, seed, seed / 31.0, 0.75 * seed, 1.0, 0.3 * seed) for seed in range(32)]
    with Painter(256) as painter:
        painter.paint(states[:1])
        # Wall time is the machine's; CPU time, over all of the painter's threads, is the scene's.
        start_s = time.process_time()
        benchmark.pedantic(painter.paint, (states,), rounds=3)
        spent_s = time.process_time() - start_s
        benchmark.extra_info["pictures_per_cpu_second"] = 3 * len(states) / spent_s


def test_painting_and_measuring_clips_at_256_px(benchmark: Any) -> None:
    moments = [moment for seed in range(len(SCENES)) for moment in draw_clip(seed).moments(1.0)]
    with Painter(256) as painter:
        painter.paint_layers(moments)
        painter.coverage(moments)
        benchmark(lambda: (painter.paint_layers(moments), painter.coverage(moments)))
        benchmark.extra_info["moments_per_second"] = len(moments) / benchmark.stats.stats.mean
