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

from s2s.data.esc10 import SCENE_OF_CLASS, TEST_FOLDS, TRAINING_FOLDS, read_recordings
from s2s.evaluate.sound_classifier import CLIP_S, LabelledSounds, log_power_of, train_sound_classifier
from s2s.world.sounds import synthesize
from s2s.world.state import SCENES, draw_state

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
        """Return one line per scene: how many of it were named rightly, and what the others were taken for."""
        lines = []
        for scene, row in zip(self.rows, self.counts, strict=True):
            taken = sorted(zip(row, self.columns, strict=True), key=lambda pair: -pair[0])
            others = ", ".join(f"{name} {count}" for count, name in taken if count and name != scene)
            lines.append(f"{scene:12s}{row[self.columns.index(scene)]:3d} of {sum(row):2d}   {others}".rstrip())
        return lines


@dataclass(frozen=True, slots=True)
class RealismAnswer:
    """What one listener makes of recordings.

    `with_recordings` tells whether recordings of `TRAINING_FOLDS` taught it beside the world; `folds` are those it was
    asked about; its answers were any scene of the world's, or with `shared_only` one of the recorded.
    """

    with_recordings: bool
    folds: tuple[int, ...]
    shared_only: bool
    confusion: Confusion

    @property
    def title(self) -> str:
        """What was asked, in words."""
        teacher = "the world and folds 1-2" if self.with_recordings else "the world alone"
        used = ", which the world was shaped after" if self.folds == TRAINING_FOLDS else ""
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

    verdicts: tuple[RealismAnswer, ...]

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
    """Teach a listener `takes` sounds of every scene and another the recordings of `TRAINING_FOLDS` too; ask both.

    Raises DataError for a folder without recordings of the shared scenes, or where none can be read.
    """
    tuned, held_out = (recordings_of(recordings, folds, scenes) for folds in (TRAINING_FOLDS, TEST_FOLDS))
    progress(f"synthesising {takes} takes of each of {len(scenes)} scenes")
    world = synthesise_takes(scenes, takes, FIRST_SEED + seed * takes)
    progress(f"teaching a listener by the world alone, {steps} steps")
    alone = train_sound_classifier(world, len(scenes), steps=steps, seed=seed)
    progress(f"teaching another by the world and folds 1-2, {steps} steps")
    mixed = train_sound_classifier(world, len(scenes), steps=steps, seed=seed, recordings=tuned)
    asked = (
        (False, TEST_FOLDS, alone.answer(held_out), held_out.scene),
        (True, TEST_FOLDS, mixed.answer(held_out), held_out.scene),
        (False, TRAINING_FOLDS, alone.answer(tuned), tuned.scene),
    )
    return Realism(
        tuple(
            RealismAnswer(
                with_recordings, folds, shared_only, confusion_of(logits, truth, scenes, shared_only=shared_only)
            )
            for with_recordings, folds, logits, truth in asked
            for shared_only in (False, True)
        )
    )


def recordings_of(folder: Path, folds: Sequence[int], scenes: Sequence[str]) -> LabelledSounds:
    """Return the recordings of `folds` whose class is one of `scenes`. Raises DataError where there are none."""
    recordings = read_recordings(folder, folds, scenes)
    numbers = torch.tensor([scenes.index(one.scene) for one in recordings])
    return LabelledSounds(torch.stack([log_power_of(one.whole) for one in recordings]), numbers)


def synthesise_takes(scenes: Sequence[str], takes: int, first_seed: int) -> LabelledSounds:
    """Return `takes` sounds of every scene, each of a seed of its own."""
    states = [draw_state(scene, first_seed + take) for scene in scenes for take in range(takes)]
    sounds = [log_power_of(synthesize(state, duration_s=CLIP_S)) for state in states]
    return LabelledSounds(torch.stack(sounds), torch.arange(len(scenes)).repeat_interleave(takes))


def confusion_of(logits: Tensor, truth: Tensor, scenes: Sequence[str], *, shared_only: bool) -> Confusion:
    """Return what `logits` [n, scenes] answer where `truth` [n] is right; with `shared_only` among recorded scenes."""
    columns = [number for number, scene in enumerate(scenes) if not shared_only or scene in SCENE_OF_CLASS.values()]
    answers = torch.tensor(columns)[logits[:, columns].argmax(dim=1)]
    rows = sorted(set(truth.tolist()))
    counts = tuple(tuple(int(((truth == row) & (answers == column)).sum()) for column in columns) for row in rows)
    return Confusion(tuple(scenes[row] for row in rows), tuple(scenes[column] for column in columns), counts)
