"""What a model is measured on: the held-out part of anything `prepare` wrote, or a folder of labelled sounds.

Clips are read one by one; what cannot be read is the caller's to leave out. Torch-free.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from s2s.data.clip_source import DataError, Sound
from s2s.data.corpus import Split, recording_of
from s2s.data.esc10 import OTHER, TEST_FOLDS, TRAINING_FOLDS, Recording, read_recordings
from s2s.data.prepared import PreparedData
from s2s.data.scene_recordings import read_scene_recordings, recordings_of
from s2s.data.scene_recordings import recording_of as recording_of_window
from s2s.files.folders import SOUNDS, files_under
from s2s.training.inputs.pair_sources import ChosenMoments, WorldPairs, moments_of
from s2s.training.inputs.pairs import PairSource
from s2s.training.inputs.sources import open_source
from s2s.world.state import SCENES, SceneState
from s2s.world.takes import WorldTakes, take_of

Kind = Literal["world", "films", "recordings"]
Picture = NDArray[np.uint8]

FEWEST: Final = 2
_ESC10_NAME: Final = re.compile(r"\d-(\d+)-[A-Z]")


class Clips(Protocol):
    """n held-out clips, by row."""

    @property
    def name(self) -> str:
        """The data's."""
        ...

    @property
    def kind(self) -> Kind:
        """What kind of data they are."""
        ...

    @property
    def ids(self) -> Sequence[str]:
        """A name for each, [n]."""
        ...

    @property
    def labels(self) -> Sequence[str | None]:
        """The class of each where it has one, [n]."""
        ...

    @property
    def recordings(self) -> Sequence[str]:
        """What each was cut from, [n]."""
        ...

    @property
    def has_pictures(self) -> bool:
        """Whether `picture` may be asked for."""
        ...

    def sound(self, row: int) -> Sound:
        """Return the sound, mono [n] at 16 kHz. Raises ValueError, OSError for one that cannot be read."""
        ...

    def picture(self, row: int) -> Picture:
        """Return the picture [h, w, 3]. Raises as `sound`."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PairClips:
    """The held-out pairs of prepared data; `training` are the ids of those to train on."""

    name: str
    kind: Kind
    pairs: PairSource
    source: WorldTakes | PreparedData
    ids: Sequence[str]
    recordings: Sequence[str]
    training: Sequence[str]
    labels: Sequence[str | None] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", [self.pairs.label(one) for one in self.ids])

    @property
    def has_pictures(self) -> bool:
        """Whether films were prepared with their pictures."""
        return isinstance(self.source, WorldTakes) or self.source.num_frames(self.ids[0]) > 0

    def sound(self, row: int) -> Sound:
        """Return the pair's."""
        return self.pairs.sound(self.ids[row])

    def picture(self, row: int) -> Picture:
        """Return the pair's."""
        return np.asarray(self.pairs.pictures(self.ids[row])[0])

    def training_picture(self, number: int) -> Picture:
        """Return the picture of pair `number` of `training`."""
        return np.asarray(self.pairs.pictures(self.training[number])[0])

    def states(self) -> list[SceneState]:
        """Return what is known of the world's takes. Raises TypeError for other data."""
        if not isinstance(self.source, WorldTakes):
            raise TypeError("only the world's takes have states")
        return [self.source.counts.state(take_of(one)) for one in self.ids]


@dataclass(frozen=True, slots=True, eq=False)
class SoundClips:
    """Recordings of known scenes, without pictures."""

    name: str
    found: Sequence[Recording]
    kind: Kind = "recordings"
    has_pictures: bool = False
    ids: Sequence[str] = field(init=False)
    labels: Sequence[str | None] = field(init=False)
    recordings: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        stems = [f"{one.scene}/{one.path.stem}" for one in self.found]
        object.__setattr__(self, "ids", stems)
        object.__setattr__(self, "labels", [one.scene for one in self.found])
        object.__setattr__(self, "recordings", [f"{one.scene}/{recording_of_window(one.path)}" for one in self.found])

    def sound(self, row: int) -> Sound:
        """Return the recording, ten seconds of it."""
        return self.found[row].sound

    def picture(self, row: int) -> Picture:
        """Raise ValueError: there is none."""
        raise ValueError(f"{self.ids[row]} is a sound alone")


