"""What a model paints from held-out sounds, on sheets for the eye: the bundle's thumbnail, and eight noises of each."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from s2s.evaluate import picture_metrics as measure
from s2s.evaluate.held_out import HeldOut
from s2s.evaluate.trained_model import TrainedModel
from s2s.media.montage import captioned_sheet, contact_sheet
from s2s.training.inputs.pair_sources import WorldPairs
from s2s.training.inputs.pairs import PairSource
from s2s.world.takes import take_of

_SAMPLES: Final = 8  # pictures of each sound on the sheet
_COLUMNS: Final = 7
_MOST_ROWS: Final = 28
_NEAR: Final = 0.75  # where things are well in view


def shown_rows(held: HeldOut, pairs: PairSource) -> list[int]:
    """Return one held-out pair of every class; where no class is known, pairs spread evenly.

    Of the world's takes, the one that is nearest to three quarters near.
    """
    labels = sorted({label for label in held.labels if label is not None})
    if not labels:
        spread = np.linspace(0, len(held.ids) - 1, min(_MOST_ROWS, len(held.ids))).astype(int)
        return [int(row) for row in np.unique(spread)]
    members = {label: [row for row, own in enumerate(held.labels) if own == label] for label in labels}
    if not isinstance(pairs, WorldPairs):
        return [rows[0] for rows in members.values()]
    states = [pairs.data.counts.state(take_of(one)) for one in held.ids]
    ordered = [label for label in pairs.data.classes if label in members]
    return [min(members[label], key=lambda row: abs(states[row].nearness - _NEAR)) for label in ordered]


def write_thumbnail(path: Path, model: TrainedModel, held: HeldOut, pairs: PairSource) -> None:
    """Save a sheet of pictures painted from held-out sounds, one of each class."""
    pictures = measure.paint(model.generator, held.audio[shown_rows(held, pairs)])
    Image.fromarray(contact_sheet(pictures, columns=_COLUMNS)).save(path, optimize=True)


def samples_sheet(model: TrainedModel, held: HeldOut, pairs: PairSource, *, cell_px: int = 128) -> NDArray[np.uint8]:
    """Return a sheet of a row per class: a held-out sound's own picture, then what eight noises make of the sound."""
    rows = shown_rows(held, pairs)
    h = held.audio[rows]
    columns = [measure.paint(model.generator, h, seed=measure.Z_SEED + number) for number in range(_SAMPLES)]
    pictures = [[held.real[row], *(column[number] for column in columns)] for number, row in enumerate(rows)]
    return captioned_sheet(
        pictures,
        row_captions=[held.labels[row] or held.ids[row] for row in rows],
        column_captions=["the take", *(f"z {number + 1}" for number in range(_SAMPLES))],
        title="painted from one held-out sound of each scene, eight noises",
        cell_px=cell_px,
    )
