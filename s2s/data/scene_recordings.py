"""Windows of real recordings, one folder a scene: FOLDER/SCENE/RECORDING-NUMBER.ogg, `other` for what is no scene.

Windows of one recording share the name before the last dash and go one way together: two thirds of the recordings are
to learn from, a third is to test with.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

from s2s.data.clip_source import DataError
from s2s.data.esc10 import OTHER, Recording
from s2s.files.folders import SOUNDS, files_under
from s2s.media.audio import AudioFileError, read_audio
from s2s.rates import SAMPLE_RATE_HZ

Part = Literal["train", "test"]
_EVERY: Final = 3
_log = logging.getLogger(__name__)


def read_scene_recordings(folder: Path, part: Part, scenes: Sequence[str]) -> list[Recording]:
    """Return the windows of `part` under `folder`, in the order of `scenes`, those of no scene last, and by name.

    A broken file is left out with a warning.

    Raises DataError where there is none that can be read.
    """
    found = []
    for path in (path for recording in recordings_of(folder, part, scenes) for path in recording):
        try:
            found.append(Recording(path, path.parent.name, read_audio(path, SAMPLE_RATE_HZ)))
        except AudioFileError as error:
            _log.warning("left out: %s", error)
    if not found:
        known = f"one of {', '.join(scenes)} or {OTHER}"
        raise DataError(f"{folder} holds no recordings SCENE/RECORDING-NUMBER.… to {part} with; SCENE is {known}")
    return found


def recordings_of(folder: Path, part: Part, scenes: Sequence[str]) -> Iterator[Sequence[Path]]:
    """Yield the files of each recording of `part`.

    Of a scene's recordings, by name, the second of every three is for testing; scenes that have only one take turns,
    and every third of them is.
    """
    lone = 0
    for scene in (*scenes, OTHER):
        recordings = _by_recording(folder / scene)
        for number, files in enumerate(recordings):
            is_test = number % _EVERY == 1
            if len(recordings) == 1:
                is_test, lone = lone % _EVERY == 1, lone + 1
            if is_test == (part == "test"):
                yield files


def recording_of(path: Path) -> str:
    """Return which recording the window in `path` was cut from."""
    return path.stem.rpartition("-")[0] or path.stem


def _by_recording(folder: Path) -> list[list[Path]]:
    files: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(files_under(folder, SOUNDS)) if folder.is_dir() else ():
        files[recording_of(path)].append(path)
    return list(files.values())
