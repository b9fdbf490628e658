"""What ears for real rooms are trained on: sounds of known scenes, each with what f_V would see of it from far to near.

The world's takes, recordings of its scenes, and sounds that are none of them. Spectrograms and features are computed
once, into two arrays read by memory map; writing goes on where it stopped.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from s2s.data.clip_source import DataError, Sound
from s2s.data.corpus import Split
from s2s.files.array_store import ArrayStore, read_rows, rows_done
from s2s.files.atomic_write import write_text
from s2s.models.image_encoder import PictureEncoder
from s2s.spectrogram import fit_clip, log_power, normalise
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.inputs.image_features import raw_features
from s2s.training.inputs.pairs import measured_spec
from s2s.world.painter import Painter
from s2s.world.state import SCENES, SceneState

RUNGS: Final = 4
"""Pictures of one sound's thing, evenly from the farthest to the nearest."""
ABOUT: Final = "scene_sounds.json"
_LOG_SPECTROGRAMS: Final = "heard"
_LADDERS: Final = "ladders"
_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class SceneSound:
    """One sound and what is known of it. `state` tells what of the world it stands for, None for none of its scenes.

    `nearness` is how near it sounds, by its level where that is all there is: outside 0..1 for a level that the world
    does not have. `hour` is known of takes alone. `weight` is how often it is drawn, relative to the others.
    """

    name: str
    split: Split
    state: SceneState | None
    nearness: float
    hour: float | None
    recorded: bool
    weight: float

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**asdict(self), "state": None if self.state is None else asdict(self.state)}


