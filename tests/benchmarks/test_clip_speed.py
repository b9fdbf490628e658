"""How fast whole clips of the world are made; skipped unless asked for with --benchmark-only.

Wanted on one core: 50 frames a second at 256 pixels, sound at 20 times its own pace.
"""

import itertools
from typing import Any

import pytest

from s2s.rates import FRAME_RATE_HZ
from s2s.world.painter import Painter
from s2s.world.scene_clip import draw_clip
from s2s.world.sounds import synthesize_clip
from s2s.world.studio import Studio

SEEDS = range(0, 56, 7)


@pytest.mark.gl
def test_painting_the_frames_of_clips_at_256_pixels(benchmark: Any) -> None:
    clips = [draw_clip(seed) for seed in SEEDS]
    with Painter(256) as painter:
        painter.paint_layers([clip.moments(FRAME_RATE_HZ)[50] for clip in clips])  # compiles the shaders
        turns = itertools.cycle(clips)
        frames = benchmark(lambda: painter.paint_layers(next(turns).moments(FRAME_RATE_HZ)))
    benchmark.extra_info["frames_per_second"] = len(frames) / benchmark.stats.stats.mean


def test_sounding_clips(benchmark: Any) -> None:
    turns = itertools.cycle([draw_clip(seed) for seed in SEEDS])
    benchmark(lambda: synthesize_clip(next(turns)))
    benchmark.extra_info["times_its_own_pace"] = 10.0 / benchmark.stats.stats.mean


@pytest.mark.gl
def test_whole_clips_with_their_truth_at_128_pixels(benchmark: Any) -> None:
    turns = itertools.cycle([draw_clip(seed) for seed in SEEDS])
    with Studio(128) as studio:
        benchmark(lambda: studio.render(next(turns)))
    benchmark.extra_info["clips_per_minute"] = 60.0 / benchmark.stats.stats.mean
