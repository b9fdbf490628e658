"""What the localizer is trained to make small: two losses over C_av of every frame of a batch with every sound. Pure.

A matrix [n, n] holds the batch clip by clip, each with `moments` rows and columns; pairs lie on its diagonal. Other
moments of the same clip count `same_clip` times as negatives, for they look and sound alike; 0 leaves them out.
"""

import math
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

LOGISTIC_TEMPERATURE: Final = 0.1


def moment_info_nce(matrix: Tensor, moments: int, temperature: Tensor | float, same_clip: float) -> Tensor:
    """Return symmetric InfoNCE over C_av of every frame with every sound [n, n], clip by clip `moments` rows.

    Without structure in the matrix the loss is `guessing_info_nce`, about ln n.
    """
    logits = matrix.float() / temperature + _weights(matrix, moments, same_clip).log()
    pairs = torch.arange(len(matrix), device=matrix.device)
    return (F.cross_entropy(logits, pairs) + F.cross_entropy(logits.T, pairs)) / 2


def guessing_info_nce(clips: int, moments: int, same_clip: float) -> float:
    """Return `moment_info_nce` where all of a batch is alike: ln n for `same_clip` 1, else about that."""
    return math.log(1 + same_clip * (moments - 1) + (clips - 1) * moments)


def moment_logistic(matrix: Tensor, moments: int, even_odds: Tensor | float, same_clip: float) -> Tensor:
    """Return the logistic loss of telling pairs from non-pairs, pair by pair (Zhai et al. 2023), summed a frame.

    `matrix`, `moments` and `same_clip` as in `moment_info_nce`; `even_odds` is the C_av at which a pair is as likely as
    not. At its best C_av rises by `LOGISTIC_TEMPERATURE` for each nat by which a pair is likelier than by chance:
    a picture and a sound that go with many others score low, however well they go together.
    """
    logits = (matrix.float() - even_odds) / LOGISTIC_TEMPERATURE
    is_pair = torch.eye(len(matrix), dtype=torch.bool, device=matrix.device)
    each = F.softplus(torch.where(is_pair, -logits, logits))
    return (each * _weights(matrix, moments, same_clip)).sum(dim=1).mean()


def found_moments(matrix: Tensor, moments: int) -> dict[str, float]:
    """Return how often a frame's own sound is the nearest of the other clips', and of its own clip's moments."""
    same = _same_clip(matrix, moments)
    own = matrix.diagonal()
    others = matrix.masked_fill(same, -2.0).amax(dim=1)
    within = matrix.masked_fill(~same, -2.0).amax(dim=1)
    return {
        "clip_found": (own > others).float().mean().item(),
        "moment_found": (own >= within).float().mean().item(),
        "matching": own.mean().item(),
    }


def _weights(matrix: Tensor, moments: int, same_clip: float) -> Tensor:
    """Return how much each entry counts [n, n]: one, but `same_clip` for other moments of the same clip."""
    own = _same_clip(matrix, moments) & ~torch.eye(len(matrix), dtype=torch.bool, device=matrix.device)
    return torch.where(own, same_clip, 1.0)


def _same_clip(matrix: Tensor, moments: int) -> Tensor:
    count = len(matrix)
    assert matrix.shape == (count, count) and count % moments == 0, f"{tuple(matrix.shape)}, {moments} moments a clip"
    clip = torch.arange(count, device=matrix.device) // moments
    return clip[:, None] == clip[None, :]
