"""What the paper's figures are drawn from: sounds with their classes and pictures, and what some figures need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from s2s.data.clip_source import ClipSource
from s2s.evaluate.claims.unseen import LeftOut
from s2s.media.montage import Pixels
from s2s.sampling.manipulate import Sound
from s2s.selection.selectors import Selector

Pair = tuple[str, str]
_T = TypeVar("_T")


class CannotDrawError(ValueError):
    """A figure that the material or the machine does not allow; the message says what it needs."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledClip:
    """A sound that no stage was trained on: its class, mono `sound` [n] at the model's rate, and `picture` [h, w, 3].

    `name` tells it from others; `picture` is None for sounds without one.
    """

    name: str
    label: str
    sound: Sound
    picture: Pixels | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Pictures [n, h, w, 3] that the model was trained on, with their unit `features` [n, d] in f_V's space."""

    pictures: NDArray[np.uint8]
    features: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Films:
    """Clips of many frames, those of them to show, and the way in which moments of them are selected.

    `presence` [num_frames], 0..1, is the truth about some of them, by id.
    """

    source: ClipSource
    ids: Sequence[str]
    selector: Selector
    presence: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """Which classes a figure shows; where none are named, or unknown ones, the material's own, spread evenly.

    `mixed` are heard together, `opposing` go and come, `blended` and `conditioned` are a picture's and a sound's,
    `edited` and `edited_more` have pictures that a change of volume should change.
    """

    louder: Sequence[str] = ()
    mixed: Sequence[Pair] = ()
    opposing: Sequence[Pair] = ()
    blended: Sequence[Pair] = ()
    edited: Sequence[str] = ()
    edited_more: Sequence[str] = ()
    conditioned: Sequence[Pair] = ()


@dataclass(frozen=True, slots=True, eq=False)
class FigureMaterial:
    """What figures are drawn from. `told` says in words where `clips` come from.

    The first clip of a class is the one shown of it. `left_out` is another model, which was trained without some
    classes. Without it, `gallery` and `films` the figures that need them are left out.
    """

    told: str
    clips: Sequence[LabelledClip]
    gallery: Gallery | None = None
    films: Films | None = None
    left_out: LeftOut | None = None
    shown: Shown = field(default_factory=Shown)
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.clips:
            raise ValueError("figures need at least one sound: no stage may have been trained on it")

    @property
    def labels(self) -> list[str]:
        """The classes, in the order in which they first come."""
        return list(dict.fromkeys(clip.label for clip in self.clips))

    def first(self, label: str) -> LabelledClip:
        """Return the clip that is shown of a class."""
        return next(clip for clip in self.clips if clip.label == label)

    def some(self, asked: Sequence[str], most: int) -> list[LabelledClip]:
        """Return a clip of each class `asked` for that there is; where there is none, of `most` classes, spread."""
        labels = [label for label in asked if label in self.labels] or spread(self.labels, most)
        return [self.first(label) for label in labels[:most]]

    def pairs(self, asked: Sequence[Pair], most: int) -> list[tuple[LabelledClip, LabelledClip]]:
        """Return the same of pairs of classes. Raises CannotDrawError for fewer than two classes."""
        if len(self.labels) < 2:
            raise CannotDrawError(f"two classes are needed, and all sounds are of {self.labels[0]}")
        known = [pair for pair in asked if set(pair) <= set(self.labels)]
        chosen = known or spread(list(combinations(self.labels, 2)), most)
        return [(self.first(one), self.first(other)) for one, other in chosen[:most]]


def spread(items: Sequence[_T], most: int) -> list[_T]:
    """Return at most so many of `items`, evenly spread, the first and the last among them."""
    places = np.linspace(0, len(items) - 1, min(most, len(items)))
    return [items[place] for place in dict.fromkeys(places.round().astype(int).tolist())]
