"""What a finished model is measured on: pairs that no stage was trained or stopped by, as its networks see them."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.data.clip_source import DataError
from s2s.evaluate.trained_model import TrainedModel
from s2s.spectrogram import fit_clip
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.pairs import PairSource

_log = logging.getLogger(__name__)

MOST_HELD_OUT: Final = 512
MOST_TRAINING: Final = 8_192
_AT_ONCE: Final = 128
FEWEST: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """n pairs of sound and picture; `labels` are their classes, None where nobody named one.

    `sounds` float32 [n, clip_samples], `real` uint8 [n, h, w, 3], `image` and `audio` unit features [n, d].
    """

    ids: Sequence[str]
    sounds: NDArray[np.float32]
    real: NDArray[np.uint8]
    image: Tensor
    audio: Tensor
    labels: Sequence[str | None]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Training pictures as f_V sees them: unit `features` [n, d], with the `ids` and `labels` of their pairs."""

    ids: Sequence[str]
    features: Tensor
    labels: Sequence[str | None]


def hold_out(model: TrainedModel, pairs: PairSource) -> HeldOut:
    """Encode the test pairs, or where there are none those of validation; of many, evenly spread ones.

    A pair that cannot be read is left out with a warning in the log. Raises DataError for fewer than two.
    """
    ids = _of_split(pairs, "test") or _of_split(pairs, "val")
    read = [(one, *both) for one in _spread(ids, MOST_HELD_OUT) if (both := _read(model, pairs, one)) is not None]
    if len(read) < FEWEST:
        raise DataError(f"expected at least {FEWEST} held-out pairs to measure with, got {len(read)} of {len(ids)}")
    sounds, real = np.stack([sound for _, sound, _ in read]), np.stack([picture for *_, picture in read])
    names = [one for one, *_ in read]
    features = encode_pictures(model.image_encoder, real)
    return HeldOut(names, sounds, real, features, model.hear(sounds), [pairs.label(one) for one in names])


def see_training(model: TrainedModel, pairs: PairSource) -> Seen:
    """Return what f_V sees in the first picture of training pairs; of many, of evenly spread ones."""
    ids, features = [], []
    for few in _batches(_spread(_of_split(pairs, "train"), MOST_TRAINING)):
        shown = [(one, picture) for one in few if (picture := _picture(pairs, one)) is not None]
        if shown:
            ids += [one for one, _ in shown]
            features.append(encode_pictures(model.image_encoder, np.stack([picture for _, picture in shown])))
    if not ids:
        raise DataError("none of the training pictures can be read: the log says why")
    return Seen(ids, torch.cat(features), [pairs.label(one) for one in ids])


def _of_split(pairs: PairSource, split: str) -> list[str]:
    return [one for one in pairs.ids if pairs.split(one) == split]


def _spread(ids: Sequence[str], most: int) -> list[str]:
    return [ids[row] for row in np.unique(np.linspace(0, len(ids) - 1, min(most, len(ids))).astype(int))] if ids else []


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def _read(model: TrainedModel, pairs: PairSource, pair_id: str) -> tuple[NDArray[np.float32], NDArray[np.uint8]] | None:
    """Return the sound as the model is given it and the picture; None, with a word in the log, where that fails."""
    picture = _picture(pairs, pair_id)
    try:
        return None if picture is None else (fit_clip(pairs.sound(pair_id), model.spec).numpy(), picture)
    except (ValueError, OSError) as error:
        _log.warning("%s is left out: %s", pair_id, " ".join(str(error).split()))
        return None


def _picture(pairs: PairSource, pair_id: str) -> NDArray[np.uint8] | None:
    try:
        return np.asarray(pairs.pictures(pair_id)[0])
    except (ValueError, OSError) as error:
        _log.warning("%s is left out: %s", pair_id, " ".join(str(error).split()))
        return None
