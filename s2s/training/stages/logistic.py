"""Logistic regression with a ridge, by Newton's method: some hundred weights, a few thousand rows. Pure."""

from typing import Final

import torch
from torch import Tensor

_STEPS: Final = 50
_SETTLED: Final = 1e-9
_LEAST_CURVATURE: Final = 1e-9  # a column of zeros has none of its own


def logistic_weights(rows: Tensor, truth: Tensor, ridge: Tensor) -> Tensor:
    """Return the weights float64 [k] by which `rows` [n, k] tell `truth` [n], 0 or 1, each held to 0 by `ridge` [k].

    They maximise the log likelihood less half the squares of the weights times `ridge`.
    """
    rows, truth, ridge = rows.double(), truth.double(), ridge.double()
    weights = torch.zeros(rows.shape[1], dtype=torch.float64)
    for _ in range(_STEPS):
        chance = torch.sigmoid(rows @ weights)
        slope = rows.T @ (chance - truth) + ridge * weights
        curvature = (rows * (chance * (1.0 - chance))[:, None]).T @ rows + torch.diag(ridge + _LEAST_CURVATURE)
        step = torch.linalg.solve(curvature, slope)
        weights = weights - step
        if float(step.abs().max()) < _SETTLED:
            break
    return weights
