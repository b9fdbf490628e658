"""When a second thing is named beside the likeliest: learnt from sounds of one and of two, after the ears are trained.

A softmax over every other name and none, linear in what all detectors say of the whole sound and of parts of it: what
a train always has in it is told from rain that falls on one, and what only the bark's own moment says is heard.
"""

import math
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from s2s.models.source_heads import SourceHeads, SourceReading

SECOND_WINDOWS: Final = (4, 8, 16)
"""Columns of f_A's map: 1.3, 2.6 and 5.1 seconds."""
_RIDGE: Final = 30.0  # of every weight but those that a name's own logits share, columns having deviation 1
_TWO_IN: Final = 5.0  # sounds of a room, one is of two things; of those that are learnt from, most are
_FALSE_COSTS: Final = 2.0  # a thing that is not there is painted in full, one that is passed over is missed by few
_STEPS: Final = 150
_LEAST_DEVIATION: Final = 1e-3
_NEVER: Final = -30.0  # a logit


@torch.no_grad()
def fit_second(heads: SourceHeads, reading: SourceReading, labels: Tensor) -> None:
    """Give `heads` what they weigh a second thing by: `reading` of n sounds, of things `labels` [n, 2], -1 for none.

    It is there from where the odds that it is outweigh what a false one costs, where one sound in `_TWO_IN` is of two
    things. Sounds of two whose likeliest is neither teach nothing; without any of two, none is ever named.
    """
    second, names = heads.second, len(heads.names)
    assert second is not None and reading.in_windows is not None, "expected heads and a reading with windows"
    likeliest = reading.logits.argmax(dim=1)
    rows = second.rows(reading.logits, reading.in_windows, reading.distance, reading.beside).double()
    truth, teaches = _asked_for(labels, likeliest, names)
    rows, likeliest, truth = rows[teaches], likeliest[teaches], truth[teaches]
    two = int((truth < names).sum())
    if not 0 < two < len(truth):
        second.weights.zero_()
        second.after.fill_(_NEVER)
        return
    deviation, mean = rows.std(dim=0) + _LEAST_DEVIATION, rows.mean(dim=0)
    own = torch.stack([rows[:, place : place + names] for place in second.own_places])
    asked = torch.cat([(rows - mean) / deviation, F.one_hot(likeliest, names), torch.ones(len(rows), 1)], dim=1)
    weights, shares = _softmax_weights(asked, own, likeliest, truth)
    against_none = (weights[:, :names] - weights[:, names:]).T  # [n, rows + n + 1]
    of_rows = against_none[:, : second.num_rows] / deviation
    constant = (
        against_none[:, -1] - of_rows @ mean - math.log(two / (len(truth) - two) * (_TWO_IN - 1.0) * _FALSE_COSTS)
    )
    numbers = torch.arange(names)
    for place, share in zip(second.own_places, shares, strict=True):
        of_rows[numbers, place + numbers] += share
    second.weights.copy_(of_rows)
    second.after.copy_(against_none[:, second.num_rows : -1].T + constant)


def _asked_for(labels: Tensor, likeliest: Tensor, names: int) -> tuple[Tensor, Tensor]:
    """Return what is there beside the likeliest, [n] with `names` for nothing, and which sounds tell, bool [n]."""
    is_two = (labels >= 0).all(dim=1)
    is_one_of_them = (labels == likeliest[:, None]).any(dim=1)
    other = torch.where(labels[:, 0] == likeliest, labels[:, 1], labels[:, 0])
    return torch.where(is_two & is_one_of_them, other, names), ~is_two | is_one_of_them


def _softmax_weights(asked: Tensor, own: Tensor, likeliest: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Return weights [k, n + 1] of `asked` [b, k] and the shares [p] of a name's `own` logits [p, b, n], float64.

    They maximise the log likelihood of `truth` [b] among every name but `likeliest` [b] and none, less the ridge.
    """
    names = own.shape[2]
    weights = torch.zeros(asked.shape[1], names + 1, dtype=torch.float64, requires_grad=True)
    shares = torch.full((len(own),), 1.0 / len(own), dtype=torch.float64, requires_grad=True)
    ridge = torch.full((asked.shape[1], 1), _RIDGE, dtype=torch.float64)
    ridge[-1] = 0.0
    optimiser = torch.optim.LBFGS([weights, shares], max_iter=_STEPS, history_size=20, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        logits = asked @ weights
        logits = logits + F.pad(torch.einsum("p,pbn->bn", shares, own), (0, 1))
        logits = logits.scatter(1, likeliest[:, None], _NEVER)
        value = F.cross_entropy(logits, truth, reduction="sum") + 0.5 * (ridge * weights.square()).sum()
        value.backward()
        return value

    with torch.enable_grad():
        optimiser.step(loss)
    return weights.detach(), shares.detach()