def open_clips(folder: Path, moments: Path | None = None, most: int | None = None) -> PairClips | SoundClips:
    """Return the clips of `folder` that nothing is trained on; of films the frames that `moments` names, as `select`
    wrote them, else the middle ones; at most `most`, as many of each class as of any other, evenly spread in it.

    Raises DataError, ValueError for a folder of another kind, for fewer than two clips, for clips of one class alone,
    and where training and held-out clips share a recording.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; expected one that `prepare` wrote, or CLASS/… of labelled sounds")
    clips = _pairs(folder, moments, most) if (folder / "about.json").exists() else _sounds(folder, most)
    if len(clips.ids) < FEWEST:
        raise DataError(f"{folder}: expected at least {FEWEST} held-out clips to measure on, got {len(clips.ids)}")
    classes = {label for label in clips.labels if label is not None}
    if len(classes) == 1:
        raise DataError(f"{folder}: all held-out clips are of one class, {classes.pop()}: nothing can be told apart")
    return clips


def _pairs(folder: Path, moments: Path | None, most: int | None) -> PairClips:
    source = open_source(folder)
    pairs: PairSource
    if isinstance(source, WorldTakes):
        pairs = WorldPairs(source)
        sources = {one: one for one in pairs.ids}
    else:
        chosen = moments_of(source, moments) if moments is not None else None
        pairs = ChosenMoments(source, max(source.about.settings.px), chosen)
        sources = {one: recording_of(source.rows[one].source) for one in pairs.ids}
    split = _by_split(pairs)
    every = split["test"] or split["val"]
    held_out = _spread(every, [pairs.label(one) for one in every], most)
    shared = {sources[one] for one in split["train"]} & {sources[one] for one in held_out}
    if shared:
        raise _sharing(folder, shared)
    kind: Kind = "world" if isinstance(source, WorldTakes) else "films"
    return PairClips(folder.name, kind, pairs, source, held_out, [sources[one] for one in held_out], split["train"])


def _by_split(pairs: PairSource) -> dict[Split, list[str]]:
    splits: dict[Split, list[str]] = {"train": [], "val": [], "test": []}
    for one in pairs.ids:
        splits[pairs.split(one)].append(one)
    return splits


def _spread(ids: Sequence[str], labels: Sequence[str | None], most: int | None) -> list[str]:
    """Return at most `most` ids, in their order. Takes of the world come class by class in turns: every fourth of
    28 is of seven classes alone, so turns are taken class by class.
    """
    if most is None or len(ids) <= most:
        return list(ids)
    by_class: dict[str | None, list[int]] = {}
    for row, label in enumerate(labels):
        by_class.setdefault(label, []).append(row)
    shares = [len(part) for part in np.array_split(range(most), len(by_class))]
    kept: set[int] = set()
    for rows, share in zip(by_class.values(), shares, strict=True):
        kept |= {rows[int(place)] for place in np.linspace(0, len(rows) - 1, min(share, len(rows))).astype(int)}
    return [ids[row] for row in sorted(kept)]


def _sounds(folder: Path, most: int | None) -> SoundClips:
    """Read fold 3 of a folder as ESC-10 is, else the windows for testing."""
    names = [path for path in files_under(folder, SOUNDS) if path.parent.parent == folder]
    if not names:
        raise DataError(f"{folder} holds neither what `prepare` wrote nor sounds in CLASS/…")
    if all(_ESC10_NAME.fullmatch(path.stem) for path in names):
        _check_folds(folder, names)
        found = read_recordings(folder, TEST_FOLDS)
    else:
        scenes = _scenes_of(folder)
        _check_windows(folder, scenes)
        found = [one for one in read_scene_recordings(folder, "test", scenes) if one.scene != OTHER]
    kept = set(_spread([str(one.path) for one in found], [one.scene for one in found], most))
    return SoundClips(folder.name, [one for one in found if str(one.path) in kept])


def _scenes_of(folder: Path) -> list[str]:
    """Return the classes, the world's own first and in its order: which recordings are for testing hangs on it."""
    others = sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name not in (*SCENES, OTHER))
    return [*SCENES, *others]


def _check_folds(folder: Path, paths: Sequence[Path]) -> None:
    test, train = (_sources_in(paths, folds) for folds in (TEST_FOLDS, TRAINING_FOLDS))
    if shared := test & train:
        raise _sharing(folder, shared)


def _sources_in(paths: Sequence[Path], folds: Sequence[int]) -> set[str]:
    return {path.stem.split("-")[1] for path in paths if int(path.name[0]) in folds}


def _check_windows(folder: Path, scenes: Sequence[str]) -> None:
    test, train = (set(_names(recordings_of(folder, part, scenes))) for part in ("test", "train"))
    if shared := test & train:
        raise _sharing(folder, shared)


def _names(recordings: Iterator[Sequence[Path]]) -> Iterator[str]:
    return (recording_of_window(files[0]) for files in recordings)


def _sharing(folder: Path, shared: set[str]) -> DataError:
    few = ", ".join(sorted(shared)[:3])
    return DataError(
        f"{folder}: {len(shared)} recordings are both trained on and held out ({few}): a model is not measured by what "
        "it has learnt; split by recording"
    )
