"""What the place sounds like: its sounds are kept beside the heads, which are sure of whatever is like one of them.

By their names they are not sure of a coffee machine, and a show drifts where its model is not sure. Nearness to what
was heard that evening tells the evening's other recordings from sounds of no scene far better. How near is near enough
is learnt from both: each recording measured from the others, and sounds that the world makes up.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle
from s2s.models.source_heads import SourceHeads
from s2s.rates import SAMPLE_RATE_HZ
from s2s.retrain.heard import Heard, hear_all
from s2s.retrain.memory import evenly_spread
from s2s.spectrogram import fit_clip, spectrogram
from s2s.training.stages.logistic import logistic_weights
from s2s.world.sounds import synthesize_unknown

UNKNOWN: Final = 60
_FIRST_UNKNOWN: Final = 7_200_000  # of no data that a model of ours was trained with
_RIDGE: Final = (0.0, 0.1)
"""On the constant and on the distance: where both lie apart, nothing else would keep it from being a step."""
_BELOW: Final = 1e-3  # a place that is told by nothing is nowhere sure
MOST_UNKNOWN: Final = 0.15
"""Of sounds of no scene no more may be taken for the place's: where its own are no more alike than those, by nearness
nothing is known.
"""
SURE: Final = 0.35
"""From here on a show paints, unless a hand says otherwise (`/scene/certainty`)."""


@dataclass(frozen=True, slots=True, eq=False)
class FamiliarPlace:
    """Kept `sounds` [k, hidden] of a place, what the heads make of them; the logit of being one of its sounds is
    `odds` [2] times one and the logarithm of the distance from the nearest.

    `sure` are the shares of the evening's recordings, each measured from the others, that are sure enough to be
    painted, before and now, and `sure_of_unknown` the same of sounds of no scene.
    """

    sounds: Tensor
    odds: Tensor
    sure: tuple[float, float]
    sure_of_unknown: tuple[float, float]


class Certain(NamedTuple):
    """What heads make of n `sounds`, [n, hidden], and the `logits` [n] of how sure they are of each."""

    sounds: Tensor
    logits: Tensor

    @classmethod
    def of(cls, heard: Heard) -> Self:
        """Return those of what was heard by a model with heads."""
        return cls(torch.from_numpy(heard.summary), torch.from_numpy(heard.certainty))


def hear_unknown(model: Bundle, folder: Path) -> Certain:
    """Return what the heads of `model` make of sounds of no scene, made on the spot, kept in `folder`."""
    duration_s = model.spec.clip_samples / SAMPLE_RATE_HZ

    def inputs(rows: range) -> Tensor:
        sounds = (synthesize_unknown(_FIRST_UNKNOWN + row, duration_s=duration_s) for row in rows)
        return spectrogram(torch.stack([fit_clip(sound, model.spec) for sound in sounds]), model.spec)

    return Certain.of(hear_all(model, UNKNOWN, inputs, folder, lambda *_: None))


@torch.no_grad()
def know_place(heads: SourceHeads, own: Certain, recordings: NDArray[np.int64], others: Certain) -> FamiliarPlace:
    """Learn what is like the sounds of `own` that were cut from `recordings` [n], of two or more, and not like those of
    `others`; of more than 512 sounds evenly spread ones are kept.
    """
    sounds, unknown = own.sounds, others.sounds
    kept = evenly_spread(len(sounds))
    apart = heads.distance_from(sounds, sounds[kept])
    apart[torch.from_numpy(recordings[:, None] == recordings[None, kept])] = torch.inf
    near, far = apart.amin(dim=1), heads.distance_from(unknown, sounds[kept]).amin(dim=1)
    own_rows, other_rows = (torch.stack([torch.ones_like(one), one.log()], dim=1).double() for one in (near, far))
    truth = torch.cat([torch.ones(len(near)), torch.zeros(len(far))])
    weights = logistic_weights(torch.cat([own_rows, other_rows]), truth, torch.tensor(_RIDGE))
    # An evening of many clips is not the likelier for that.
    weights[0] -= np.log(len(near) / len(far))
    weights[1].clamp_(max=0.0)
    taken = float(torch.quantile(other_rows @ weights, 1.0 - MOST_UNKNOWN)) - float(np.log(SURE / (1.0 - SURE)))
    weights[0] -= max(taken, 0.0) + _BELOW
    shares = []
    for heard, rows in ((own, own_rows), (others, other_rows)):
        before = torch.sigmoid(heard.logits) >= SURE
        now = before | (torch.sigmoid(rows @ weights) >= SURE)
        shares.append((float(before.double().mean()), float(now.double().mean())))
    return FamiliarPlace(sounds[kept], weights.float(), *shares)
