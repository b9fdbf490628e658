"""Unknown sounds: are they recognised as such, and does certainty mean what it says, of known and unknown alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from s2s.evaluate.hearing.ears import Answers
from s2s.evaluate.hearing.known_or_not import Roc, Scores, roc
from s2s.evaluate.hearing.reliability import Reliability, reliability
from s2s.evaluate.hearing.sounds import WORLD, LabelledSound

CERTAINTY: Final = "certainty"
NEAREST: Final = "nearest cosine"
"""Of h with the direction of any scene: what a bundle without heads has."""
ALL_KNOWN, RECORDED = "recordings and the world", "recordings"
ALL_UNKNOWN: Final = "all"


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Sounds of one kind, known or unknown, and what was heard in them."""

    sounds: Sequence[LabelledSound]
    answers: Answers

    def scores(self, name: str) -> NDArray[np.float64]:
        """Return how well each sound is known by the score `name`, [n]."""
        if name == CERTAINTY:
            assert self.answers.sources is not None
            return self.answers.sources.certainty
        cosines: NDArray[np.float64] = self.answers.nearest.scores.max(axis=1).astype(float)
        return cosines

    def right(self) -> NDArray[np.bool_]:
        """Return whether the likeliest source is the sound's own; needs heads."""
        assert self.answers.sources is not None
        return self.answers.sources.presence.among([one.of for one in self.sounds], 1)


@dataclass(frozen=True, slots=True, eq=False)
class UnknownReport:
    """A ROC for each score, set of known sounds and kind of unknown ones; reliability where there is a certainty."""

    rocs: dict[tuple[str, str, str], Roc]
    reliabilities: dict[str, Reliability]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        rocs = [
            {"score": score, "known": known, "unknown": kind, **one.as_dict()}
            for (score, known, kind), one in self.rocs.items()
        ]
        return {"ROC": rocs, "reliability": {name: one.as_dict() for name, one in self.reliabilities.items()}}


def recognise_unknown(known: Sequence[Heard], unknown: Heard | None) -> UnknownReport:
    """Return how well unknown sounds are told from `known` ones, kind by kind, and how far certainty can be believed.

    Of known sounds a certainty is right where the likeliest source is the sound's own, of unknown ones never.
    """
    has_heads = known[0].answers.sources is not None
    names = (CERTAINTY, NEAREST) if has_heads else (NEAREST,)
    rocs: dict[tuple[str, str, str], Roc] = {}
    for name in names:
        kinds = {} if unknown is None else _by_kind(unknown, name)
        for known_set, few in _known_sets(known).items():
            rocs |= {(name, known_set, kind): roc(_scores(few, name), scores) for kind, scores in kinds.items()}
    return UnknownReport(rocs, _reliabilities(known, unknown) if has_heads else {})


def _known_sets(known: Sequence[Heard]) -> dict[str, Sequence[Heard]]:
    recorded = [one for one in known if one.sounds[0].source != WORLD]
    return {ALL_KNOWN: known, **({RECORDED: recorded} if recorded else {})}


def _scores(heard: Sequence[Heard], name: str) -> Scores:
    recordings = [sound.recording for one in heard for sound in one.sounds]
    return Scores(np.concatenate([one.scores(name) for one in heard]), recordings)


def _by_kind(unknown: Heard, name: str) -> dict[str, Scores]:
    values, kinds = unknown.scores(name), np.array([one.of for one in unknown.sounds])
    recordings = np.array([one.recording for one in unknown.sounds])
    names = dict.fromkeys(one.of for one in unknown.sounds)
    each = {kind: Scores(values[kinds == kind], recordings[kinds == kind].tolist()) for kind in names}
    return {ALL_UNKNOWN: Scores(values, recordings.tolist()), **each}


def _reliabilities(known: Sequence[Heard], unknown: Heard | None) -> dict[str, Reliability]:
    sets = {name: list(few) for name, few in _known_sets(known).items()}
    pairs = {f"known: {name}": [(one.scores(CERTAINTY), one.right()) for one in few] for name, few in sets.items()}
    if unknown is not None:
        never = (unknown.scores(CERTAINTY), np.zeros(len(unknown.sounds), dtype=bool))
        pairs |= {f"{name}, and unknown": [*rows, never] for name, rows in list(pairs.items())}
    return {
        name: reliability(np.concatenate([one for one, _ in rows]), np.concatenate([right for _, right in rows]))
        for name, rows in pairs.items()
    }
