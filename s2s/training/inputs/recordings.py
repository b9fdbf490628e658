"""Real recordings beside the synthetic ones: a folder a class of sound files, paired with the world's pictures.

Written for the layout of ESC-10 (K. J. Piczak 2015): the first digit of a file's name is its fold, and clips of one
original recording share a fold. Fold 3 is for testing.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from s2s.evaluate.realism import HELD_OUT, SCENE_OF_CLASS, TUNED
from s2s.files.folders import SOUNDS, files_under
from s2s.media.audio import AudioFileError, read_audio
from s2s.training.inputs.world_arrays import CLIP_S, SAMPLE_RATE_HZ, DataError

TRAINING_FOLDS: Final = TUNED
TEST_FOLDS: Final = HELD_OUT
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recording:
    """One clip at 16 kHz mono, repeated to ten seconds, and the world's scene that it belongs to."""

    path: Path
    scene: str
    sound: NDArray[np.float32]


def read_recordings(folder: Path, folds: tuple[int, ...]) -> list[Recording]:
    """Read the clips of `folds` whose class the world has. Raises DataError where there are none."""
    found = []
    for name, scene in SCENE_OF_CLASS.items():
        for path in sorted(files_under(folder / name, SOUNDS)):
            if path.name[0] in map(str, folds):
                try:
                    found.append(Recording(path, scene, _read(path)))
                except AudioFileError as error:
                    _log.warning("left out: %s", error)
    if not found:
        raise DataError(f"{folder} holds no clips of folds {folds}; expected folders {', '.join(SCENE_OF_CLASS)}")
    return found


def _read(path: Path) -> NDArray[np.float32]:
    sound = read_audio(path, SAMPLE_RATE_HZ)
    # ESC-50 pads short clips with digital silence, which no microphone ever hears: leave it out.
    sounding = np.flatnonzero(np.abs(sound) > 0)
    sound = sound[: sounding[-1] + 1] if len(sounding) else sound
    return np.resize(sound, int(CLIP_S * SAMPLE_RATE_HZ))
