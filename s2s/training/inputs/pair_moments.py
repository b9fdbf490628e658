"""Moments of two things for a memory: many are drawn of every two scenes, and kept are those that show both plainly.

A thing that is laid over a place may hide what the place is about, or be too small to be named. How much is seen of
each is measured on small masks and compared with how much is seen of such a thing alone: an owl need not be as large
as a crowd. No network has a say.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.world.composition import composable_pairs
from s2s.world.painter import Painter
from s2s.world.state import SceneState, draw_state

DRAWN: Final = 40
"""Of every two scenes, to choose from."""
_FIRST_SEED: Final = 7_000_000
"""Of the moments; memories of single things, judges and measures draw theirs elsewhere."""
_MASK_PX: Final = (64, 36)  # in such a picture a share of a thousandth is told

Moment = tuple[SceneState, SceneState]
"""The first owns the place, the thing of the second is laid over it."""


def draw_moments(each: int) -> list[Moment]:
    """Return `each` moments of every pair of scenes that can be painted together; the second has the first's hour."""
    moments = []
    for number, (place, thing) in enumerate(composable_pairs()):
        for turn in range(each):
            seed = _FIRST_SEED + number * each + turn
            first, second = draw_state(place, seed), draw_state(thing, seed)
            moments.append((first, SceneState(thing, seed, second.nearness, first.hour)))
    return moments


def plainest_moments(each: int, drawn: int = DRAWN) -> list[Moment]:
    """Return `each` of `drawn` moments of every pair, those in which both things are seen best. Needs OpenGL.

    Raises ValueError where fewer are drawn than kept.
    """
    if drawn < each:
        raise ValueError(f"of {drawn} moments of every two scenes {each} cannot be kept: draw more, or keep fewer")
    moments = draw_moments(drawn)
    alone, seen, over = shares_seen(moments, drawn)
    plainness = plainness_of(moments, alone, seen, over).reshape(-1, drawn)
    best = np.sort(np.argsort(-plainness, axis=1, kind="stable")[:, :each], axis=1)
    rows = (np.arange(len(best))[:, None] * drawn + best).ravel()
    return [moments[row] for row in rows.tolist()]


def shares_seen(moments: Sequence[Moment], at_once: int = DRAWN) -> tuple[NDArray[np.float64], ...]:
    """Return three shares of the picture [n], each 0..1: what the first thing covers, what of that is not hidden by the
    second, and what the second covers. Needs OpenGL.
    """
    width, height = _MASK_PX
    shares = []
    with Painter(height, width_px=width) as painter:
        for start in range(0, len(moments), at_once):
            few = moments[start : start + at_once]
            first = painter.masks([moment[0] for moment in few]) / 255.0
            second = painter.thing_masks(few) / 255.0
            shares.append([part.mean(axis=(1, 2)) for part in (first, first * (1.0 - second), second)])
    alone, seen, over = (np.concatenate(part) for part in zip(*shares, strict=True))
    return alone, seen, over


def plainness_of(
    moments: Sequence[Moment], alone: NDArray[np.float64], seen: NDArray[np.float64], over: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how plainly the less plain of both things is seen in each moment, [n] in 0..1; shares as `shares_seen`.

    Plain is what covers more than most of its kind do: a first thing's kind is its scene, nothing laid over it; a
    second's are all that the same scene lays over others.
    """
    places, things = (np.array([moment[part].scene for moment in moments]) for part in (0, 1))
    first, second = np.zeros(len(moments)), np.zeros(len(moments))
    for scene in np.union1d(places, things):
        owns, is_laid_over = places == scene, things == scene
        first[owns] = _rank(seen[owns], alone[owns])
        second[is_laid_over] = _rank(over[is_laid_over], over[is_laid_over])
    return np.minimum(first, second)


def _rank(values: NDArray[np.float64], among: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of `among` [m] that is less than each of `values` [n]."""
    ranks: NDArray[np.float64] = np.searchsorted(np.sort(among), values) / max(len(among), 1)
    return ranks
