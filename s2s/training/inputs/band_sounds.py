"""What a namer is trained on: the mel bands of sounds of known scenes and of none, computed once.

In an array that is read by memory map; writing goes on where it stopped.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from s2s.data.clip_source import DataError
from s2s.files.array_store import ArrayStore, rows_done
from s2s.mel_bands import BANDS, COLUMNS_A_BAND, mel_bands
from s2s.spectrogram import fit_clip, log_power
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.inputs.scene_sounds import ABOUT, SceneSoundSource, check_about
from s2s.world.state import SCENES

_BANDS: Final = "bands"
_NONE: Final = -1
_AT_ONCE: Final = 64
Pools = Mapping[tuple[int, bool], tuple[NDArray[np.int64], NDArray[np.float64]]]
"""By label and whether they are recorded: rows, and how likely each of them is drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class BandSounds:
    """An opened folder of n sounds; `train` and `held_out` are row numbers.

    `bands` float16 [n, 64, columns] are `mel_bands`; `labels` [n] numbers into `SCENES`, -1 for none of them;
    `recorded` and `weights` [n] as `SceneSound` has them. `spec` is what the bands were made by.
    """

    train: NDArray[np.int64]
    held_out: NDArray[np.int64]
    labels: NDArray[np.int64]
    recorded: NDArray[np.bool_]
    weights: NDArray[np.float64]
    spec: SpectrogramSpec
    bands: NDArray[np.float16]

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `write_band_sounds` finished. Raises DataError where it did not."""
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        sounds = about["sounds"]
        if (done := rows_done(folder)) < len(sounds):
            raise DataError(f"{folder} is unfinished ({done} of {len(sounds)} sounds): run the same command again")
        splits = np.array([one["split"] for one in sounds])
        labels = [_NONE if one["state"] is None else SCENES.index(one["state"]["scene"]) for one in sounds]
        return cls(
            np.flatnonzero(splits == "train"),
            np.flatnonzero(splits == "val"),
            np.array(labels),
            np.array([one["recorded"] for one in sounds], bool),
            np.array([one["weight"] for one in sounds], np.float64),
            SpectrogramSpec.from_dict(about["spec"]),
            np.load(folder / f"{_BANDS}.npy", mmap_mode="r"),
        )

    def pools(self) -> Pools:
        """Return the training rows of each label and domain, recorded or not, and how likely each of them is drawn."""
        rows: dict[tuple[int, bool], list[int]] = defaultdict(list)
        for row in self.train.tolist():
            rows[int(self.labels[row]), bool(self.recorded[row])].append(row)
        weights = {key: self.weights[few] for key, few in rows.items()}
        return {key: (np.array(few), weights[key] / weights[key].sum()) for key, few in rows.items()}

    def crop(self, row: int, start: int, columns: int) -> NDArray[np.float32]:
        """Return `columns` columns of a sound from column `start` on, [64, columns]; after the last comes the first."""
        whole = self.bands[row]
        taken = np.arange(start, start + columns) % whole.shape[1]
        return np.asarray(whole[:, taken], np.float32)


def write_band_sounds(source: SceneSoundSource, folder: Path, spec: SpectrogramSpec) -> BandSounds:
    """Compute the bands of all sounds into `folder`, and open it; what is there already is kept.

    Raises DataError where the folder holds other sounds.
    """
    check_about(folder, {"spec": spec.to_dict(), "sounds": [one.as_dict() for one in source.sounds]})
    columns = -(-spec.num_frames // COLUMNS_A_BAND)
    store = ArrayStore.to_fill(folder, len(source.sounds), {_BANDS: ((BANDS, columns), np.float16)})
    for few in tqdm(store.left(_AT_ONCE), desc="sounds", disable=None):
        for row in few:
            heard = log_power(fit_clip(source.read(row), spec), spec)
            store.arrays[_BANDS][row] = mel_bands(heard, spec).half().numpy()
        store.mark(few.stop)
    return BandSounds.open(folder)
