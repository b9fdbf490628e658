"""The pictures that a model is measured by, and those it is measured against (the rows of the paper's table 1).

Noise is drawn for each picture by its own number, so that a run that goes on paints what it would have painted.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle
from s2s.card import GENERATOR
from s2s.data.clip import jpeg_bytes
from s2s.evaluate.heard_pictures import hear_all, paint_all, see
from s2s.evaluate.metrics.clips import Clips, PairClips
from s2s.evaluate.metrics.readings import PictureSet, Readings, Shown
from s2s.sampling.generate import paint
from s2s.spectrogram import fit_clip

REAL: Final = "real pictures"
FROM_SOUNDS: Final = "pictures from sounds"
FROM_PICTURES: Final = "pictures from pictures"
RETRIEVED: Final = "retrieved by sounds"
PICTURE_SETS: Final = (REAL, FROM_SOUNDS, FROM_PICTURES, RETRIEVED)

HEARD: Final = "heard"
"""The array of z_A, unit length, beside the readings of pictures from sounds."""
_QUALITY: Final = 90
_WEIGHED: Final = 32  # pictures whose mean size as JPEG is that of all
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Painting:
    """A model that paints `each` pictures for every one of `clips`, with noise drawn from `seed`."""

    model: Bundle
    clips: Clips
    each: int
    seed: int

    def real(self) -> PictureSet:
        """Return the clips' own pictures."""
        return PictureSet(REAL, len(self.clips.ids), 1, lambda rows: Shown(*self._real(rows), {}))

    def from_sounds(self) -> PictureSet:
        """Return what is painted from sounds as the show paints them, with z_A of each as `HEARD`."""
        return PictureSet(FROM_SOUNDS, len(self.clips.ids) * self.each, self.each, self._from_sounds)

    def from_pictures(self) -> PictureSet:
        """Return what is painted after what f_V sees in the clips' own pictures."""
        return PictureSet(FROM_PICTURES, len(self.clips.ids) * self.each, self.each, self._from_pictures)

    def _real(self, rows: Sequence[int]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        return _stacked([_or_none(self.clips.picture, row, self.clips.ids[row]) for row in rows])

    def _from_sounds(self, numbers: range) -> Shown:
        # Each sound is heard once, however many pictures are painted from it.
        clips, own = np.unique([number // self.each for number in numbers], return_inverse=True)
        sounds, usable = _stacked([self._sound(int(clip)) for clip in clips])
        heard = hear_all(self.model, list(sounds)).rows(own)
        return Shown(paint_all(self.model, heard, self._noise(numbers)), usable[own], {HEARD: heard.whole.numpy()})

    def _from_pictures(self, numbers: range) -> Shown:
        pictures, usable = self._real([number // self.each for number in numbers])
        return Shown(paint(self.model, self._noise(numbers), see(self.model, pictures)), usable, {})

    def _sound(self, row: int) -> NDArray[np.float32] | None:
        """Return the sound as the model is given it; None for one that cannot be read, or holds nothing."""
        sound = _or_none(self.clips.sound, row, self.clips.ids[row])
        if sound is None:
            return None
        if not len(sound) or not np.abs(sound).max() > 0:
            _log.warning("%s is left out: it is silent", self.clips.ids[row])
            return None
        fitted: NDArray[np.float32] = fit_clip(sound, self.model.spec).numpy()
        return fitted

    def _noise(self, numbers: range) -> Tensor:
        dim = self.model.generator.z_dim
        draws = [np.random.default_rng([self.seed, number]).standard_normal(dim, np.float32) for number in numbers]
        return torch.from_numpy(np.stack(draws))


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """Training pictures that take no more room than G: `rows` of `clips.training`, unit `features` [n, d] of f_V."""

    clips: PairClips
    rows: NDArray[np.int64]
    generator_bytes: int
    picture_bytes: float

    @classmethod
    def as_large_as(cls, model: Bundle, clips: PairClips) -> "Memory":
        """Choose the training pictures, evenly spread, that take as many bytes as JPEG as the weights of G do."""
        whole = len(clips.training)
        some = np.unique(np.linspace(0, whole - 1, min(_WEIGHED, whole)).astype(int))
        sizes = [len(jpeg_bytes(clips.training_picture(int(row)), _QUALITY)) for row in some]
        weights, each = (model.path / GENERATOR).stat().st_size, float(np.mean(sizes))
        count = min(whole, max(1, int(weights / each)))
        return cls(clips, np.unique(np.linspace(0, whole - 1, count).astype(np.int64)), weights, each)

    def pictures(self) -> PictureSet:
        """Return the pictures remembered."""

        def show(numbers: range) -> Shown:
            return Shown(*self._shown(self.rows[numbers.start : numbers.stop]), {})

        return PictureSet("the memory", len(self.rows), 1, show)

    def retrieved(self, heard: Readings, remembered: Readings, features: str) -> PictureSet:
        """Return, for every clip, the picture of the memory whose `features` lie nearest to z_A of its sound."""
        known = remembered.of(features)
        places = self.rows[remembered.rows]
        z_A = np.asarray(heard.arrays[HEARD][:: heard.each])
        usable = np.asarray(heard.arrays["usable"][:: heard.each], dtype=bool)

        def show(rows: range) -> Shown:
            nearest = (z_A[rows.start : rows.stop] @ known.T).argmax(axis=1)
            pictures, there = self._shown(places[nearest])
            return Shown(pictures, there & usable[rows.start : rows.stop], {})

        return PictureSet(RETRIEVED, len(z_A), 1, show)

    def _shown(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        ids = self.clips.training
        return _stacked([_or_none(self.clips.training_picture, int(row), ids[row]) for row in rows])


def _or_none(read: Callable[[int], Any], row: int, name: str) -> Any:
    """Return what `read` gives for `row`; None, with a word in the log, where that fails."""
    try:
        return read(row)
    except (ValueError, OSError) as error:
        _log.warning("%s is left out: %s", name, " ".join(str(error).split()))
        return None


def _stacked(found: list[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return all that are there, another one for those that are not, and which are. Raises ValueError where none is."""
    usable = np.array([one is not None for one in found])
    if not usable.any():
        raise ValueError(f"none of {len(found)} clips in a row can be read: the log says why")
    like = next(one for one in found if one is not None)
    return np.stack([like if one is None else one for one in found]), usable
