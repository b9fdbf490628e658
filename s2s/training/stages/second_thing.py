"""When a second thing is named beside the likeliest: learnt from sounds of one and of two, after the ears are trained.

One limit for all names' logits takes a train's rattle for rain and passes over a bell in a choir. A logistic regression
over the few likeliest names weighs a name's own logit against the others' and against what else sounds like the
likeliest thing: one number for each pair of names, held to 0 where there is little to learn it from.
"""

import math
from typing import Final

import torch
from torch import Tensor

from s2s.models.source_heads import SECOND_BY, SourceHeads, SourceReading
from s2s.training.stages.logistic import logistic_weights

_CANDIDATES: Final = 5  # of each sound, the likeliest after the first: the others are right once in a hundred sounds
_RIDGE: Final = 2.0
"""Of a pair's number. With 0.1 both of the world's mixes are named in 0.40 instead of 0.30, but what the world's sounds
tell of each other is not true of real ones: a second thing is heard in 20 of 118 recordings instead of 11.
"""
_RIDGE_OF_ODDS: Final = 1e-3
_FALSE_COSTS: Final = 2.0  # a thing that is not there is painted in full, one that is passed over is missed by few


@torch.no_grad()
def fit_second(heads: SourceHeads, reading: SourceReading, labels: Tensor) -> None:
    """Give `heads` what they weigh a second thing by: `reading` of n sounds, of things `labels` [n, 2], -1 for none.

    It is there from where the odds that it is outweigh what a false one costs.
    """
    logits, count = reading.logits, len(heads.names)
    likeliest = logits.argmax(dim=1, keepdim=True)
    others = logits.scatter(1, likeliest, -torch.inf)
    numbers = others.topk(min(_CANDIDATES, count - 1), dim=1).indices  # [n, k]
    is_there = (labels[:, None] == numbers[:, :, None]).any(dim=2) & (labels == likeliest).any(dim=1, keepdim=True)
    rows = heads.second_rows(reading).gather(1, numbers[:, :, None].expand(-1, -1, len(SECOND_BY))).flatten(0, 1)
    pairs, place = (likeliest * count + numbers).flatten().unique(return_inverse=True)
    of_pair = torch.zeros(len(rows), len(pairs)).scatter_(1, place[:, None], 1.0)
    ridge = torch.cat([torch.full((len(SECOND_BY),), _RIDGE_OF_ODDS), torch.full((len(pairs),), _RIDGE)])
    ridge[0] = 0.0
    weights = logistic_weights(torch.cat([rows, of_pair], dim=1), is_there.flatten(), ridge)
    heads.second_odds.copy_(weights[: len(SECOND_BY)])
    heads.second_odds[0] -= math.log(_FALSE_COSTS)
    after = torch.zeros(count * count, dtype=weights.dtype)
    after[pairs] = weights[len(SECOND_BY) :]
    heads.second_after.copy_(after.view(count, count))
