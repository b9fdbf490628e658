"""Pictures for the judge that needs the thing, drawn once: of things there, absent and abroad, with their masks.

A share of them is also kept as an autoencoder paints it: a soft thing counts as one.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from s2s.data.clip_source import DataError
from s2s.files.atomic_write import write_text
from s2s.models.autoencoder import Autoencoder
from s2s.models.thing_judge import CLASSES, NONE
from s2s.sampling.generate import as_pixels
from s2s.training.inputs.tensors import as_input
from s2s.world.state import SceneState
from s2s.world.takes import CHUNK, MASK_SCALE
from s2s.world.thing_moments import draw_thing

_ABOUT: Final = "things.json"
_HELD_OUT: Final = 0.06
_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class ThingCounts:
    """How many moments are drawn, how large, from which seed; the first `num_painted` are painted again."""

    num_moments: int = 11_200
    num_painted: int = 3_360
    height_px: int = 144
    width_px: int = 256
    first_seed: int = 3_000_000

    def __post_init__(self) -> None:
        if not 0 <= self.num_painted <= self.num_moments or self.num_moments < len(CLASSES):
            raise DataError(f"expected some moments and at most as many painted, got {self}")
        if self.height_px % MASK_SCALE or self.width_px % MASK_SCALE:
            raise DataError(f"masks need sides that {MASK_SCALE} divides, got {self.width_px}x{self.height_px}")


@dataclass(frozen=True, slots=True, eq=False)
class Things:
    """Pictures uint8 [n, h, w, 3], masks uint8 [n, h / 4, w / 4], labels int64 [n] that index `CLASSES`.

    `train` and `held_out` are row numbers. A moment that was painted again is on one side with what it was painted of.
    """

    pixels: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    labels: NDArray[np.int64]
    train: NDArray[np.int64]
    held_out: NDArray[np.int64]

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `write_things` finished. Raises DataError."""
        about = _about(folder)
        if about is None:
            raise DataError(f"{folder} holds no finished pictures of things")
        counts = ThingCounts(**about["counts"])
        numbers = [*range(counts.num_moments), *(range(counts.num_painted) if about["painted"] else ())]
        moments = np.array(numbers, np.int64)
        held = moments % round(1 / _HELD_OUT) == 0
        pixels, masks = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("pixels", "masks"))
        labels = np.array(about["labels"], np.int64)[moments]
        return cls(pixels, masks, labels, np.flatnonzero(~held), np.flatnonzero(held))


def write_things(folder: Path, counts: ThingCounts) -> Things:
    """Draw the moments into `folder`, unless they are there. Raises DataError where the folder holds others."""
    about = _about(folder)
    if about is not None:
        if about["counts"] != asdict(counts):
            raise DataError(f"{folder} holds other pictures of things: choose an empty folder")
        return Things.open(folder)
    folder.mkdir(parents=True, exist_ok=True)
    total = counts.num_moments + counts.num_painted
    pixels = _array(folder / "pixels.npy", (total, counts.height_px, counts.width_px, 3))
    masks = _array(folder / "masks.npy", (total, counts.height_px // MASK_SCALE, counts.width_px // MASK_SCALE))
    moments = [draw_thing(counts.first_seed + number) for number in range(counts.num_moments)]
    _draw(pixels, masks, [moment.parts for moment in moments])
    pixels.flush()
    masks.flush()
    labels = [CLASSES.index(moment.thing or NONE) for moment in moments]
    write_text(folder / _ABOUT, json.dumps({"counts": asdict(counts), "labels": labels, "painted": False}) + "\n")
    return Things.open(folder)


@torch.inference_mode()
def paint_again(folder: Path, painter: Autoencoder) -> Things:
    """Add what `painter` makes of the first moments of a finished folder, unless it is there. Raises DataError."""
    about = _about(folder)
    if about is None:
        raise DataError(f"{folder} holds no finished pictures of things")
    if not about["painted"]:
        counts = ThingCounts(**about["counts"])
        pixels, masks = (np.load(folder / f"{name}.npy", mmap_mode="r+") for name in ("pixels", "masks"))
        for start in tqdm(range(0, counts.num_painted, _AT_ONCE), desc="painted again", disable=None):
            few = slice(start, min(start + _AT_ONCE, counts.num_painted))
            again = slice(counts.num_moments + few.start, counts.num_moments + few.stop)
            pixels[again], masks[again] = as_pixels(painter(as_input(pixels[few]))), masks[few]
        pixels.flush()
        masks.flush()
        write_text(folder / _ABOUT, json.dumps({**about, "painted": True}) + "\n")
    return Things.open(folder)


def _about(folder: Path) -> dict[str, Any] | None:
    path = folder / _ABOUT
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _array(path: Path, shape: tuple[int, ...]) -> np.memmap[tuple[int, ...], np.dtype[np.uint8]]:
    array: np.memmap[tuple[int, ...], np.dtype[np.uint8]]
    array = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
    return array


def _draw(pixels: NDArray[np.uint8], masks: NDArray[np.uint8], moments: list[tuple[SceneState, ...]]) -> None:
    # Imported here: what was drawn can be read on a machine without OpenGL.
    from s2s.world.painter import Painter

    height_px, width_px = pixels.shape[1:3]
    with (
        Painter(height_px, width_px=width_px) as painter,
        Painter(height_px // MASK_SCALE, width_px=width_px // MASK_SCALE) as small,
    ):
        for start in tqdm(range(0, len(moments), CHUNK), desc="things", unit_scale=CHUNK, disable=None):
            few = moments[start : start + CHUNK]
            pixels[start : start + len(few)] = painter.paint_layers(few)
            masks[start : start + len(few)] = small.thing_masks(few)