class SceneSoundSource(Protocol):
    """Sounds by number."""

    @property
    def sounds(self) -> Sequence[SceneSound]:
        """All of them, in a fixed order."""
        ...

    def read(self, number: int) -> Sound:
        """Return sound `number`, mono [n] at 16 kHz within ±1."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class SceneSounds:
    """An opened folder of n sounds; `train` and `held_out` are row numbers.

    `labels` [n] are numbers into `SCENES`, -1 for none of them; `nearness`, `hours` (NaN where unknown) and `recorded`
    as `SceneSound` has them. `log_spectrograms` float16 [n, bins, frames] are log power above the floor; `ladders`
    float32 [n, 4, d] unit features of f_V from far to near, zeros where there is no scene.
    """

    train: NDArray[np.int64]
    held_out: NDArray[np.int64]
    labels: NDArray[np.int64]
    nearness: NDArray[np.float32]
    hours: NDArray[np.float32]
    recorded: NDArray[np.bool_]
    weights: NDArray[np.float64]
    spec: SpectrogramSpec
    log_spectrograms: NDArray[np.float16]
    ladders: NDArray[np.float32]

    @property
    def feature_dim(self) -> int:
        """Numbers in one feature."""
        return int(self.ladders.shape[2])

    @property
    def chances(self) -> NDArray[np.float64]:
        """How likely each of `train` is drawn; they sum to one."""
        weights = self.weights[self.train]
        chances: NDArray[np.float64] = weights / weights.sum()
        return chances

    def log_spectrograms_of(self, rows: NDArray[np.int64]) -> Tensor:
        """Return the log spectrograms of `rows` [k, bins, frames], float32, read in the order of the disk."""
        return torch.from_numpy(read_rows(self.log_spectrograms, rows))

    def crops_of(self, rows: NDArray[np.int64], starts: NDArray[np.int64], columns: int) -> Tensor:
        """Return `columns` columns of the log spectrograms of `rows` [k] from column `starts` [k] on, float32 [k, bins,
        columns]; after the last one comes the first.
        """
        frames = self.spec.num_frames
        crops = np.empty((len(rows), self.spec.num_bins, columns), np.float32)
        for crop, row, start in zip(crops, rows, starts, strict=True):
            head = min(columns, frames - int(start))
            crop[:, :head] = self.log_spectrograms[row, :, start : start + head]
            crop[:, head:] = self.log_spectrograms[row, :, : columns - head]
        return torch.from_numpy(crops)

    def normalised(self, log_spectrograms: Tensor) -> Tensor:
        """Return the network's input [b, 1, bins, frames], as `s2s.spectrogram` gives it, of [b, bins, frames]."""
        return normalise(log_spectrograms + math.log(self.spec.floor), self.spec).float().unsqueeze(1)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `write_scene_sounds` finished. Raises DataError where it did not."""
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        sounds = about["sounds"]
        if (done := rows_done(folder)) < len(sounds):
            raise DataError(f"{folder} is unfinished ({done} of {len(sounds)} sounds): run the same command again")
        log_spectrograms, ladders = (
            np.load(folder / f"{name}.npy", mmap_mode="r") for name in (_LOG_SPECTROGRAMS, _LADDERS)
        )
        splits = np.array([one["split"] for one in sounds])
        train, held_out = np.flatnonzero(splits == "train"), np.flatnonzero(splits == "val")
        spec = measured_spec(log_spectrograms, train, SpectrogramSpec.from_dict(about["spec"]))
        labels = [-1 if one["state"] is None else SCENES.index(one["state"]["scene"]) for one in sounds]
        hours = [math.nan if one["hour"] is None else one["hour"] for one in sounds]
        return cls(
            train,
            held_out,
            np.array(labels),
            np.array([one["nearness"] for one in sounds], np.float32),
            np.array(hours, np.float32),
            np.array([one["recorded"] for one in sounds], bool),
            np.array([one["weight"] for one in sounds], np.float64),
            spec,
            log_spectrograms,
            ladders,
        )


def write_scene_sounds(
    source: SceneSoundSource, encoder: PictureEncoder, folder: Path, spec: SpectrogramSpec, px: int = 128
) -> SceneSounds:
    """Compute what the ears are trained on into `folder`, and open it; what is there already is kept.

    f_V looks at pictures of `px` pixels a side. Needs OpenGL. Raises DataError where the folder holds other sounds.
    """
    about = {"spec": spec.to_dict(), "px": px, "sounds": [one.as_dict() for one in source.sounds]}
    check_about(folder, about)
    rows = {
        _LOG_SPECTROGRAMS: ((spec.num_bins, spec.num_frames), np.float16),
        _LADDERS: ((RUNGS, encoder.embedding_dim), np.float32),
    }
    store = ArrayStore.to_fill(folder, len(source.sounds), rows)
    with Painter(px) as painter, tqdm(total=len(source.sounds), initial=store.done, desc="sounds", disable=None) as bar:
        for few in store.left(_AT_ONCE):
            for row in few:
                level = log_power(fit_clip(source.read(row), spec), spec) - math.log(spec.floor)
                store.arrays[_LOG_SPECTROGRAMS][row] = level.clamp_min(0.0).half().numpy()
            states = [source.sounds[row].state for row in few]
            store.arrays[_LADDERS][few.start : few.stop] = _ladders(states, painter, encoder)
            store.mark(few.stop)
            bar.update(len(few))
    return SceneSounds.open(folder)


def _ladders(states: Sequence[SceneState | None], painter: Painter, encoder: PictureEncoder) -> NDArray[np.float32]:
    """Return unit features [n, 4, d] of each state's thing from far to near; zeros where there is none."""
    ladders = np.zeros((len(states), RUNGS, encoder.embedding_dim), np.float32)
    shown = [(place, state) for place, state in enumerate(states) if state is not None]
    steps = [replace(state, nearness=rung / (RUNGS - 1)) for _, state in shown for rung in range(RUNGS)]
    if steps:
        seen = torch.nn.functional.normalize(raw_features(encoder, painter.paint(steps)), dim=1)
        ladders[[place for place, _ in shown]] = seen.reshape(len(shown), RUNGS, -1).numpy()
    return ladders


def check_about(folder: Path, about: dict[str, Any]) -> None:
    path = folder / ABOUT
    folder.mkdir(parents=True, exist_ok=True)
    if path.exists() and _weightless(json.loads(path.read_text(encoding="utf-8"))) != _weightless(about):
        raise DataError(f"{folder} holds other sounds: choose another --cache")
    write_text(path, json.dumps(about) + "\n")


def _weightless(about: dict[str, Any]) -> dict[str, Any]:
    """Return what the arrays depend on: not on how often a sound is drawn."""
    plain = json.loads(json.dumps(about))
    return {**plain, "sounds": [{**sound, "weight": None} for sound in plain["sounds"]]}
