"""How much faster than real time the world sounds; skipped unless asked for with --benchmark-only."""

from typing import Any

import pytest

from s2s.world.sounds import synthesize
from s2s.world.state import SCENES, draw_state


@pytest.mark.parametrize("scene", SCENES)
def test_ten_seconds_of_one_scene(benchmark: Any, scene: str) -> None:
    takes = (draw_state(scene, seed) for seed in range(1_000_000))
    benchmark.pedantic(lambda: synthesize(next(takes)), rounds=12, warmup_rounds=1)
    benchmark.extra_info["times_real_time"] = 10.0 / benchmark.stats.stats.mean
    benchmark.extra_info["times_real_time_worst"] = 10.0 / benchmark.stats.stats.max
