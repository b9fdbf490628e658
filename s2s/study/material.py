"""The held-out sounds that people hear: the test part of what `prepare` wrote, or of sounds in folders by category."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from s2s.data.clip_source import DataError, Sound
from s2s.data.esc10 import OTHER, SCENE_OF_CLASS, TEST_FOLDS
from s2s.data.prepared import PreparedData
from s2s.data.scene_recordings import recording_of, recordings_of
from s2s.files.folders import SOUNDS, files_under, is_hidden
from s2s.media.audio import read_audio
from s2s.rates import SAMPLE_RATE_HZ
from s2s.study.plan import ListedClip
from s2s.training.inputs.pair_sources import ChosenMoments, WorldPairs, moments_of
from s2s.training.inputs.pairs import PairSource
from s2s.training.inputs.sources import open_source
from s2s.world.takes import WorldTakes

_FOLD: Final = re.compile(r"[1-9]-")
_CLIP_S: Final = 10.0


class Material(Protocol):
    """Labelled sounds that no model was trained on."""

    @property
    def kind(self) -> str:
        """What they are, in words."""
        ...

    @property
    def clips(self) -> Sequence[ListedClip]:
        """All of them, in a fixed order."""
        ...

    @property
    def has_pictures(self) -> bool:
        """Whether each sound has a picture that was taken with it."""
        ...

    def sound(self, clip_id: str) -> Sound:
        """Return the sound, mono [n] at 16 kHz within ±1. Raises ValueError, OSError, AudioFileError."""
        ...

    def picture(self, clip_id: str) -> NDArray[np.uint8]:
        """Return the picture that goes with the sound, RGB [h, w, 3]. Raises ValueError without one, OSError."""
        ...


@dataclass(frozen=True, slots=True)
class PreparedMaterial:
    """The test clips of what `prepare` wrote, as pairs of sound and picture."""

    kind: str
    pairs: PairSource
    clips: Sequence[ListedClip]
    has_pictures: bool = True

    def sound(self, clip_id: str) -> Sound:
        """Return the pair's sound."""
        return self.pairs.sound(clip_id)

    def picture(self, clip_id: str) -> NDArray[np.uint8]:
        """Return the pair's first picture."""
        return np.asarray(self.pairs.pictures(clip_id)[0])


@dataclass(frozen=True, slots=True)
class LabelledSounds:
    """Sounds alone, by category; ids are CATEGORY/FILE."""

    kind: str
    files: Mapping[str, Path]
    clips: Sequence[ListedClip]
    has_pictures: bool = False

    def sound(self, clip_id: str) -> Sound:
        """Return the first ten seconds of the file."""
        return read_audio(self.files[clip_id], SAMPLE_RATE_HZ, max_samples=int(_CLIP_S * SAMPLE_RATE_HZ))

    def picture(self, clip_id: str) -> NDArray[np.uint8]:
        """Raise ValueError: sounds alone have none."""
        raise ValueError(f"{clip_id} has no picture")


def open_material(folder: Path, moments: Path | None = None) -> Material:
    """Return the held-out sounds in `folder`: prepared clips, or CATEGORY/FILE with `other` for what is none.

    Of prepared films, `moments` names the frames that `select` chose; else each clip's middle one is its picture. Of
    files whose names begin with a fold as ESC-10's do, fold 3 is heard; of other files, by recording, the third that
    `s2s.data.scene_recordings` keeps for testing. Raises DataError where there is none, ValueError.
    """
    if (folder / "about.json").is_file():
        return _prepared(folder, moments)
    if moments is not None:
        raise ValueError(f"--moments are for prepared films; {folder} holds none")
    return _labelled(folder)


def _prepared(folder: Path, moments: Path | None) -> PreparedMaterial:
    source = open_source(folder)
    pairs: PairSource
    if isinstance(source, PreparedData):
        px = max(source.about.settings.px)
        pairs = ChosenMoments(source, px, moments_of(source, moments) if moments else None)
        kind, recordings = "prepared films", {one: row.source for one, row in source.rows.items()}
    elif moments is None:
        pairs, kind, recordings = WorldPairs(source), "takes of the world", {one: one for one in source.ids}
    else:
        raise ValueError("--moments are for films; the world's takes are one moment each")
    clips = tuple(_test_clips(pairs, recordings))
    if not clips:
        raise DataError(f"{folder} holds no test clips with a category: `prepare` it with some for test")
    return PreparedMaterial(kind, pairs, clips, _has_frames(source))


def _has_frames(source: PreparedData | WorldTakes) -> bool:
    return isinstance(source, WorldTakes) or not source.about.settings.sound_only


def _test_clips(pairs: PairSource, recordings: Mapping[str, str]) -> Iterator[ListedClip]:
    for one in pairs.ids:
        label = pairs.label(one)
        if pairs.split(one) == "test" and label is not None:
            yield ListedClip(one, label, recordings[one])


def _labelled(folder: Path) -> LabelledSounds:
    names = sorted(path.name for path in folder.iterdir() if path.is_dir() and not is_hidden(path.name))
    categories = [name for name in names if name != OTHER]
    files = [path for name in categories for path in sorted(files_under(folder / name, SOUNDS))]
    if not files:
        raise DataError(f"{folder} holds neither what `prepare` wrote nor sounds in folders CATEGORY/FILE")
    folds = all(_FOLD.match(path.name) for path in files)
    heard = [path for path in files if int(path.name[0]) in TEST_FOLDS] if folds else _test_third(folder, categories)
    if not heard:
        expected = f"a fold of {TEST_FOLDS}" if folds else "two recordings in a category"
        raise DataError(f"{folder} holds no sounds to test with: expected {expected}, found {len(files)} files")
    ids = {f"{path.relative_to(folder).as_posix()}": path for path in heard}
    clips = tuple(ListedClip(one, _category(folder, path), recording_of(path)) for one, path in ids.items())
    return LabelledSounds("sounds by category" + ", fold 3" * folds, ids, clips)


def _test_third(folder: Path, categories: Sequence[str]) -> list[Path]:
    found = (path for files in recordings_of(folder, "test", categories) for path in files)
    return [path for path in found if path.relative_to(folder).parts[0] != OTHER]


def _category(folder: Path, path: Path) -> str:
    name = path.relative_to(folder).parts[0]
    return SCENE_OF_CLASS.get(name, name)
