"""Sounds and pictures found by one another, in the model's own space: z_A among all z_V, and the other way round."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from s2s.evaluate.metrics import intervals
from s2s.evaluate.metrics.evidence import Evidence, Measured
from s2s.evaluate.metrics.judges import SEEN
from s2s.evaluate.metrics.picture_sets import FROM_SOUNDS, HEARD, REAL

_QUERIES_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True)
class RetrievalOptions:
    """Among how many, and what is asked for what."""

    at: int = 1
    query: Literal["sound", "picture"] = "sound"


def found_again(evidence: Evidence, _: str, options: RetrievalOptions) -> Measured:
    """Return how often a query's own other half is among the `at` nearest of all clips'."""
    heard, seen = evidence.of(FROM_SOUNDS, HEARD), evidence.of(REAL, SEEN)
    clips = np.intersect1d(heard.clips, seen.clips)
    z_A, z_V = heard.arrays[HEARD][clips * heard.each], seen.arrays[SEEN][clips]
    queries, answers = (z_A, z_V) if options.query == "sound" else (z_V, z_A)
    right = own_found(np.asarray(queries), np.asarray(answers), options.at)
    note = f"among {len(clips)} clips, chance {min(1.0, options.at / len(clips)):.4f}"
    return Measured(intervals.share(right, evidence.recordings(clips), len(clips)), note)


def own_found(queries: NDArray[np.float32], answers: NDArray[np.float32], at: int) -> NDArray[np.bool_]:
    """Return whether row i of unit `answers` [n, d] is among the `at` nearest to query i, [n]; ties count against."""
    right = np.empty(len(queries), dtype=bool)
    for start in range(0, len(queries), _QUERIES_AT_ONCE):
        some = slice(start, start + _QUERIES_AT_ONCE)
        cosines = queries[some] @ answers.T
        own = np.einsum("nd,nd->n", queries[some], answers[some])
        # Rounding apart, the answer itself is as near as it is.
        right[some] = (cosines >= own[:, None] - 1e-6).sum(axis=1) <= at
    return right
