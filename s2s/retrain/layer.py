"""A last linear layer and its ReLU, which are all that an evening changes, and what it is taught with. Pure.

The layers before it stay, so that whatever else reads them - which things sound, how surely, how near - stays exactly
as right as it was.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from s2s.training.losses.objectives import unit_distance

REHEARSAL: Final = 0.3
"""What it costs to answer the world otherwise, against what it costs to answer the evening wrongly: at 0.1 real rain
leaves its scene in one case of twenty more, at 1 the evening is learnt a tenth less well.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """What a layer is taught with: `inputs` [n, d + 1] of the evening's sounds, ones last, and unit features
    `images` [n, k, e] of pictures of each; `recordings` int64 [n] says what each was cut from. `rehearsed` [m, d + 1]
    are inputs of the world's sounds, whose answers are to stay.
    """

    inputs: Tensor
    images: Tensor
    recordings: NDArray[np.int64]
    rehearsed: Tensor

    def __post_init__(self) -> None:
        assert self.inputs.ndim == 2 and self.images.ndim == 3, f"{self.inputs.shape}, {self.images.shape}"
        assert len(self.inputs) == len(self.images) == len(self.recordings), f"{self.images.shape}"
        assert self.rehearsed.shape[1] == self.inputs.shape[1], f"{self.rehearsed.shape}"

    def of(self, rows: NDArray[np.int64]) -> Self:
        """Return the lessons of `rows` of the evening alone, with the whole rehearsal."""
        return type(self)(self.inputs[rows], self.images[rows], self.recordings[rows], self.rehearsed)

    @property
    def second_moment(self) -> Tensor:
        """Return the mean of the outer products of rehearsed inputs, [d + 1, d + 1]."""
        return self.rehearsed.T @ self.rehearsed / len(self.rehearsed)


def matrix_of(layer: nn.Linear) -> Tensor:
    """Return weights and bias as one matrix [d + 1, e], float64: the layer is a product with an input and a one."""
    return torch.cat([layer.weight.T, layer.bias[None]]).double().cpu()


def with_ones(inputs: Tensor) -> Tensor:
    """Return inputs [n, d] as [n, d + 1], float64."""
    return F.pad(inputs.double(), (0, 1), value=1.0)


def answers(inputs: Tensor, matrix: Tensor) -> Tensor:
    """Return unit embeddings [n, e] of inputs [n, d + 1]."""
    return F.normalize(F.relu(inputs @ matrix), dim=1)


def agreement_with(old: Tensor, new: Tensor, inputs: Tensor) -> float:
    """Return the mean cosine of what two matrices answer to `inputs` [n, d + 1]."""
    return float((answers(inputs, old) * answers(inputs, new)).sum(dim=1).mean())


def distance_to_own(embeddings: Tensor, images: Tensor) -> Tensor:
    """Return the mean distance [n] of unit embeddings [n, e] to each one's own pictures [n, k, e]."""
    count = images.shape[1]
    return torch.stack([unit_distance(embeddings, images[:, k]).diagonal() for k in range(count)]).mean(dim=0)
