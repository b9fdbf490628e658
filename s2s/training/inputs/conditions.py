"""What the generator is asked for in training: features of single pictures, and of ever wider neighbourhoods.

A sound says which scene and how near, seldom which hour or where the tree stands, so its embedding lies between the
features of many pictures, where no picture's own feature lies. A generator that saw single features alone paints
mud there. So half of the conditions are means over random neighbours, and what the mean leaves open is left to z.
"""

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

BLOCK: Final = 1024
NUM_NEIGHBOURS: Final = 256  # of 30 000 pictures of 28 scenes: a quarter of a scene
ALONE: Final = 0.5  # share of conditions that are one picture's own feature


class Conditions:
    """Draws pairs (picture index, h) such that the picture is one of those that h stands for."""

    def __init__(self, features: Tensor, neighbours: Tensor) -> None:
        assert features.ndim == 2, f"features must be [n, d], got {tuple(features.shape)}"
        assert len(neighbours) == len(features), f"{len(neighbours)} rows of neighbours for {len(features)} features"
        self.features = features
        self.neighbours = neighbours

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return indices [count] and unit conditions h [count, d]."""
        index = torch.randint(len(self.features), (count,), generator=generator)
        wide = self.features[index].clone()
        for row in torch.nonzero(torch.rand(count, generator=generator) >= ALONE).flatten().tolist():
            wide[row] = self.around(int(index[row]), generator)
        return index, F.normalize(wide, dim=1)

    def around(self, index: int, generator: torch.Generator) -> Tensor:
        """Return the mean feature [d] of the picture and 1 … 31 others of a neighbourhood of random width."""
        most = self.neighbours.shape[1]
        reach = int(most ** float(torch.rand((), generator=generator)))
        others = int(torch.randint(1, 32, (), generator=generator))
        chosen = torch.randint(reach, (others,), generator=generator)
        members = torch.cat([torch.tensor([index]), self.neighbours[index, chosen].long()])
        return self.features[members].mean(dim=0)


def nearest(features: Tensor, count: int) -> Tensor:
    """Return the indices [n, count] of every unit feature's nearest, itself first, in blocks that fit in memory."""
    parts = [(block @ features.T).topk(count, dim=1).indices for block in torch.split(features, BLOCK)]
    return torch.cat(parts).int()
