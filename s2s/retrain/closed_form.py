"""What few films can teach, in closed form: ridge regression from what is heard to the pictures that were seen. Pure.

The layer moves away from what it was only as far as it pays: against its change stands the rehearsal, which is how
differently it would answer the world's sounds, and a plain ridge. How strong that is follows from leaving out every
recording in turn, which the hat matrix gives without solving anew (Hastie, Tibshirani and Friedman 2009, 7.10).
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import torch
from torch import Tensor

from s2s.retrain.layer import REHEARSAL, Lessons, distance_to_own

STRENGTHS: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Of the ridge, against the mean square of an input."""
_BIAS_FREE: Final = 1e-3  # the constant may move: a room's tone is no scene


@dataclass(frozen=True, slots=True, eq=False)
class Ridge:
    """The normal equations of one set of lessons: `old` [d + 1, e] plus a change that explains `residual` [n, e]."""

    lessons: Lessons
    old: Tensor
    residual: Tensor
    lengths: Tensor

    @classmethod
    def of(cls, lessons: Lessons, old: Tensor) -> Self:
        """Set them up. Each answer keeps its length, which is how loud it was: only its direction is to turn."""
        before = lessons.inputs @ old
        lengths = torch.linalg.vector_norm(before.relu(), dim=1, keepdim=True).clamp_min(1e-6)
        targets = lessons.images.double().mean(dim=1) * lengths
        # What the ReLU takes away already is as it should be.
        silent = (before < 0.0) & (targets < 1e-2 * lengths)
        return cls(lessons, old, torch.where(silent, torch.zeros_like(before), targets - before), lengths)

    def solution(self, strength: float) -> Tensor:
        """Return the matrix [d + 1, e]."""
        moment = self.lessons.inputs.T @ self.residual / len(self.residual)
        change: Tensor = torch.linalg.solve(self._system(strength), moment)
        return self.old + change

    def error_left_out(self, strength: float) -> float:
        """Return the distance of sounds to their own pictures where all of their recording was left out.

        Averaged over each recording first: one of hours counts like one of seconds.
        """
        inputs = self.lessons.inputs
        fitted = inputs @ (self.solution(strength) - self.old)
        leverage = torch.linalg.solve(self._system(strength), inputs.T) / len(inputs)  # [d + 1, n]
        errors = []
        for recording in np.unique(self.lessons.recordings):
            rows = torch.from_numpy(np.flatnonzero(self.lessons.recordings == recording))
            own = inputs[rows] @ leverage[:, rows]
            amiss = self.residual[rows] - fitted[rows]
            left_out = self.residual[rows] - torch.linalg.solve(torch.eye(len(rows)).double() - own, amiss)
            answer = torch.nn.functional.normalize((inputs[rows] @ self.old + left_out).relu(), dim=1)
            errors.append(float(distance_to_own(answer, self.lessons.images[rows].double()).mean()))
        return float(np.mean(errors))

    def _system(self, strength: float) -> Tensor:
        inputs, moment = self.lessons.inputs, self.lessons.second_moment
        ridge = torch.full((inputs.shape[1],), strength * float(inputs[:, :-1].square().mean()), dtype=torch.float64)
        ridge[-1] *= _BIAS_FREE
        return inputs.T @ inputs / len(inputs) + REHEARSAL * moment + torch.diag(ridge)


def best_strength(lessons: Lessons, old: Tensor) -> float:
    """Return the one of `STRENGTHS` that recordings left out like best."""
    ridge = Ridge.of(lessons, old)
    return min(STRENGTHS, key=ridge.error_left_out)


def closed_form(lessons: Lessons, old: Tensor, strength: float) -> Tensor:
    """Return the matrix [d + 1, e] for `lessons`, starting out from `old`."""
    return Ridge.of(lessons, old).solution(strength)
