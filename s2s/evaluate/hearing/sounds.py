"""What is played to a model: the world's own fresh takes, real recordings kept to test with, and unknown sounds."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from s2s.data.clip_source import DataError
from s2s.data.esc10 import OTHER, TEST_FOLDS, UNKNOWN_CLASSES, Recording, read_recordings, read_unknown
from s2s.data.scene_recordings import read_scene_recordings, recording_of
from s2s.evaluate.thing_metrics import FIRST_SEED
from s2s.files.folders import SOUNDS, files_under
from s2s.media.audio import AudioFileError, read_audio
from s2s.rates import SAMPLE_RATE_HZ
from s2s.world.sounds import synthesize
from s2s.world.state import SCENES, SceneState, draw_state

WORLD: Final = "the world's takes"
FOLD_3: Final = "ESC-10, fold 3"
MORE: Final = "more recordings, test third"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSound:
    """Ten seconds of `sound`, float32 [160 000] at 16 kHz; `of` is its scene or, of an unknown sound, its kind.

    `source` names the set and `recording` what it was cut from. The world's takes have a `state`.
    """

    sound: NDArray[np.float32]
    of: str
    source: str
    recording: str
    state: SceneState | None = None


def world_takes(per_scene: int) -> list[LabelledSound]:
    """Return `per_scene` takes of each scene, of seeds that no stage draws."""
    states = [draw_state(SCENES[n % len(SCENES)], FIRST_SEED + n) for n in range(per_scene * len(SCENES))]
    return [
        LabelledSound(synthesize(state).astype(np.float32), state.scene, WORLD, str(state.seed), state)
        for state in tqdm(states, desc="the world's sounds", disable=None)
    ]


def known_recordings(esc10: Path | None, more: Path | None) -> list[LabelledSound]:
    """Return fold 3 of `esc10` and the windows of scenes of `more` that are for testing.

    Raises DataError for a folder that is given and holds none.
    """
    fold_3 = read_recordings(esc10, TEST_FOLDS) if esc10 is not None else []
    windows = read_scene_recordings(more, "test", SCENES) if more is not None else []
    scenes = [one for one in windows if one.scene != OTHER]
    sets = {FOLD_3: fold_3, MORE: scenes}
    return [_labelled(one, one.scene, source) for source, few in sets.items() for one in few]


def unknown_sounds(esc10: Path | None, more: Path | None, folder: Path | None) -> list[LabelledSound]:
    """Return what is none of the world's scenes: of fold 3, of the test windows of `other`, and all of `folder`.

    `folder` holds KIND/RECORDING-NUMBER.…; raises DataError where it holds no sound that can be read.
    """
    has_classes = esc10 is not None and any((esc10 / name).is_dir() for name in UNKNOWN_CLASSES)
    fold_3 = read_unknown(esc10, TEST_FOLDS) if esc10 is not None and has_classes else []
    windows = read_scene_recordings(more, "test", SCENES) if more is not None else []
    others = [one for one in windows if one.scene == OTHER]
    kinds = _kinds(folder) if folder is not None else []
    sets = {FOLD_3: fold_3, MORE: others, folder.name if folder is not None else "": kinds}
    return [_labelled(one, one.path.parent.name, source) for source, few in sets.items() for one in few]


def _kinds(folder: Path) -> list[Recording]:
    found = list(_readable(sorted(path for path in files_under(folder, SOUNDS) if path.parent.parent == folder)))
    if not found:
        raise DataError(f"{folder} holds no unknown sounds KIND/RECORDING-NUMBER.… that can be read")
    return found


def _readable(paths: Sequence[Path]) -> Iterator[Recording]:
    for path in paths:
        try:
            yield Recording(path, path.parent.name, read_audio(path, SAMPLE_RATE_HZ))
        except AudioFileError as error:
            _log.warning("left out: %s", error)


def _labelled(one: Recording, of: str, source: str) -> LabelledSound:
    recording = f"{source}/{of}/{recording_of(one.path)}"
    return LabelledSound(one.sound.astype(np.float32), of, source, recording)
