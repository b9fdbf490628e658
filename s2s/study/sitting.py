"""Who takes part and how far they are: the study as its page asks and answers. Threads may call; they take turns."""

import secrets
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from s2s.study.answers import Answer, AnswerLog, Begun, Event
from s2s.study.manifest import Study
from s2s.study.order import PLACES, AskedQuestion, questions_for

MOST_BEGUN: Final = 10_000
"""Participants that one folder takes: somebody who begins again and again fills no disk."""


class RefusedError(Exception):
    """What a participant asked for cannot be had; `status` is HTTP's, the message one sentence for them."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(slots=True)
class Participant:
    """One participant's questions in their order, and the answers so far: to the first of them."""

    id: str
    place: int
    questions: Sequence[AskedQuestion]
    answers: list[Answer] = field(default_factory=list)

    @property
    def next(self) -> AskedQuestion | None:
        """What is asked next; None where all is answered."""
        return self.questions[len(self.answers)] if len(self.answers) < len(self.questions) else None


class Sitting:
    """All participants of `study`; what they do is in `log` before a call returns. `wanted`: how many are to finish."""

    def __init__(self, study: Study, log: AnswerLog, events: Iterable[Event], wanted: int | None = None) -> None:
        self._study, self._log, self._wanted = study, log, wanted
        self._turn = threading.Lock()
        self._participants: dict[str, Participant] = {}
        for event in events:
            self._take(event)

    @property
    def begun(self) -> int:
        """How many agreed to take part."""
        return len(self._participants)

    @property
    def finished(self) -> int:
        """How many answered all."""
        return sum(one.next is None for one in list(self._participants.values()))

    @property
    def is_open(self) -> bool:
        """Whether somebody new may begin."""
        return self.begun < MOST_BEGUN and (self._wanted is None or self.finished < self._wanted)

    def begin(self) -> Participant:
        """Take in somebody new, at the place that the fewest have finished. Raises RefusedError, OSError."""
        with self._turn:
            if not self.is_open:
                raise RefusedError(403, "This study has all the participants that it needs. Thank you for coming.")
            event = Begun(participant=secrets.token_hex(8), place=self._free_place())
            self._log.append(event)
            self._take(event)
            return self._participants[event.participant]

    def participant(self, participant_id: str) -> Participant:
        """Return one who began. Raises RefusedError."""
        try:
            return self._participants[participant_id]
        except KeyError:
            raise RefusedError(404, "This study does not know you: it may have been made anew.") from None

    def answer(self, participant_id: str, question: str, positions: Sequence[int], seconds: float) -> Participant:
        """Keep the pictures at `positions`, from 0, as the answer to the question that is asked now.

        The last answer, sent again because nobody heard that it had come, changes nothing. Raises RefusedError,
        OSError.
        """
        with self._turn:
            participant = self.participant(participant_id)
            if _is_repeated(participant, question, positions):
                return participant
            asked = participant.next
            if asked is None or asked.question.id != question:
                raise RefusedError(409, "This question was answered before. Answers cannot be changed.")
            event = Answer(
                participant=participant_id,
                question=question,
                shown=asked.shown,
                chosen=_chosen(asked, positions),
                seconds=round(seconds, 1),
            )
            self._log.append(event)
            participant.answers.append(event)
            return participant

    def _take(self, event: Event) -> None:
        """Take in what the file holds. Raises ValueError for what no server of this study wrote."""
        if isinstance(event, Begun):
            questions = questions_for(self._study, event.participant, event.place)
            self._participants[event.participant] = Participant(event.participant, event.place, questions)
            return
        participant = self._participants.get(event.participant)
        asked = participant.next if participant is not None else None
        if participant is None or asked is None or (asked.question.id, asked.shown) != (event.question, event.shown):
            raise ValueError(f"the answer to {event.question} of participant {event.participant} is not what was asked")
        participant.answers.append(event)

    def _free_place(self) -> int:
        finished: Counter[int] = Counter()
        begun: Counter[int] = Counter()
        for one in self._participants.values():
            begun[one.place] += 1
            finished[one.place] += one.next is None
        places = range(min(PLACES, self._wanted or PLACES))
        return min(places, key=lambda place: (finished[place], begun[place], place))


def _is_repeated(participant: Participant, question: str, positions: Sequence[int]) -> bool:
    if not participant.answers or participant.answers[-1].question != question:
        return False
    last, asked = participant.answers[-1], participant.questions[len(participant.answers) - 1]
    return set(last.chosen) == {asked.shown[position] for position in positions if position < len(asked.shown)}


def _chosen(asked: AskedQuestion, positions: Sequence[int]) -> tuple[int, ...]:
    """Return the numbers of the pictures at `positions`. Raises RefusedError."""
    most = len(asked.shown) if asked.experiment == "i" else 1
    if len(positions) > most or len(set(positions)) < len(positions):
        words = "any pictures, each once" if asked.experiment == "i" else "one picture or none"
        raise RefusedError(400, f"Expected {words}, got {len(positions)}.")
    if any(not 0 <= position < len(asked.shown) for position in positions):
        raise RefusedError(400, f"Expected pictures 0 to {len(asked.shown) - 1}.")
    return tuple(sorted(asked.shown[position] for position in positions))
