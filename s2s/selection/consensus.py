"""What the clips of an evening say of each other: the picture that goes with a sound is what others like it show.

Needs no network that knows the place. A ridge from what f_A hears to what f_V sees is fitted to the moments that are
thought right so far, each clip is told what to expect by the others, and the choice is made again. What is seen beside
a sound by chance differs from clip to clip and averages out.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.selection.combined import Evidence
from s2s.selection.selectors import Scores

ROUNDS: Final = 2
FEWEST: Final = 8
"""Fewer clips of other recordings say nothing of each other."""
DB_A_COSINE: Final = 20.0
"""What it is worth that a picture is as expected, where novelty tells nothing."""
_RIDGE: Final = 1.0
_SOFT_DB: Final = 3.0  # moments that score as much less count 0.37 of the best


def agreed(clips: Sequence[Evidence], recordings: Sequence[str]) -> list[Scores]:
    """Return the scores of the moments looked at of every clip, [k] each, with what other recordings say of them.

    `recordings` names what each clip was cut from, which has no say in it. Of few recordings the scores stay as they
    are.
    """
    scores = [_array(clip.scores) for clip in clips]
    if len(set(recordings)) <= FEWEST:
        return scores
    likeness = _likeness(np.stack([clip.listened for clip in clips]))
    middle = np.concatenate([clip.seen for clip in clips]).mean(axis=0)
    others = [np.flatnonzero(np.array(recordings) != recording) for recording in recordings]
    for _ in range(ROUNDS):
        shown = np.stack([_shown(clip.seen - middle, each) for clip, each in zip(clips, scores, strict=True)])
        scores = [
            _array(clip.scores + DB_A_COSINE * clip.doubt * _cosines(clip.seen - middle, expected))
            for clip, expected in zip(clips, _expected_of_all(likeness, shown, others), strict=True)
        ]
    return scores


def _likeness(listened: Scores) -> NDArray[np.float64]:
    """Return how alike clips sound [n, n], of what f_A's last layer is given of each [n, c]."""
    spread = (listened - listened.mean(axis=0)) / (listened.std(axis=0) + 1e-6)
    return np.asarray(spread @ spread.T / spread.shape[1], np.float64)


def _shown(seen: Scores, scores: Scores) -> Scores:
    """Return what a clip shows while it sounds: its pictures' mean, the better ones counting more."""
    weights = np.exp((scores - scores.max()) / _SOFT_DB)
    return np.asarray(weights @ seen / weights.sum(), np.float32)


def _expected_of_all(
    likeness: NDArray[np.float64], shown: Scores, others: Sequence[NDArray[np.int64]]
) -> Iterator[NDArray[np.float64]]:
    """Yield what each clip should show by what the others of it do: kernel ridge regression."""
    for one, who in enumerate(others):
        kernel = likeness[np.ix_(who, who)] + _RIDGE * np.eye(len(who))
        yield likeness[one, who] @ np.linalg.solve(kernel, shown[who].astype(np.float64))


def _cosines(seen: Scores, expected: NDArray[np.float64]) -> NDArray[np.float64]:
    norms = np.linalg.norm(seen, axis=1) * np.linalg.norm(expected)
    return np.asarray(seen @ expected / np.maximum(norms, 1e-9))


def _array(values: NDArray[np.floating]) -> Scores:
    return np.asarray(values, np.float32)
