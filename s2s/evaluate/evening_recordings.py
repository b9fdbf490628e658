"""Real recordings by class and by what they were cut from, for the films of a made evening.

Folders lie as ESC-10 does, CLASS/FOLD-RECORDING-TAKE.ogg, or as windows of the world's scenes do,
SCENE/RECORDING-NUMBER.ogg; a class that the world shows goes by its scene's name. Of ESC-10 fold 3 is to test with; of
other recordings every third; no recording is on both sides.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from s2s.data.clip_source import DataError, Sound
from s2s.data.esc10 import OTHER, SCENE_OF_CLASS, TEST_FOLDS
from s2s.data.scene_recordings import recording_of
from s2s.files.folders import SOUNDS, files_under
from s2s.media.audio import read_audio
from s2s.rates import SAMPLE_RATE_HZ
from s2s.world.state import SCENES

Part = Literal["train", "test"]
_FOLD: Final = re.compile(r"([1-5])-\d+")
_EVERY: Final = 3


@dataclass(frozen=True, slots=True)
class EveningRecording:
    """One recording of a class, and the files that were cut from it."""

    class_name: str
    name: str
    files: tuple[Path, ...]

    def sound(self, take: int) -> Sound:
        """Return one of its files, mono at 16 kHz [n], without the digital silence that short clips are padded with.

        Raises AudioFileError.
        """
        whole = read_audio(self.files[take % len(self.files)], SAMPLE_RATE_HZ)
        sounding = np.flatnonzero(np.abs(whole) > 0)
        return whole[sounding[0] : sounding[-1] + 1] if len(sounding) else whole


def evening_recordings(folders: Sequence[Path], part: Part, num_classes: int) -> dict[str, list[EveningRecording]]:
    """Return the recordings of `part` by class: the `num_classes` with the most recordings, the same for both parts.

    Raises DataError where fewer classes have recordings to learn from and to test with.
    """
    parts: dict[Part, dict[str, list[EveningRecording]]] = {"train": defaultdict(list), "test": defaultdict(list)}
    for recording, side in _divided(folders):
        parts[side][recording.class_name].append(recording)
    both = parts["train"].keys() & parts["test"]
    sizes = {name: len(parts["train"][name]) + len(parts["test"][name]) for name in both}
    if len(sizes) < num_classes:
        places = ", ".join(map(str, folders))
        raise DataError(
            f"{places}: recordings CLASS/RECORDING-NUMBER.… of {num_classes} classes are wanted, of each some to learn "
            f"from and some to test with; there are {len(sizes)} such classes"
        )
    chosen = sorted(sorted(sizes), key=lambda name: -sizes[name])[:num_classes]
    return {name: parts[part][name] for name in sorted(chosen)}


def scene_of_each(classes: Sequence[str]) -> dict[str, str]:
    """Return the scene whose pictures stand for each class: its own, or one that no class here has."""
    free = iter([scene for scene in reversed(SCENES) if scene not in classes])
    return {name: name if name in SCENES else next(free) for name in classes}


def _divided(folders: Sequence[Path]) -> Iterator[tuple[EveningRecording, Part]]:
    for folder in folders:
        for inside in sorted(path for path in folder.iterdir() if path.is_dir() and path.name != OTHER):
            grouped: dict[str, list[Path]] = defaultdict(list)
            for path in sorted(files_under(inside, SOUNDS)):
                grouped[recording_of(path)].append(path)
            class_name = SCENE_OF_CLASS.get(inside.name, inside.name)
            for number, (name, files) in enumerate(grouped.items()):
                yield EveningRecording(class_name, name, tuple(files)), _part_of(name, number)


def _part_of(name: str, number: int) -> Part:
    fold = _FOLD.match(name)
    is_test = int(fold[1]) in TEST_FOLDS if fold else number % _EVERY == 1
    return "test" if is_test else "train"
