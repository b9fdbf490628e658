"""Sounds made up for the tests of ears: bands of noise, one a scene, with features that nobody saw."""

import numpy as np
import torch
import torch.nn.functional as F

from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.inputs.scene_sounds import RUNGS, SceneSounds

SPEC = SpectrogramSpec(clip_samples=16_000, floor=1e-12, normalisation="fixed", mean=-20.0, deviation=4.0)
DIM, SCENES_HEARD = 16, 4


def made_up_sounds(count: int = 48, *, held_out: int = 16) -> SceneSounds:
    """Return `count` sounds of four scenes, every fifth of none, every third recorded; the last are held out. What is
    nearer is louder, by thirty decibels in all.
    """
    rng = np.random.default_rng(0)
    rows = np.arange(count)
    labels = np.where(rows % 5 == 4, -1, rows % SCENES_HEARD)
    power = rng.exponential(1.0, (count, SPEC.num_bins, SPEC.num_frames))
    band = SPEC.num_bins // SCENES_HEARD
    for row, label in enumerate(labels):
        power[row, label * band : (label + 1) * band] *= 1e4 if label >= 0 else 1.0
    nearness = rng.uniform(0, 1, count).astype(np.float32)
    power *= 10.0 ** (3.0 * (nearness - 1.0))[:, None, None]
    seen = F.normalize(torch.rand(SCENES_HEARD, RUNGS, DIM, generator=torch.Generator().manual_seed(0)), dim=-1).numpy()
    ladders = np.where(labels[:, None, None] >= 0, seen[labels], 0.0).astype(np.float32)
    return SceneSounds(
        train=rows[: count - held_out],
        held_out=rows[count - held_out :],
        labels=labels,
        nearness=nearness,
        hours=np.where(rows % 3 == 0, np.nan, rng.uniform(0, 24, count)).astype(np.float32),
        recorded=rows % 3 == 0,
        weights=np.ones(count),
        spec=SPEC,
        log_spectrograms=np.log1p(1e5 * power).astype(np.float16),
        ladders=ladders,
    )
