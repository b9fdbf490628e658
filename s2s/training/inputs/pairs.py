"""What f_A is trained on, computed once: each clip's spectrogram, and f_V's features of the pictures that go with it.

The published code computes both anew at every step. Two arrays in a folder, read by memory map; writing goes on where
it stopped. Written by one process.
"""

import json
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Protocol, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from s2s.data.clip_source import DataError, Frames, Sound
from s2s.data.corpus import Split
from s2s.files.array_store import ArrayStore, read_rows, rows_done
from s2s.files.atomic_write import write_text
from s2s.models.image_encoder import PictureEncoder
from s2s.spectrogram import fit_clip, log_power, normalise
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.inputs.image_features import raw_features
from s2s.training.inputs.moments import fingerprint

_log = logging.getLogger(__name__)

Normalisation = Literal["clip", "fixed"]
_ABOUT: Final = "pairs.json"
LOG_SPECTROGRAMS: Final = "heard"  # as the file is called
FEATURES: Final = "features"
_LEFT_OUT: Final = -1.0
"""The first feature of a clip that could not be read; f_V's are never negative."""
_SAVED_EVERY: Final = 64
_AT_ONCE: Final = 32
_MEASURED_ON: Final = 256


class PairSource(Protocol):
    """Sounds and the pictures that go with each, by id."""

    @property
    def ids(self) -> Sequence[str]:
        """Every pair's id, in a fixed order."""
        ...

    @property
    def pictures_each(self) -> int:
        """How many pictures a sound has at most."""
        ...

    @property
    def choice(self) -> Mapping[str, Any]:
        """What else decides which sounds and pictures the ids stand for, by name, in plain values."""
        ...

    def split(self, pair_id: str) -> Split:
        """Return where the pair belongs."""
        ...

    def label(self, pair_id: str) -> str | None:
        """Return its class, where one is known: for measuring."""
        ...

    def weight(self, pair_id: str) -> float:
        """Return how often it is drawn, relative to the others."""
        ...

    def calibrated(self, pair_id: str) -> bool:
        """Return whether its level is true: whether it tells how near the thing is."""
        ...

    def sound(self, pair_id: str) -> Sound:
        """Return the sound, mono [n] at 16 kHz within ±1. Raises ValueError, OSError for one that cannot be read."""
        ...

    def pictures(self, pair_id: str) -> Frames:
        """Return its pictures [k, px, px, 3], 1 to `pictures_each` of them. Raises as `sound`."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """An opened folder of n pairs; `train`, `held_out` and `test` are row numbers of those that could be read.

    `log_spectrograms` float16 [n, bins, frames] are log power above the floor, 0 where there is nothing: in this form
    half precision keeps a thousandth. `features` float32 [n, k, d] are f_V's, not normalised. `spec` is what f_A hears.
    """

    train: NDArray[np.int64]
    held_out: NDArray[np.int64]
    test: NDArray[np.int64]
    ids: tuple[str, ...]
    classes: tuple[str, ...]
    labels: NDArray[np.int64]
    weights: NDArray[np.float64]
    calibrated: NDArray[np.bool_]
    spec: SpectrogramSpec
    log_spectrograms: NDArray[np.float16]
    features: NDArray[np.float32]

    @property
    def feature_dim(self) -> int:
        """Numbers in one feature."""
        return int(self.features.shape[2])

    @property
    def chances(self) -> NDArray[np.float64]:
        """How likely each of `train` is drawn; they sum to one."""
        weights = self.weights[self.train]
        chances: NDArray[np.float64] = weights / weights.sum()
        return chances

    def log_spectrograms_of(self, rows: NDArray[np.int64]) -> Tensor:
        """Return the log spectrograms of `rows` [k, bins, frames], float32, read in the order of the disk."""
        return torch.from_numpy(read_rows(self.log_spectrograms, rows))

    def normalised(self, log_spectrograms: Tensor) -> Tensor:
        """Return the network's input [b, 1, bins, frames], as `s2s.spectrogram` gives it, of [b, bins, frames]."""
        # A clip's own mean takes every constant away; adding one first costs float32 all that is faint, and makes
        # silence ±1 instead of 0.
        constant = math.log(self.spec.floor) if self.spec.normalisation == "fixed" else 0.0
        return normalise(log_spectrograms + constant, self.spec).float().unsqueeze(1)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `write_pairs` finished. Raises DataError where it did not, or too little of it could be used."""
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        if (done := rows_done(folder)) < len(about["ids"]):
            raise DataError(f"{folder} is unfinished ({done} of {len(about['ids'])} pairs): run the same command again")
        arrays = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in (LOG_SPECTROGRAMS, FEATURES))
        log_spectrograms, features = arrays
        usable = features[:, 0, 0] != _LEFT_OUT
        splits = np.array(about["splits"])
        train, held_out, test = (np.flatnonzero(usable & (splits == name)) for name in ("train", "val", "test"))
        if len(train) < 2:
            raise DataError(f"expected at least two pairs to train on, got {len(train)} of {len(usable)}")
        spec = SpectrogramSpec.from_dict(about["spec"])
        if about["normalisation"] == "fixed":
            spec = measured_spec(log_spectrograms, train, spec)
        classes = sorted({label for label in about["labels"] if label is not None})
        labels = np.array([-1 if label is None else classes.index(label) for label in about["labels"]])
        weights = np.array(about["weights"], np.float64)
        calibrated = np.array(about["calibrated"], bool)
        ids = tuple(about["ids"])
        known = (ids, tuple(classes), labels, weights, calibrated)
        return cls(train, held_out, test, *known, spec, log_spectrograms, features)


def write_pairs(
    source: PairSource,
    encoder: PictureEncoder,
    folder: Path,
    spec: SpectrogramSpec | None = None,
    normalisation: Normalisation = "fixed",
) -> Pairs:
    """Compute what f_A is trained on into `folder`, and open it; what is there already is kept.

    A pair that cannot be read is left out with a warning in the log. Raises DataError where the folder holds other
    pairs, or those of another f_V.
    """
    spec = spec or SpectrogramSpec()
    ids = list(source.ids)
    about = {
        "ids": ids,
        "splits": [source.split(one) for one in ids],
        "labels": [source.label(one) for one in ids],
        "weights": [source.weight(one) for one in ids],
        "calibrated": [source.calibrated(one) for one in ids],
        "encoder": fingerprint(encoder),
        "spec": _unmeasured(spec).to_dict(),
        "normalisation": normalisation,
        **source.choice,
    }
    _check_about(folder, about)
    rows = {
        LOG_SPECTROGRAMS: ((spec.num_bins, spec.num_frames), np.float16),
        FEATURES: ((source.pictures_each, encoder.embedding_dim), np.float32),
    }
    store = ArrayStore.to_fill(folder, len(ids), rows)
    with tqdm(total=len(ids), initial=store.done, desc="pairs", unit=" clip", disable=None) as bar:
        for few in store.left(_AT_ONCE):
            parts = (store.arrays[name][few.start : few.stop] for name in (LOG_SPECTROGRAMS, FEATURES))
            _compute(source, encoder, spec, ids[few.start : few.stop], *parts)
            bar.update(len(few))
            if few.stop % _SAVED_EVERY < _AT_ONCE or few.stop == len(ids):
                store.mark(few.stop)
    return Pairs.open(folder)


def _compute(
    source: PairSource,
    encoder: PictureEncoder,
    spec: SpectrogramSpec,
    ids: Sequence[str],
    log_spectrograms: NDArray[np.float16],
    features: NDArray[np.float32],
) -> None:
    """Fill the rows of `ids`; f_V looks at the pictures of all of them at once."""
    pictures: list[Frames] = []
    rows = []
    for row, pair_id in enumerate(ids):
        try:
            level = log_power(fit_clip(source.sound(pair_id), spec), spec) - math.log(spec.floor)
            pictures.append(source.pictures(pair_id))
        except (ValueError, OSError) as error:
            _log.warning("%s is left out: %s", pair_id, " ".join(str(error).split()))
            features[row] = _LEFT_OUT
            continue
        log_spectrograms[row] = level.clamp_min(0.0).half().numpy()
        rows.append(row)
    if rows:
        seen = raw_features(encoder, np.concatenate(pictures)).numpy()
        ends = np.cumsum([len(few) for few in pictures])
        for row, few in zip(rows, np.split(seen, ends[:-1]), strict=True):
            features[row] = np.resize(few, features[row].shape)  # where there are few they are repeated


def measured_spec(
    log_spectrograms: NDArray[np.float16], train: NDArray[np.int64], spec: SpectrogramSpec
) -> SpectrogramSpec:
    """Return `spec` with mean and deviation of log power over evenly spread training clips."""
    chosen = train[np.unique(np.linspace(0, len(train) - 1, _MEASURED_ON).astype(int))]
    levels = [np.float64(log_spectrograms[row]) + math.log(spec.floor) for row in chosen]
    mean, square = np.mean([(level.mean(), np.square(level).mean()) for level in levels], axis=0)
    deviation = float(np.sqrt(max(square - mean**2, 1e-6)))
    return SpectrogramSpec.from_dict(
        {**spec.to_dict(), "normalisation": "fixed", "mean": round(float(mean), 4), "deviation": round(deviation, 4)}
    )


def _unmeasured(spec: SpectrogramSpec) -> SpectrogramSpec:
    """Return `spec` without mean and deviation, which belong to other sounds."""
    kept = {name: value for name, value in spec.to_dict().items() if name not in ("mean", "deviation")}
    return SpectrogramSpec.from_dict({**kept, "normalisation": "clip"})


def _check_about(folder: Path, about: dict[str, Any]) -> None:
    path = folder / _ABOUT
    folder.mkdir(parents=True, exist_ok=True)
    there = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    # What an older folder does not say, it cannot say otherwise: it is added now.
    if different := [name for name, value in json.loads(json.dumps(about)).items() if there.get(name, value) != value]:
        raise DataError(f"{folder} holds pairs with other {', '.join(different)}: choose another --cache")
    if not about.keys() <= there.keys():
        write_text(path, json.dumps({**there, **about}) + "\n")
