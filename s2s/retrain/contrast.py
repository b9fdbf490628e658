"""From the closed form on by gradients: a sound's own picture is to come before those of other films. Pure.

Where pictures look alike to f_V the mean of a film's, which is what regression aims at, lies among those of all
others; contrast (the paper's L_total, at a temperature) moves it out to where its own are. How many steps that takes
is learnt from recordings left out, a fifth of them at a time; then all are taught for so long.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.retrain.closed_form import closed_form
from s2s.retrain.layer import REHEARSAL, Lessons, answers
from s2s.training.losses.objectives import audio_visual_info_nce, unit_distance

TEMPERATURE: Final = 0.1
_DRIFT: Final = 8.0  # a change that answers the world with a length of its own costs some nats then
_RATE: Final = 0.01
_BATCH: Final = 512
_LOOKS_EVERY: Final = 5
MOST_STEPS: Final = 150
FOLDS: Final = 5

Watch = Callable[[int, Tensor], None]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """How a layer was taught with the recordings of one fold left out: its matrix [d + 1, e] after 0, 5, 10 … steps,
    and how the `rows` left out judge each.
    """

    rows: NDArray[np.int64]
    matrices: Sequence[Tensor]
    losses: Sequence[float]


def tune(lessons: Lessons, old: Tensor, start: Tensor, steps: int, *, seed: int, watch: Watch | None = None) -> Tensor:
    """Return the matrix [d + 1, e] after `steps` from `start`; `old` is what the rehearsal holds on to.

    `watch` is called with the number of steps taken and the matrix, at the beginning and every few steps.
    """
    inputs, images = lessons.inputs.float(), lessons.images.float()
    moment = lessons.second_moment.float()
    size = answers_square(lessons.rehearsed, old)
    before = old.float()
    change = (start - old).float().requires_grad_()
    optimiser = torch.optim.Adam([change], _RATE)
    for step in range(steps + 1):
        if watch is not None and step % _LOOKS_EVERY == 0:
            watch(step, (before + change.detach()).double())
        if step == steps:
            break
        rng = np.random.default_rng([seed, step])
        rows = torch.from_numpy(rng.permutation(len(inputs))[:_BATCH])
        which = torch.from_numpy(rng.integers(images.shape[1], size=len(rows)))
        audio = (inputs[rows] @ (before + change)).relu()
        drift = (change * (moment @ change)).sum() / size
        # No pull to the own picture besides: it draws a sound back to where pictures of all kinds lie.
        contrast = audio_visual_info_nce(audio, images[rows, which], TEMPERATURE)
        loss = contrast + REHEARSAL * _DRIFT * drift
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return (before + change.detach()).double()


def courses(lessons: Lessons, old: Tensor, strength: float, steps: int, *, seed: int) -> list[Course]:
    """Teach with each fold of the recordings left out, `steps` each; fewer folds where there are fewer recordings."""
    taken = []
    for rows in folds(lessons.recordings, seed):
        others = np.setdiff1d(np.arange(len(lessons.inputs)), rows)
        taken.append(_course(lessons, old, strength, steps, (rows, others), seed))
    return taken


def best_steps(taken: Sequence[Course]) -> int:
    """Return how many steps those left out like best, all folds together."""
    return int(np.argmin(np.sum([one.losses for one in taken], axis=0))) * _LOOKS_EVERY


def left_out_matrices(taken: Sequence[Course], steps: int) -> list[tuple[NDArray[np.int64], Tensor]]:
    """Return, fold by fold, the rows left out and the matrix after `steps`."""
    return [(one.rows, one.matrices[steps // _LOOKS_EVERY]) for one in taken]


def folds(recordings: NDArray[np.int64], seed: int) -> list[NDArray[np.int64]]:
    """Return the rows of each fold: whole recordings, as evenly as they come."""
    names = np.random.default_rng([seed, 5]).permutation(np.unique(recordings))
    parts = [names[start::FOLDS] for start in range(min(FOLDS, len(names)))]
    return [np.flatnonzero(np.isin(recordings, part)) for part in parts]


def answers_square(inputs: Tensor, matrix: Tensor) -> float:
    """Return the mean square length of what `matrix` answers to `inputs`, never nothing."""
    return float((inputs @ matrix).relu().square().sum(dim=1).mean().clamp_min(1e-9))


def _course(
    lessons: Lessons,
    old: Tensor,
    strength: float,
    steps: int,
    split: tuple[NDArray[np.int64], NDArray[np.int64]],
    seed: int,
) -> Course:
    rows, others = split
    taught, matrices, losses = lessons.of(others), list[Tensor](), list[float]()

    def look(_step: int, matrix: Tensor) -> None:
        matrices.append(matrix)
        losses.append(_loss_left_out(lessons, matrix, rows))

    tune(taught, old, closed_form(taught, old, strength), steps, seed=seed, watch=look)
    return Course(rows, matrices, losses)


def _loss_left_out(lessons: Lessons, matrix: Tensor, rows: NDArray[np.int64]) -> float:
    """Return the summed surprise that the own film's first picture is the nearest of all films' first ones."""
    audio = answers(lessons.inputs[rows], matrix)
    distances = unit_distance(audio, lessons.images[:, 0]) / TEMPERATURE
    return float(torch.nn.functional.cross_entropy(-distances, torch.from_numpy(rows), reduction="sum"))
