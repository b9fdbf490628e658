"""Which sounds a namer hears at a step: none of the scenes, one of them, or two at once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.training.inputs.band_sounds import Pools
from s2s.world.composition import in_order
from s2s.world.state import SCENES

NOTHING: Final = -1


@dataclass(frozen=True, slots=True)
class SetShares:
    """How often each kind of set is drawn, and how often its sounds are recordings where there are any of a scene.

    `none` and `alone` are shares of all sets, the rest are of two. Of those alone `alone_evenly` are any scene, the
    others a recorded one. Of two, `both_recorded` are scenes that have recordings, `composed` of the rest are such as
    the world paints together. `made_up` of the sounds of no scene are no recordings.
    """

    none: float = 0.08
    alone: float = 0.32
    made_up: float = 0.5
    alone_evenly: float = 0.7
    composed: float = 0.7
    both_recorded: float = 0.25
    recorded: float = 0.35
    recorded_where_both_are: float = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class SoundSets:
    """Rows of `first` and `second` sounds [b], -1 for no second; `labels` [b, 2] of what is heard, -1 for nothing; and
    whether the first is `recorded` [b].
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    labels: NDArray[np.int64]
    recorded: NDArray[np.bool_]


class SetDraws:
    """Draws sets of the sounds in `pools`, which hold every scene's takes. Raises ValueError where one has none."""

    def __init__(self, pools: Pools, shares: SetShares) -> None:
        self._pools, self._shares = pools, shares
        self._labels = sorted(label for label, recorded in pools if label != NOTHING and not recorded)
        if len(self._labels) < 2:
            raise ValueError(f"expected takes of two scenes at least, got those of {len(self._labels)}")
        self._recorded = [label for label in self._labels if (label, True) in pools]
        pairs = [(a, b) for a in self._labels for b in self._labels if a < b]
        self._composed = [(a, b) for a, b in pairs if in_order(SCENES[a], SCENES[b]) is not None] or pairs
        self._both_recorded = [pair for pair in self._composed if {*pair} <= {*self._recorded}]

    def draw(self, rng: np.random.Generator, count: int) -> SoundSets:
        """Return `count` sets."""
        drawn = [self._set(rng) for _ in range(count)]
        labels = np.array([scenes for scenes, _ in drawn])
        rows = np.array([[row for row, _ in sounds] for _, sounds in drawn])
        recorded = np.array([sounds[0][1] for _, sounds in drawn])
        return SoundSets(rows[:, 0], rows[:, 1], labels, recorded)

    def _set(self, rng: np.random.Generator) -> tuple[tuple[int, int], list[tuple[int, bool]]]:
        """Return the labels of a set, and of two sounds the row and whether it is recorded."""
        shares, kind = self._shares, rng.random()
        nothing = NOTHING, False
        if kind < shares.none and any(label == NOTHING for label, _ in self._pools):
            return (NOTHING, NOTHING), [self._sound(NOTHING, rng, 1.0 - shares.made_up), nothing]
        if kind < shares.none + shares.alone:
            evenly = rng.random() < shares.alone_evenly or not self._recorded
            label = _any(self._labels if evenly else self._recorded, rng)
            return (label, NOTHING), [self._sound(label, rng, shares.recorded), nothing]
        first, second = self._pair(rng)
        both = first in self._recorded and second in self._recorded
        recorded = shares.recorded_where_both_are if both else shares.recorded
        return (first, second), [self._sound(label, rng, recorded) for label in (first, second)]

    def _pair(self, rng: np.random.Generator) -> tuple[int, int]:
        if rng.random() < self._shares.both_recorded and self._both_recorded:
            return self._both_recorded[int(rng.integers(len(self._both_recorded)))]
        if rng.random() < self._shares.composed:
            return self._composed[int(rng.integers(len(self._composed)))]
        first, second = rng.choice(self._labels, 2, replace=False).tolist()
        return first, second

    def _sound(self, label: int, rng: np.random.Generator, recorded_share: float) -> tuple[int, bool]:
        """Return a row of `label`, recorded so often where both domains have some, and whether it is."""
        recorded = rng.random() < recorded_share
        if (label, recorded) not in self._pools:
            recorded = not recorded
        rows, chances = self._pools[label, recorded]
        return int(rng.choice(rows, p=chances)), recorded


def _any(labels: Sequence[int], rng: np.random.Generator) -> int:
    return labels[int(rng.integers(len(labels)))]
