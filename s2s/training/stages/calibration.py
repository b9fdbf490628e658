"""How sure the ears may be: where training's sounds lie, and what a distance from them and a logit are worth.

Certainty is a logistic regression on held-out sounds, known and unknown, in random rooms and at random levels: of the
likeliest name's logit and the distance to the nearest of what was heard in training. Nearness is read off the levels
of takes as they are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.clip_levels import clip_levels_db
from s2s.models.audio_encoder import AudioEncoder
from s2s.models.source_heads import SourceHeads
from s2s.training.engine.step_context import SampleRng
from s2s.training.inputs.scene_sounds import SceneSounds
from s2s.training.stages.heard import Heard
from s2s.training.stages.logistic import logistic_weights
from s2s.training.stages.nearness import fit_nearness
from s2s.training.stages.second_thing import fit_second

_LEARNT_FROM: Final = 2_560
_TIMES_HEARD: Final = 8
_FALSE_COSTS: Final = 2.0
_ROUNDS: Final = 5  # hearings of each held-out sound
_AT_ONCE: Final = 64
_SHRINKAGE: Final = 0.1  # of the covariance towards a multiple of the identity
_RIDGE: Final = 1e-3


class Hear(Protocol):
    """How sounds `rows` [b], some with `others` [b] in them, are heard in a random room."""

    def __call__(self, rows: NDArray[np.int64], others: NDArray[np.int64], sample_rng: SampleRng) -> Heard: ...


@dataclass(frozen=True, slots=True)
class Ears:
    """Trained networks, and the random rooms they were trained in, `batch` sounds at a time."""

    net: AudioEncoder
    heads: SourceHeads
    hear: Hear
    batch: int


@torch.no_grad()
def calibrate(ears: Ears, data: SceneSounds, seed: int = 0) -> None:
    """Give the ears' heads their centres, whitening and odds, and how loud what is far and what is near is.

    The networks are left as they are.
    """
    heads = ears.heads
    fit_nearness_of(heads, data)
    rng = np.random.default_rng(seed)
    known = data.train[data.labels[data.train] >= 0]
    summary, _, heard = _hearings(ears, [rng.choice(known, min(_LEARNT_FROM, _TIMES_HEARD * len(known)))], seed)
    alone = (heard.labels[:, 1] < 0) & (heard.labels[:, 0] >= 0)
    place(heads, summary[alone], heard.labels[alone, 0])
    if len(data.held_out) >= 2:
        summary, in_windows, heard = _hearings(ears, [rng.permutation(data.held_out) for _ in range(_ROUNDS)], seed + 1)
        reading = heads.read(summary, in_windows)
        set_second_from(heads, reading.logits, heard.labels)
        if heads.second is not None:
            fit_second(heads, reading, heard.labels)
        likeliest = reading.logits.argmax(dim=1, keepdim=True)
        fit_odds(heads, reading.logits.amax(dim=1), reading.distance, (heard.labels == likeliest).any(dim=1))


def fit_nearness_of(heads: SourceHeads, data: SceneSounds) -> None:
    """Give `heads` what nearness is by the levels of training's takes; by those of recordings where there are none."""
    known = data.train[data.labels[data.train] >= 0]
    takes = known[~data.recorded[known]]
    rows = takes if len(takes) else known
    few = np.array_split(rows, max(math.ceil(len(rows) / _AT_ONCE), 1))
    floor = math.log(data.spec.floor)
    levels_db = torch.cat([clip_levels_db(data.log_spectrograms_of(some) + floor, data.spec) for some in few])
    fit_nearness(heads, levels_db, torch.from_numpy(data.labels[rows]), torch.from_numpy(data.nearness[rows]))


def place(heads: SourceHeads, summary: Tensor, labels: Tensor) -> None:
    """Set the centres of `heads` to the means of summaries [n, hidden] by label [n], and the whitening so that one of
    them lies about 1 from its own.
    """
    summary = summary.double()
    centres = torch.stack([
        summary[labels == label].mean(dim=0) if bool((labels == label).any()) else summary.mean(dim=0)
        for label in range(len(heads.names))
    ])  # fmt: skip
    around = summary - centres[labels]
    covariance = around.T @ around / len(around)
    even = covariance.diagonal().mean()
    covariance = (1.0 - _SHRINKAGE) * covariance + _SHRINKAGE * even * torch.eye(
        len(covariance), dtype=covariance.dtype
    )
    values, vectors = torch.linalg.eigh(covariance)
    heads.centres.copy_(centres)
    heads.whitening.copy_((vectors / values.sqrt()).T)


def set_second_from(heads: SourceHeads, logits: Tensor, labels: Tensor) -> None:
    """Set the logit from which a second thing is named by heads that do not weigh it, and the likeliest is half there.

    It lies where most is gained on sounds of two things, named rightly, over what is lost on sounds of one. That counts
    twice (Youden's J, weighted): a thing that is not there is painted in full. `logits` [n, names], `labels` [n, 2],
    -1 where there is none.
    """
    best, places = logits.topk(2, dim=1)
    there = (labels >= 0).sum(dim=1)
    both = (places.sort(dim=1).values == labels.sort(dim=1).values).all(dim=1) & (there == 2)
    two, one = best[both, 1], best[there == 1, 1]
    if len(two) and len(one):
        limits = torch.cat([two, one]).sort().values
        hits = len(two) - torch.searchsorted(two.sort().values, limits)
        misses = len(one) - torch.searchsorted(one.sort().values, limits)
        gain = hits / len(two) - _FALSE_COSTS * misses / len(one)
        heads.second_from.copy_(limits[gain.argmax()])


def fit_odds(heads: SourceHeads, logits: Tensor, distance: Tensor, right: Tensor) -> None:
    """Set the odds of `heads` by logistic regression: of logits [n] and distances [n], whether right [n]."""
    rows = torch.stack([torch.ones_like(logits), logits, distance.log()], dim=1)
    ridge = torch.tensor([0.0, 1.0, 1.0]) * _RIDGE * len(rows)
    heads.odds.copy_(logistic_weights(rows, right, ridge))


def _hearings(ears: Ears, rounds: Sequence[NDArray[np.int64]], seed: int) -> tuple[Tensor, Tensor, Heard]:
    """Return the summaries [n, hidden] of sounds in random rooms, what parts of them say, and what is true of them."""
    rows = np.concatenate(list(rounds))
    generator, device = torch.Generator().manual_seed(seed), ears.net.fc.weight.device
    summaries, in_windows, heard = [], [], []
    for start in range(0, len(rows), ears.batch):
        few = rows[start : start + ears.batch]
        one = ears.hear(few, np.roll(few, -1), SampleRng.whole_batch(generator, len(few)))
        features = ears.net.features(one.inputs.to(device))
        summaries.append(ears.heads.summary(features).float().cpu())
        in_windows.append(ears.heads.in_windows(features).float().cpu())
        heard.append(one)
    parts = {
        name: torch.cat([getattr(one, name) for one in heard])
        for name in ("labels", "ladders", "nearness", "hours", "behind")
    }
    return torch.cat(summaries), torch.cat(in_windows), Heard(inputs=torch.empty(0), **parts)
