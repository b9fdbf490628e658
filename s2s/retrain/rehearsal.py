"""What an old model knew, kept by hearing it again: sounds that the world makes on the spot, always the same ones.

The model's own answers to them are what it is held to, so that it need not be known what it was trained on; some are
never rehearsed, to measure with what has become of the others.
"""

from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle
from s2s.metrics.scores import accuracy, class_centroids, nearest_class
from s2s.models.source_heads import between
from s2s.rates import SAMPLE_RATE_HZ
from s2s.retrain.heard import Heard, Tell, hear_all
from s2s.retrain.layer import answers, with_ones
from s2s.spectrogram import fit_clip, spectrogram
from s2s.world.sounds import synthesize
from s2s.world.state import SCENES, draw_state

_FIRST_SEED: Final = 7_100_000  # of no data that a model of ours was trained with
_MOST_OF_A_SCENE: Final = 12
FEWEST_OF_A_SCENE: Final = 3
_REHEARSED: Final = 2 / 3


@dataclass(frozen=True, slots=True, eq=False)
class Painting:
    """The layers that decide what is painted of a thing that sounds by itself: f_A's last one `embed` [d + 1, e], the
    heads' `see` [hidden + 1, e], and how much of the `whole` is in it, 0..1.
    """

    embed: Tensor
    see: Tensor
    whole: float

    def of(self, heard: Heard) -> Tensor:
        """Return where sounds are painted from, unit [n, e]."""
        seen = answers(with_ones(torch.from_numpy(heard.asked)), self.see)
        return between(seen, answers(with_ones(torch.from_numpy(heard.pooled)), self.embed), self.whole)


@dataclass(frozen=True, slots=True, eq=False)
class Rehearsal:
    """The world as a model hears it: takes that it goes over again, and others to measure with; `labels` and
    `labels_left` [n] number their scenes.
    """

    takes: Heard
    labels: NDArray[np.int64]
    left: Heard
    labels_left: NDArray[np.int64]

    @property
    def rehearsed(self) -> Tensor:
        """Inputs [n, d + 1] of f_A's last layer."""
        return with_ones(torch.from_numpy(self.takes.pooled))

    def scenes_kept(self, matrix: Tensor, old: Tensor) -> float:
        """Return how often a take that was not rehearsed lands nearest to its scene's place, which is where `old` has
        that scene on average, by the layer `matrix` [d + 1, e].
        """
        return self.kept(answers(self.rehearsed, old), answers(with_ones(torch.from_numpy(self.left.pooled)), matrix))

    def scenes_painted(self, before: Painting, now: Painting) -> float:
        """Return how often a take that was not rehearsed is painted `now` as its scene was `before`, by the same
        measure.
        """
        return self.kept(before.of(self.takes), now.of(self.left))

    def kept(self, before: Tensor, now: Tensor) -> float:
        """Return how often `now`, unit answers [m, e] to takes left, lies nearest to the mean of `before`, the old
        ones [n, e] to those rehearsed, of its scene.
        """
        centroids = class_centroids(before, torch.from_numpy(self.labels), len(SCENES))
        return accuracy(nearest_class(now, centroids), torch.from_numpy(self.labels_left))


def rehearse(model: Bundle, folder: Path, per_scene: int, workers: int, tell: Tell) -> Rehearsal:
    """Make the world's sounds, so many of each scene, and hear them into `folder`."""
    count = per_scene * len(SCENES)
    duration_s = model.spec.clip_samples / SAMPLE_RATE_HZ
    drawn = partial(take, duration_s=duration_s)
    with ProcessPoolExecutor(max_workers=workers) if workers > 1 else nullcontext() as pool:

        def inputs(rows: range) -> Tensor:
            sounds = map(drawn, rows) if pool is None else pool.map(drawn, rows, chunksize=4)
            clips = torch.stack([fit_clip(sound, model.spec) for sound in sounds])
            return spectrogram(clips, model.spec)

        heard = hear_all(model, count, inputs, folder, tell)
    first = round(per_scene * _REHEARSED) * len(SCENES)
    labels, rows = np.arange(count) % len(SCENES), np.arange(count)
    return Rehearsal(heard.of(rows[:first]), labels[:first], heard.of(rows[first:]), labels[first:])


def takes_of_a_scene(minutes: float) -> int:
    """Return how many sounds of each scene fit into a retraining of `minutes`: they cost a fifth of a second each."""
    return int(np.clip(round(minutes), FEWEST_OF_A_SCENE, _MOST_OF_A_SCENE))


def take(number: int, duration_s: float) -> NDArray[np.float32]:
    """Return sound `number` of the rehearsal, mono at 16 kHz within ±1."""
    state = draw_state(SCENES[number % len(SCENES)], _FIRST_SEED + number)
    sound = synthesize(state, duration_s=duration_s, sample_rate_hz=SAMPLE_RATE_HZ)
    return np.asarray(np.clip(sound, -1.0, 1.0), np.float32)
