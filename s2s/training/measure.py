"""Numbers about a trained model, each measured on takes that no stage was trained on. Pure but for the networks."""

import time
from collections.abc import Callable
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from s2s.models.generator import Generator
from s2s.training.judge import Judge
from s2s.world.state import SCENES

Z_SEED: Final = 11


def scene_centroids(features: Tensor, scenes: Tensor) -> Tensor:
    """Return the mean direction [scenes, d] of every scene's unit features; `scenes` [n] names each of 0..last."""
    sums = torch.stack([features[scenes == scene].mean(dim=0) for scene in range(int(scenes.max()) + 1)])
    return F.normalize(sums, dim=1)


def nearest_scene(embeddings: Tensor, centroids: Tensor) -> Tensor:
    """Return the scene [n] whose centroid lies nearest to each unit embedding."""
    return (embeddings @ centroids.T).argmax(dim=1)


def accuracy(found: Tensor, wanted: Tensor) -> float:
    """Return the share that agrees."""
    return (found == wanted).float().mean().item()


def confusion(found: Tensor, wanted: Tensor) -> dict[str, dict[str, int]]:
    """Return, for every wanted scene, how often each scene was found."""
    table: dict[str, dict[str, int]] = {}
    for f, w in zip(found.tolist(), wanted.tolist(), strict=True):
        row = table.setdefault(SCENES[w], {})
        row[SCENES[f]] = row.get(SCENES[f], 0) + 1
    return table


def recall_at_1(audio: Tensor, image: Tensor) -> float:
    """Return how often a sound's nearest picture among all held-out pictures is of the same take."""
    return accuracy((audio @ image.T).argmax(dim=1), torch.arange(len(audio)))


@torch.inference_mode()
def paint(generator: Generator, h: Tensor, seed: int = Z_SEED, batch: int = 32) -> Tensor:
    """Return one picture for each row of h, [n, 3, px, px] in -1..1, with noise drawn from `seed`."""
    z = torch.randn(len(h), generator.z_dim, generator=torch.Generator().manual_seed(seed))
    return torch.cat([generator(a, b) for a, b in zip(torch.split(z, batch), torch.split(h, batch), strict=True)])


@torch.inference_mode()
def judged(judge: Judge, pictures: Tensor) -> Tensor:
    """Return the scene [n] that the judge sees in each picture."""
    logits: Tensor = judge(pictures)
    return logits.argmax(dim=1)


@torch.inference_mode()
def noise_diversity(generator: Generator, judge: Judge, h: Tensor, real: Tensor, scenes: Tensor) -> float:
    """Return how far two draws of z for one h lie apart, against two real pictures of one scene.

    In the judge's features. 1: as different as two takes of the scene; 0: z does nothing.
    """
    one, two = (judge.features(paint(generator, h, seed)) for seed in (Z_SEED, Z_SEED + 1))
    features = judge.features(real)
    between = [
        torch.pdist(features[scenes == scene]).mean() for scene in range(len(SCENES)) if (scenes == scene).sum() > 1
    ]
    return float((one - two).norm(dim=1).mean() / torch.stack(between).mean())


def sharpness(pictures: Tensor) -> float:
    """Return the mean absolute second difference of brightness: fine detail, or noise."""
    grey = pictures.mean(dim=1, keepdim=True)
    kernel = torch.tensor([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]]).view(1, 1, 3, 3)
    return F.conv2d(grey, kernel).abs().mean().item()


def milliseconds(call: Callable[[], object], repeats: int = 20) -> float:
    """Return the median time of one call in milliseconds, after two to warm up."""
    times = []
    for _ in range(repeats + 2):
        began = time.monotonic()
        call()
        times.append(time.monotonic() - began)
    return sorted(times[2:])[repeats // 2] * 1e3
