"""Lessons of a tiny layer: sounds of a few kinds, each kind with pictures of its own, and a world beside them."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from s2s.retrain import familiar, rehearsal
from s2s.retrain.layer import Lessons, with_ones
from s2s.world.state import SCENES

KINDS = 4
DIM, EMBEDDING_DIM = 12, 16


def old_layer(seed: int = 3) -> Tensor:
    """Return a layer's matrix of random weights."""
    return torch.randn(DIM + 1, EMBEDDING_DIM, generator=torch.Generator().manual_seed(seed)).double()


def made_up(recordings: int = 16, each: int = 2, noise: float = 0.15) -> tuple[Lessons, np.ndarray]:
    """Return lessons of `each` clips of every recording, whose kinds go round, and the kind of each clip."""
    rng = torch.Generator().manual_seed(0)
    of = np.repeat(np.arange(recordings), each)
    kinds = of % KINDS
    sounds = torch.eye(KINDS, DIM)[kinds] + noise * torch.randn(len(of), DIM, generator=rng)
    places = torch.eye(KINDS, EMBEDDING_DIM)[kinds][:, None]
    images = F.normalize((places + noise * torch.rand(len(of), 2, EMBEDDING_DIM, generator=rng)).double(), dim=2)
    # The world's sounds lie where the venue's do not.
    world = F.pad(torch.rand(40, DIM - KINDS, generator=rng), (KINDS, 0))
    return Lessons(with_ones(sounds.relu()), images, of, with_ones(world)), kinds.astype(np.int64)


def small_world(patch: pytest.MonkeyPatch) -> None:
    """Let a rehearsal be of four scenes that are noises, and few be unknown: the world's own take seconds to make."""
    patch.setattr(familiar, "UNKNOWN", 12)
    patch.setattr(rehearsal, "SCENES", SCENES[:4])
    patch.setattr(rehearsal, "take", noise)


def noise(number: int, duration_s: float) -> NDArray[np.float32]:
    """Return the noise of a scene."""
    coloured = np.random.default_rng(number % 4).standard_normal(round(16_000 * duration_s))
    return np.asarray(0.02 * (1 + number % 4) * coloured, np.float32)
