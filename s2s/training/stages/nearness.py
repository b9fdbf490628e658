"""How near a named thing is by how loud it is: least squares over takes whose nearness is known. No network is asked.

The world lets a thing's level fall with its distance, thirty decibels from its nearest to its farthest; how loud it is
at arm's length is each thing's own. What f_A's map has left of the level orders takes of a scene less well.
"""

import math
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from s2s.models.source_heads import SourceHeads

FARTHEST: Final = 0.16
NEAREST: Final = 0.95
"""How near the world's farthest and nearest are painted. A room is louder and quieter than those thirty decibels: what
lies beyond them would all be as far as can be, and turning the sound up change nothing; and what is farthest nobody
can name, while what is near can be as near as it likes."""
_RIDGE: Final = 1.0  # in sounds, of a name's own constant: one without any sound has the mean of all


@torch.no_grad()
def fit_nearness(heads: SourceHeads, levels_db: Tensor, labels: Tensor, nearness: Tensor) -> None:
    """Give `heads` what nearness is by the levels [n, 2] in dBFS, as `clip_levels_db` has them, of sounds of one thing.

    `labels` [n] are numbers of names; `nearness` [n] is 0 for the world's farthest, 1 for its nearest, or beyond.
    Raises ValueError without any sound, or for heads that do not read levels.
    """
    if not heads.by_level:
        raise ValueError("expected heads that read nearness by level")
    if not len(labels):
        raise ValueError("nearness is learnt from sounds whose nearness is known, and there are none")
    farthest, nearest = (math.log(near / (1.0 - near)) for near in (FARTHEST, NEAREST))
    levels, wanted = levels_db.double(), farthest + (nearest - farthest) * nearness.double()
    mean_level, mean_wanted = levels.mean(dim=0), wanted.mean()
    names = F.one_hot(labels, len(heads.names)).double()
    rows = torch.cat([levels - mean_level, names], dim=1)
    ridge = _RIDGE * torch.eye(rows.shape[1], dtype=rows.dtype)
    found = torch.linalg.solve(rows.T @ rows + ridge, rows.T @ (wanted - mean_wanted))
    of_level, of_name = found[: levels.shape[1]], found[levels.shape[1] :]
    heads.of_level.copy_(of_level)
    heads.near_at_full_scale.copy_(of_name + mean_wanted - mean_level @ of_level)
