"""One picture of the published generator, naive and ours; skipped unless asked for with --benchmark-only.

Both sides in one run: compare the two lines of a size. `python -m s2s bench` prints the ratio, turn by turn.
"""

from typing import Any

import pytest
import torch

from s2s import bundle
from s2s.bench import cases as bench_cases
from s2s.card import DEFAULT_BUNDLE


@pytest.mark.parametrize("side", ["naive", "ours"])
@pytest.mark.parametrize(("resolution", "channels"), [(64, 64), (128, 96)])
def test_one_picture_of_the_published_generator(benchmark: Any, resolution: int, channels: int, side: str) -> None:
    case = bench_cases.published_generator(resolution, channels, "cpu")
    call = case.ours if side == "ours" else case.baseline
    with torch.inference_mode():
        benchmark.pedantic(call, rounds=10, warmup_rounds=2)


def test_one_picture_of_the_default_generator(benchmark: Any) -> None:
    case = bench_cases.bundled_generator(bundle.load(DEFAULT_BUNDLE, image_encoder=False))
    with torch.inference_mode():
        benchmark.pedantic(case.ours, rounds=100, warmup_rounds=5)
