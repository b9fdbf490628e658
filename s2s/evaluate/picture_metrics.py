"""What a generator paints, and what a judge says of pictures: numbers of many pictures at once."""

import time
from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.models.generator import Generator
from s2s.sampling.generate import as_pixels
from s2s.training.stages.judge import Judge

Z_SEED: Final = 11
_AT_ONCE: Final = 32


@torch.inference_mode()
def paint(generator: Generator, h: Tensor, seed: int = Z_SEED) -> NDArray[np.uint8]:
    """Return one picture for each row of h, [n, px, px, 3], with noise drawn from `seed`."""
    z = torch.randn(len(h), generator.z_dim, generator=torch.Generator().manual_seed(seed))
    parts = [generator(a, b) for a, b in zip(torch.split(z, _AT_ONCE), torch.split(h, _AT_ONCE), strict=True)]
    return as_pixels(torch.cat(parts))


@torch.inference_mode()
def judged(judge: Judge, pictures: NDArray[np.uint8]) -> Tensor:
    """Return the judge's logits [n, classes] of pictures [n, px, px, 3]."""
    return torch.cat([judge(few) for few in _batches(pictures)])


@torch.inference_mode()
def judge_features(judge: Judge, pictures: NDArray[np.uint8]) -> Tensor:
    """Return the judge's features [n, d] of pictures [n, px, px, 3]."""
    return torch.cat([judge.features(few) for few in _batches(pictures)])


def _batches(pictures: NDArray[np.uint8]) -> list[Tensor]:
    starts = range(0, len(pictures), _AT_ONCE)
    few = (torch.from_numpy(np.ascontiguousarray(pictures[start : start + _AT_ONCE])) for start in starts)
    return [one.permute(0, 3, 1, 2).float() / 127.5 - 1.0 for one in few]


def noise_diversity(generator: Generator, judge: Judge, h: Tensor, real: NDArray[np.uint8], labels: Tensor) -> float:
    """Return how far two draws of z for one h lie apart, against two real pictures of one class.

    In the judge's features. 1: as different as two takes of a scene; 0: z does nothing.
    """
    one, two = (judge_features(judge, paint(generator, h, seed)) for seed in (Z_SEED, Z_SEED + 1))
    features = judge_features(judge, real)
    members = [features[labels == label] for label in sorted(set(labels.tolist()))]
    between = [torch.pdist(few).mean() for few in members if len(few) > 1]
    return float((one - two).norm(dim=1).mean() / torch.stack(between).mean())


def sharpness(pictures: NDArray[np.uint8]) -> float:
    """Return the mean absolute second difference of brightness, of 255: fine detail, or noise."""
    grey = pictures.astype(np.float32).mean(axis=3)
    inner = grey[:, 1:-1, 1:-1]
    around = grey[:, :-2, 1:-1] + grey[:, 2:, 1:-1] + grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:]
    return float(np.abs(around - 4 * inner).mean())


def milliseconds(call: Callable[[], object], repeats: int = 20) -> float:
    """Return the median time of one call in milliseconds, after two to warm up."""
    times = []
    for _ in range(repeats + 2):
        began = time.monotonic()
        call()
        times.append(time.monotonic() - began)
    return sorted(times[2:])[repeats // 2] * 1e3
