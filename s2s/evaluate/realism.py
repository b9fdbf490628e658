"""How real the world sounds, in one number: a listener taught by the world alone, asked about recordings.

The recordings come in folds of folders as ESC-10 does: FOLDER/CLASS/FOLD-NAME.ogg. The world's sounds were shaped
after folds 1 and 2, so that only fold 3 answers honestly. One thread of the caller; minutes of one core.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from s2s.evaluate.sound_classifier import CLIP_S, Heard, as_heard, train_sound_classifier
from s2s.media.audio import AudioFileError, read_audio, sounds_in
from s2s.world.sounds import synthesize
from s2s.world.state import SCENES, draw_state

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
"""The world's scene for every class that has one, by the class's folder."""
TUNED: Final = (1, 2)
HELD_OUT: Final = (3,)
FIRST_SEED: Final = 3_000_000  # no model shipped with the project was trained on takes from here on
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each scene of `rows` was taken for each of `columns`: `counts` [rows][columns]."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def accuracy(self) -> float:
        """The share of sounds that was named rightly; 0 where there are none."""
        right = sum(row[self.columns.index(scene)] for scene, row in zip(self.rows, self.counts, strict=True))
        return right / max(1, sum(map(sum, self.counts)))

    def lines(self) -> list[str]:
        """Return one line a scene: how many of it were named rightly, and what the others were taken for."""
        lines = []
        for scene, row in zip(self.rows, self.counts, strict=True):
            taken = sorted(zip(row, self.columns, strict=True), key=lambda pair: -pair[0])
            others = ", ".join(f"{name} {count}" for count, name in taken if count and name != scene)
            lines.append(f"{scene:12s}{row[self.columns.index(scene)]:3d} of {sum(row):2d}   {others}".rstrip())
        return lines


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one listener makes of recordings.

    `with_recordings` tells whether recordings of `TUNED` taught it beside the world; `folds` are those it was asked
    about; its answers were any scene of the world's, or with `shared_only` one of the recorded.
    """

    with_recordings: bool
    folds: tuple[int, ...]
    shared_only: bool
    confusion: Confusion

    @property
    def title(self) -> str:
        """What was asked, in words."""
        teacher = "the world and folds 1-2" if self.with_recordings else "the world alone"
        used = ", which the world was shaped after" if self.folds == TUNED else ""
        among = f"{len(self.confusion.columns)} scenes"
        return f"taught by {teacher}, asked about fold {'-'.join(map(str, self.folds))}{used}, among {among}"

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as plain data."""
        table = self.confusion
        counts = [dict(zip(table.columns, row, strict=True)) for row in table.counts]
        wrong_or_right = [{name: count for name, count in row.items() if count} for row in counts]
        return {
            "title": self.title,
            "accuracy": table.accuracy,
            "confusion": dict(zip(table.rows, wrong_or_right, strict=True)),
        }


@dataclass(frozen=True, slots=True)
class Realism:
    """Everything that was asked; `number` is the one that counts: the world alone, held-out fold, any answer."""

    verdicts: tuple[Verdict, ...]

    @property
    def number(self) -> float:
        """How often a listener that knows the world alone names a held-out recording, with every scene to choose."""
        return self.verdicts[0].confusion.accuracy


def measure_realism(
    recordings: Path,
    *,
    takes: int = 64,
    steps: int = 1500,
    seed: int = 0,
    scenes: Sequence[str] = SCENES,
    progress: Callable[[str], None] = _log.info,
) -> Realism:
    """Teach a listener `takes` sounds of every scene and another the recordings of `TUNED` too; ask both.

    Raises AudioFileError for a folder without recordings of the shared scenes, or one that cannot be read.
    """
    tuned, held_out = (read_recordings(recordings, folds, scenes) for folds in (TUNED, HELD_OUT))
    progress(f"synthesising {takes} takes of each of {len(scenes)} scenes")
    world = synthesise_takes(scenes, takes, FIRST_SEED + seed * takes)
    progress(f"teaching a listener by the world alone, {steps} steps")
    alone = train_sound_classifier(world, len(scenes), steps=steps, seed=seed)
    progress(f"teaching another by the world and folds 1-2, {steps} steps")
    mixed = train_sound_classifier(world, len(scenes), steps=steps, seed=seed, recordings=tuned)
    asked = (
        (False, HELD_OUT, alone.answer(held_out), held_out.scene),
        (True, HELD_OUT, mixed.answer(held_out), held_out.scene),
        (False, TUNED, alone.answer(tuned), tuned.scene),
    )
    return Realism(
        tuple(
            Verdict(with_recordings, folds, shared_only, confusion_of(logits, truth, scenes, shared_only=shared_only))
            for with_recordings, folds, logits, truth in asked
            for shared_only in (False, True)
        )
    )


def read_recordings(folder: Path, folds: Sequence[int], scenes: Sequence[str]) -> Heard:
    """Return the recordings of `folds` whose class is one of `scenes`; the fold is a file's first digit.

    Raises AudioFileError where there are none.
    """
    found = [
        (path, scenes.index(scene))
        for path in sounds_in(folder)
        if (scene := SCENE_OF_CLASS.get(path.parent.name)) in scenes and path.name[:1] in map(str, folds)
    ]
    if not found:
        wanted = ", ".join(name for name, scene in SCENE_OF_CLASS.items() if scene in scenes)
        raise AudioFileError(folder, f"holds no recordings CLASS/FOLD-… of fold {list(folds)}; classes are {wanted}")
    heard, numbers = [], []
    for path, number in found:
        try:
            heard.append(as_heard(read_audio(path)))
            numbers.append(number)
        except AudioFileError as error:
            _log.warning("left out: %s", error)
    if not heard:
        raise AudioFileError(folder, f"holds {len(found)} recordings of fold {list(folds)}, and none can be read")
    return Heard(torch.stack(heard), torch.tensor(numbers))


def synthesise_takes(scenes: Sequence[str], takes: int, first_seed: int) -> Heard:
    """Return `takes` sounds of every scene, each of a seed of its own."""
    states = [draw_state(scene, first_seed + take) for scene in scenes for take in range(takes)]
    heard = [as_heard(synthesize(state, duration_s=CLIP_S)) for state in states]
    return Heard(torch.stack(heard), torch.arange(len(scenes)).repeat_interleave(takes))


def confusion_of(logits: Tensor, truth: Tensor, scenes: Sequence[str], *, shared_only: bool) -> Confusion:
    """Return what `logits` [n, scenes] answer where `truth` [n] is right; with `shared_only` among recorded scenes."""
    columns = [number for number, scene in enumerate(scenes) if not shared_only or scene in SCENE_OF_CLASS.values()]
    answers = torch.tensor(columns)[logits[:, columns].argmax(dim=1)]
    rows = sorted(set(truth.tolist()))
    counts = tuple(tuple(int(((truth == row) & (answers == column)).sum()) for column in columns) for row in rows)
    return Confusion(tuple(scenes[row] for row in rows), tuple(scenes[column] for column in columns), counts)
