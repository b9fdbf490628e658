"""How often a selection is right, where the truth is known. Pure; labels and truth enter here and nowhere before."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.rates import FRAME_RATE_HZ
from s2s.selection.select import TOP, top_moments
from s2s.selection.selectors import Scores
from s2s.world.truth import THERE, Truth

_Z: Final = 1.96  # 95 %


@dataclass(frozen=True, slots=True)
class Hits:
    """How a way of selecting did on `clips` clips; shares 0..1.

    `top` of the clips have their thing in the frame selected; `among_top` of all top-10 frames show it.
    """

    clips: int
    hits: int
    among_top: float

    @property
    def top(self) -> float:
        """The hit rate of the best frame."""
        return self.hits / self.clips

    @property
    def interval(self) -> tuple[float, float]:
        """Return where the rate lies with 95 % confidence (Wilson 1927)."""
        n, p = self.clips, self.top
        centre, spread = p + _Z**2 / (2 * n), _Z * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        return (centre - spread) / (1 + _Z**2 / n), (centre + spread) / (1 + _Z**2 / n)


def hits(scores: Mapping[str, Scores], presence: Mapping[str, NDArray[np.float64]]) -> Hits:
    """Compare the top moments with the truth: presence 0..1 [num_frames] of the thing that sounds, a clip.

    Raises ValueError where there is no clip, or a clip has no truth or truth for another number of frames.
    """
    if not scores:
        raise ValueError("there are no clips to measure")
    top, among = [], []
    for clip_id, each in scores.items():
        truth = presence.get(clip_id)
        if truth is None or len(truth) != len(each):
            there = "none" if truth is None else str(len(truth))
            raise ValueError(f"{clip_id}: expected the truth of {len(each)} frames, got {there}")
        shown = truth[top_moments(each, TOP)] >= THERE
        top.append(bool(shown[0]))
        among.append(float(shown.mean()))
    return Hits(len(top), sum(top), float(np.mean(among)))


def presence_of(truth: Truth, start_s: float, num_frames: int) -> NDArray[np.float64]:
    """Return the presence [num_frames] of the thing that owns the place, of a clip cut at `start_s` from its film.

    Decoding may give a frame more than the truth has: then its last one holds on.
    """
    frames = round(start_s * FRAME_RATE_HZ) + np.arange(num_frames)
    return truth.parts[0].presence[np.minimum(frames, truth.num_frames - 1)]


def shown_share(presence: Mapping[str, NDArray[np.float64]]) -> float:
    """Return the part of all frames that show the thing: the hit rate of chance."""
    return float(np.mean([float((each >= THERE).mean()) for each in presence.values()]))
