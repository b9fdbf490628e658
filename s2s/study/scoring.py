"""What the answers say: recall of both methods, precision of ours, with intervals by participant. Pure.

Answers of one participant are no independent witnesses, so participants are drawn anew, with all of their answers
(the bootstrap of Efron 1979 over clusters); the questions are taken as they are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from s2s.study.answers import Answer, Begun, Event
from s2s.study.manifest import Question, Study
from s2s.study.plan import EXPERIMENTS

DRAWS: Final = 10_000
_AT_ONCE: Final = 100
_BOUNDS: Final = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Share:
    """A share in 0..1 of `answers`, with its 95 % interval; None where one participant alone bounds nothing."""

    value: float
    low: float | None
    high: float | None
    answers: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        rounded = {name: None if number is None else round(number, 4) for name, number in numbers.items()}
        return {**rounded, "answers": self.answers}


@dataclass(frozen=True, slots=True)
class Scores:
    """All that a study tells. `shares` are None where no answer bears on them.

    `recall, ours` and `recall, baseline`: how often the picture of what is heard was among those chosen in experiment
    (i), and `recall, difference` how much further ours was; `chosen of others`: of the three pictures of other
    categories, by each method. Experiment (ii): `precision`, `false` (another's picture) and `none` sum to one.
    """

    shares: Mapping[str, Share | None]
    begun: int
    finished: int
    counted: int
    answers: int
    median_seconds: float
    chosen: Mapping[str, Sequence[float]]
    """How often each picture of a question was chosen, 0..1, in the order of `study.json` (figure S10)."""

    def participants_in_words(self) -> str:
        """Return who was counted, in one sentence."""
        unfinished = self.begun - self.finished
        words = f"{self.finished} finished"
        if unfinished:
            counts = ", whose answers so far count, too" if self.counted > self.finished else " and are not counted"
            words += f"; {unfinished} more began and did not finish{counts}"
        return f"{words}; {self.answers} answers"


def score(study: Study, events: Iterable[Event], *, unfinished: bool = False, seed: int = 0) -> Scores:
    """Return the scores of those who finished; with `unfinished`, of all who answered anything.

    Raises ValueError where there is nobody to count, and for answers that are not to this study's questions.
    """
    begun, answers = _sorted(study, events)
    finished = {one for one in begun if len(answers[one]) == study.num_questions}
    counted = [one for one in begun if one in finished or (unfinished and answers[one])]
    if not counted:
        raise ValueError(_nobody(begun, answers))
    rows = [_Row.of(place, study, answer) for place, one in enumerate(counted) for answer in answers[one]]
    seconds = [answer.seconds for one in counted for answer in answers[one]]
    shares = _shares(rows, len(counted), np.random.default_rng(seed))
    chosen = _chosen(study, [answer for one in counted for answer in answers[one]])
    middle = float(np.median(seconds))
    return Scores(shares, len(begun), len(finished), len(counted), len(rows), middle, chosen)


@dataclass(frozen=True, slots=True)
class _Row:
    """An answer as numbers: hits and chances of each kind."""

    participant: int
    hits: Mapping[str, tuple[float, float]]

    @classmethod
    def of(cls, participant: int, study: Study, answer: Answer) -> "_Row":
        question = _question(study, answer.question)
        chosen = [question.pictures[number] for number in answer.chosen]
        if answer.question.startswith("ii-"):
            right = float(any(picture.right for picture in chosen))
            none = float(not chosen)
            return cls(participant, {"precision": (right, 1), "false": (1 - right - none, 1), "none": (none, 1)})
        ours, baseline = (
            float(any(picture.right and picture.method == method for picture in chosen))
            for method in ("ours", "baseline")
        )
        hits = {"recall, ours": (ours, 1.0), "recall, baseline": (baseline, 1.0)}
        hits["recall, difference"] = (ours - baseline, 1.0)
        for method in ("ours", "baseline"):
            of_all = sum(not picture.right and picture.method == method for picture in question.pictures)
            taken = sum(not picture.right and picture.method == method for picture in chosen)
            hits[f"chosen of others, {method}"] = (float(taken), float(of_all))
        return cls(participant, hits)


KINDS: Final = (
    *("recall, ours", "recall, baseline", "recall, difference"),
    *("chosen of others, ours", "chosen of others, baseline", "precision", "false", "none"),
)


def _shares(rows: Sequence[_Row], count: int, rng: np.random.Generator) -> dict[str, Share | None]:
    sums = np.zeros((count, len(KINDS), 2))  # hits and chances of each participant
    for row in rows:
        sums[row.participant] += [row.hits.get(kind, (0.0, 0.0)) for kind in KINDS]
    drawn = _drawn_anew(sums, rng)
    answers = [sum(kind in row.hits for row in rows) for kind in KINDS]
    return {
        kind: _share(sums[:, k].sum(axis=0), drawn[:, k] if count > 1 else None, answers[k])
        for k, kind in enumerate(KINDS)
    }


def _drawn_anew(sums: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the sums [DRAWS, kinds, 2] of participants drawn anew of those with `sums` [participants, kinds, 2]."""
    count = len(sums)
    chances = np.full(count, 1 / count)
    few = (rng.multinomial(count, chances, size=_AT_ONCE) for _ in range(DRAWS // _AT_ONCE))
    return np.concatenate([np.tensordot(times.astype(float), sums, 1) for times in few])


def _share(total: NDArray[np.float64], drawn: NDArray[np.float64] | None, answers: int) -> Share | None:
    """Return the share of hits among chances, `total` [2], with the bounds that those of `drawn` [DRAWS, 2] give it."""
    hits, chances = total
    if not chances:
        return None
    if drawn is None:
        return Share(float(hits / chances), None, None, answers)
    possible = drawn[drawn[:, 1] > 0]
    low, high = np.percentile(possible[:, 0] / possible[:, 1], _BOUNDS)
    return Share(float(hits / chances), float(low), float(high), answers)


def _sorted(study: Study, events: Iterable[Event]) -> tuple[list[str], dict[str, list[Answer]]]:
    """Return who began, in order, and the answers of each."""
    answers: dict[str, list[Answer]] = {}
    for event in events:
        if isinstance(event, Begun):
            answers[event.participant] = []
            continue
        question = _question(study, event.question)
        mine = answers.get(event.participant)
        if mine is None or any(one.question == event.question for one in mine):
            raise ValueError(f"participant {event.participant} never began, or answered {event.question} twice")
        if not set(event.chosen) <= set(range(len(question.pictures))):
            raise ValueError(f"{event.question} has {len(question.pictures)} pictures, chosen were {event.chosen}")
        mine.append(event)
    return list(answers), answers


def _question(study: Study, name: str) -> Question:
    for experiment in EXPERIMENTS:
        for question in study.questions[experiment]:
            if question.id == name:
                return question
    raise ValueError(f"there is an answer to {name}, which this study does not ask")


def _chosen(study: Study, answers: Sequence[Answer]) -> dict[str, list[float]]:
    asked = Counter(answer.question for answer in answers)
    taken = Counter((answer.question, number) for answer in answers for number in answer.chosen)
    return {
        question.id: [round(taken[question.id, n] / asked[question.id], 4) for n in range(len(question.pictures))]
        for experiment in EXPERIMENTS
        for question in study.questions[experiment]
        if asked[question.id]
    }


def _nobody(begun: Sequence[str], answers: Mapping[str, Sequence[Answer]]) -> str:
    given = sum(map(len, answers.values()))
    if not given:
        return "there are no answers yet: serve the study with `python -m s2s study serve`"
    return f"nobody has finished yet: {len(begun)} began, {given} answers; --unfinished counts what there is"
