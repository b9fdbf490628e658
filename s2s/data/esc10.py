"""Real recordings in folders as ESC-10 has them (K. J. Piczak 2015): FOLDER/CLASS/FOLD-NAME.ogg.

The first digit of a file's name is its fold; clips of one original recording share a fold. Whatever was shaped or
trained with recordings used folds 1 and 2, so that fold 3 alone answers honestly.
"""

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from s2s.data.clip_source import DataError, Sound
from s2s.files.folders import SOUNDS, files_under
from s2s.media.audio import AudioFileError, read_audio
from s2s.rates import SAMPLE_RATE_HZ

TRAINING_FOLDS: Final = (1, 2)
TEST_FOLDS: Final = (3,)
SCENE_OF_CLASS: Final = {
    "rain": "rain",
    "sea_waves": "sea",
    "fire_crackling": "fire",
    "helicopter": "helicopter",
    "rooster": "rooster",
    "clock_tick": "clock",
    "chainsaw": "chainsaw",
    "dog_bark": "dog",
}
"""The label that our own data has for each class that it shows, by the class's folder."""
OTHER: Final = "other"
UNKNOWN_CLASSES: Final = ("baby_cry", "person_sneeze")
"""Folders of what our own data has no label for."""
_CLIP_S: Final = 10.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording, mono at 16 kHz as it is in its file, and the scene that it belongs to."""

    path: Path
    scene: str
    whole: Sound

    @property
    def sound(self) -> Sound:
        """The sound [160 000], repeated to ten seconds.

        ESC-50 pads short clips with digital silence, which no microphone ever hears: it is left out.
        """
        sounding = np.flatnonzero(np.abs(self.whole) > 0)
        heard = self.whole[: sounding[-1] + 1] if len(sounding) else self.whole
        return np.resize(heard, int(_CLIP_S * SAMPLE_RATE_HZ))


def read_recordings(folder: Path, folds: Collection[int], scenes: Collection[str] = ()) -> list[Recording]:
    """Read the recordings of `folds`, of `scenes` alone where any are given. A broken file is left out with a warning.

    Raises DataError where there are none, or none can be read.
    """
    classes = {name: scene for name, scene in SCENE_OF_CLASS.items() if not scenes or scene in scenes}
    return _read(folder, folds, classes)


def read_unknown(folder: Path, folds: Collection[int]) -> list[Recording]:
    """Read the recordings of `folds` that are none of our scenes, as of scene `OTHER`. Raises as `read_recordings`."""
    return _read(folder, folds, dict.fromkeys(UNKNOWN_CLASSES, OTHER))


def _read(folder: Path, folds: Collection[int], classes: Mapping[str, str]) -> list[Recording]:
    listed = [(path, scene) for name, scene in classes.items() for path in _files(folder / name, folds)]
    if not listed:
        expected = ", ".join(classes)
        raise DataError(f"{folder} holds no recordings CLASS/FOLD-… of folds {tuple(folds)}; classes are {expected}")
    found = []
    for path, scene in listed:
        try:
            found.append(Recording(path, scene, read_audio(path, SAMPLE_RATE_HZ)))
        except AudioFileError as error:
            _log.warning("left out: %s", error)
    if not found:
        raise DataError(f"{folder} holds {len(listed)} recordings of folds {tuple(folds)}, and none can be read")
    return found


def _files(folder: Path, folds: Collection[int]) -> Iterator[Path]:
    digits = {str(fold) for fold in folds}
    return (path for path in sorted(files_under(folder, SOUNDS)) if path.name[:1] in digits)
