"""A step of f_A's training, as published and ours; skipped unless asked for with --benchmark-only.

Both sides in one run: compare the two lines. `python -m s2s bench` prints the ratio, turn by turn.
"""

from typing import Any

import pytest

from s2s.bench.training import audio_encoder_training


@pytest.mark.parametrize("side", ["published", "ours"])
def test_one_step_of_the_audio_encoder(benchmark: Any, side: str) -> None:
    case = audio_encoder_training("cpu")
    call = case.ours if side == "ours" else case.baseline
    benchmark.pedantic(call, rounds=3, warmup_rounds=1)
    benchmark.extra_info["samples_per_second"] = case.samples / benchmark.stats.stats.median
