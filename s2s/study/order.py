"""What one participant is asked, in which order, and where each picture lies. Pure.

Over the participants every picture lies equally often at each position; for one of them the right pictures do: in
experiment (i) each pair of positions of the two right ones comes once in twenty questions, in experiment (ii) each
position five times. Every other participant begins with experiment (ii). The order of the questions is each one's own.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, permutations
from typing import Final

from s2s.study.manifest import Question, Study
from s2s.study.plan import EXPERIMENTS, Experiment

PLACES: Final = 40
"""Participants after whom the plan begins anew: both orders of the experiments meet all positions in both."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as one participant sees it: `shown[k]` is the number of the picture at position k."""

    experiment: Experiment
    question: Question
    shown: tuple[int, ...]


def questions_for(study: Study, participant: str, place: int) -> list[AskedQuestion]:
    """Return all that `participant` is asked; `place`, from 0, is theirs in the plan that balances the positions."""
    asked = []
    for experiment in EXPERIMENTS if place % 2 == 0 else reversed(EXPERIMENTS):
        # What turns with the order of the experiments would not meet every position in both.
        turn = place if experiment == "i" else place // 2
        questions = study.questions[experiment]
        arranged = _arrangements(study.seed, experiment, questions)
        block = [
            AskedQuestion(experiment, question, _turned(shown, turn))
            for question, shown in zip(questions, arranged, strict=True)
        ]
        random.Random(f"{study.seed} {participant} {experiment}").shuffle(block)
        asked += block
    return asked


def _arrangements(seed: int, experiment: Experiment, questions: Sequence[Question]) -> list[tuple[int, ...]]:
    """Return for each question which picture lies where, for a participant whose turn is 0."""
    rng = random.Random(f"{seed} {experiment}")
    arranged: list[tuple[int, ...]] = []
    while len(arranged) < len(questions):
        first = questions[len(arranged)]
        cells = list(permutations(range(len(first.pictures)), first.num_right))
        rng.shuffle(cells)
        for cell in islice(cells, len(questions) - len(arranged)):
            arranged.append(_filled(cell, len(first.pictures), rng))
    return arranged


def _filled(cell: tuple[int, ...], count: int, rng: random.Random) -> tuple[int, ...]:
    """Return the pictures by position: the first ones at the positions of `cell`, the others anywhere else."""
    others = iter(rng.sample(range(len(cell), count), count - len(cell)))
    return tuple(cell.index(position) if position in cell else next(others) for position in range(count))


def _turned(shown: tuple[int, ...], turn: int) -> tuple[int, ...]:
    turn %= len(shown)
    return shown[-turn:] + shown[:-turn]
