"""Which beginnings that were heard are the clicks that were played: by their intervals, whatever else sounds. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from installation.calibration.clicks import click
from installation.values import SAMPLE_RATE_HZ, Samples

_EARLIEST_S: Final = -0.25
_LATEST_S: Final = 1.5
"""So much later a click may be heard; earlier only by what a driver's own estimate is wrong by."""
_NEAR_S: Final = 0.06
_TEMPLATE: Final = click(SAMPLE_RATE_HZ)


@dataclass(frozen=True, slots=True)
class Match:
    """`pairs` are indices of a click played and of the beginning that it is; `missed` clicks have none, and `others`
    are beginnings that no click made.
    """

    pairs: tuple[tuple[int, int], ...] = ()
    missed: int = 0
    others: int = 0


def match(played_s: Sequence[float], heard_s: Sequence[float]) -> Match:
    """Return which beginnings follow the clicks after one and the same time, give or take 60 ms.

    That time is unknown; it is the one after which most clicks are found.
    """
    played, heard = np.asarray(played_s, float), np.asarray(heard_s, float)
    late = (heard[None, :] - played[:, None]).ravel()
    late = np.sort(late[(late > _EARLIEST_S) & (late < _LATEST_S)])
    if late.size == 0:
        return Match((), len(played), len(heard))
    within = np.searchsorted(late, late + _NEAR_S) - np.arange(late.size)
    best = int(np.argmax(within))
    usual = float(np.median(late[best : best + within[best]]))
    pairs: list[tuple[int, int]] = []
    for number, at in enumerate(played):
        nearest = int(np.argmin(np.abs(heard - at - usual)))
        taken = bool(pairs) and pairs[-1][1] == nearest
        if abs(heard[nearest] - at - usual) <= _NEAR_S and not taken:
            pairs.append((number, nearest))
    return Match(tuple(pairs), len(played) - len(pairs), len(heard) - len(pairs))


def find_click(sound: Samples) -> int:
    """Return the sample at which a click begins in `sound` `[n]` at 16 kHz, where it is likest to one."""
    if len(sound) < len(_TEMPLATE):
        raise ValueError(f"a click is {len(_TEMPLATE)} samples long, got a sound of {len(sound)}")
    likeness = np.abs(np.correlate(sound, _TEMPLATE, mode="valid"))
    return int(np.argmax(likeness))
