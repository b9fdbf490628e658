"""Pictures to train on, decoded once: one array on disk, read by memory map, whatever they come from.

Written by rank 0 while the others wait. Knows no network.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from s2s.data.clip_source import ClipSource, DataError
from s2s.data.corpus import Split
from s2s.files.atomic_write import write_text
from s2s.world.takes import WorldTakes

_log = logging.getLogger(__name__)

UNKNOWN: Final = -1
"""The label of a picture whose class nobody named."""
_PIXELS: Final = "pixels.npy"
_ABOUT: Final = "pictures.json"
_WORLD_HELD_OUT: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Pictures uint8 [n, px, px, 3], and which of them are trained on and which held out, as row numbers.

    All pictures of one recording are on one side. `labels` int64 [n] index `classes`; they are for the judge and for
    measuring alone.
    """

    pixels: NDArray[np.uint8]
    train: NDArray[np.int64]
    held_out: NDArray[np.int64]
    classes: tuple[str, ...]
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        if not len(self.train):
            raise DataError("there are no pictures to train on")

    @property
    def px(self) -> int:
        """Pixels a side."""
        return int(self.pixels.shape[1])

    def of(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the pictures [k, px, px, 3] of `rows`, read in the order in which they lie on the disk."""
        order = np.argsort(rows, kind="stable")
        pictures = np.empty((len(rows), *self.pixels.shape[1:]), np.uint8)
        pictures[order] = self.pixels[rows[order]]
        return pictures

    @classmethod
    def of_world(cls, data: WorldTakes) -> Self:
        """Return the pictures of the world's takes; each moment is a recording of its own, and the last ones are held
        out.
        """
        count = len(data.pictures)
        # Whole turns through the scenes, so that every scene is held out alike; a tiny world keeps all.
        turn = data.counts.num_scenes * data.counts.levels
        first = count - turn * round(count * _WORLD_HELD_OUT / turn)
        rows = np.arange(count)
        return cls(data.pictures, rows[:first], rows[first:], data.classes, data.scenes)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `write_pictures` finished."""
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        splits = np.array(about["splits"])
        pixels = np.load(folder / _PIXELS, mmap_mode="r")
        labels = np.array(about["labels"], np.int64)
        return cls(
            pixels, np.flatnonzero(splits == "train"), np.flatnonzero(splits == "val"), tuple(about["classes"]), labels
        )


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """Which frames of each clip: `per_clip` spread evenly over it, of `px` pixels as prepared."""

    px: int = 128
    per_clip: int = 4

    def __post_init__(self) -> None:
        if self.per_clip < 1:
            raise ValueError(f"at least one picture a clip is needed, got {self.per_clip}")


def open_pictures(source: ClipSource, cache: Path, options: ImageOptions, *, writes: bool = True) -> Pictures:
    """Return the pictures of `source`, films or the world alike.

    The world's are an array already; frames of films are decoded into `cache` by the rank that `writes`, unless they
    are there. Raises what `write_pictures` raises.
    """
    if isinstance(source, WorldTakes):
        return Pictures.of_world(source)
    if writes:
        write_pictures(source, cache, options)
    return Pictures.open(cache)


def write_pictures(
    source: ClipSource, folder: Path, options: ImageOptions, chosen: Mapping[str, Sequence[int]] | None = None
) -> Pictures:
    """Decode frames of the source's clips for training and validation into `folder`, unless they are there.

    `chosen` names the frames of each clip instead. A clip that cannot be read is left out with a warning in the log.
    Raises DataError where the folder holds others, and where none can be read.
    """
    rows = _rows(source, options, chosen)
    clips = [[clip_id, source.split(clip_id), source.label(clip_id), list(frames)] for clip_id, frames in rows]
    about = {"asked": asdict(options), "clips": clips}
    path = folder / _ABOUT
    if path.exists():
        there = json.loads(path.read_text(encoding="utf-8"))
        if {name: there.get(name) for name in about} != about:
            raise DataError(f"{folder} holds other pictures: choose another --cache")
        return Pictures.open(folder)
    folder.mkdir(parents=True, exist_ok=True)
    count = sum(len(frames) for _, frames in rows)
    shape = (count, options.px, options.px, 3)
    pixels = np.lib.format.open_memmap(folder / _PIXELS, mode="w+", dtype=np.uint8, shape=shape)
    members = []
    for number, (clip_id, picture) in enumerate(_decoded(source, rows, options.px)):
        pixels[number] = picture
        members.append((source.split(clip_id), source.label(clip_id)))
    pixels.flush()
    if not members:
        raise DataError(f"of {len(rows)} clips none gave a picture of {options.px} pixels: the log says why")
    _describe(folder, about, members, count)
    return Pictures.open(folder)


def _rows(
    source: ClipSource, options: ImageOptions, chosen: Mapping[str, Sequence[int]] | None
) -> list[tuple[str, tuple[int, ...]]]:
    splits: tuple[Split, ...] = ("train", "val")
    ids = [clip_id for clip_id in source.ids if source.split(clip_id) in splits]
    if chosen is not None:
        return [(clip_id, tuple(chosen[clip_id])) for clip_id in ids if clip_id in chosen]
    return [(clip_id, tuple(_SPREAD for _ in range(options.per_clip))) for clip_id in ids]


_SPREAD: Final = -1
"""Stands for a frame whose number follows from the clip's length, which is known when the clip is read."""


def _decoded(
    source: ClipSource, rows: Sequence[tuple[str, tuple[int, ...]]], px: int
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    for clip_id, numbers in tqdm(rows, desc="pictures", unit=" clip", disable=None):
        try:
            frames = source.frames(clip_id, px)
            if not len(frames):
                raise ValueError("it has no frames")
        except (ValueError, OSError) as error:
            _log.warning("%s is left out: %s", clip_id, " ".join(str(error).split()))
            continue
        spread = ((np.arange(len(numbers)) + 0.5) * len(frames) / len(numbers)).astype(int)
        for place, number in zip(spread, numbers, strict=True):
            yield clip_id, frames[place if number == _SPREAD else min(number, len(frames) - 1)]


def _describe(folder: Path, chosen: dict[str, Any], members: list[tuple[Split, str | None]], count: int) -> None:
    classes = sorted({label for _, label in members if label is not None})
    missing = count - len(members)
    labels = [UNKNOWN if label is None else classes.index(label) for _, label in members] + [UNKNOWN] * missing
    splits = [split for split, _ in members] + ["none"] * missing
    about = {**chosen, "classes": classes, "labels": labels, "splits": splits}
    write_text(folder / _ABOUT, json.dumps(about) + "\n")
