"""Pictures for the judge that needs the thing, drawn once: things there, absent, abroad and by twos, with masks.

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
from s2s.world.takes import CHUNK, MASK_SCALE
from s2s.world.thing_moments import ThingMoment, draw_thing, draw_two

_ABOUT: Final = "things.json"
_HELD_OUT: Final = 0.06
_AT_ONCE: Final = 16
_FIRST_TWO_SEED: Final = 13_000_000
"""Of the moments of two things; memories of pairs and measures draw theirs elsewhere."""
NO_SECOND: Final = -1


@dataclass(frozen=True, slots=True)
class ThingCounts:
    """How many moments are drawn, how large, from which seed; the first `num_painted` are painted again.

    `num_two` moments of two things come after them, the first third of which is painted again.
    """

    num_moments: int = 11_200
    num_painted: int = 3_360
    height_px: int = 144
    width_px: int = 256
    first_seed: int = 3_000_000
    num_two: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.num_painted <= self.num_moments or self.num_moments < len(CLASSES) or self.num_two < 0:
            raise DataError(f"expected some moments and at most as many painted, got {self}")
        if self.height_px % MASK_SCALE or self.width_px % MASK_SCALE:
            raise DataError(f"masks need sides that {MASK_SCALE} divides, got {self.width_px}x{self.height_px}")

    @property
    def total(self) -> int:
        """The number of moments, those of two things among them."""
        return self.num_moments + self.num_two

    @property
    def painted(self) -> NDArray[np.int64]:
        """The numbers of the moments that are painted again, in order."""
        two = np.arange(self.num_moments, self.num_moments + self.num_two // 3)
        return np.concatenate([np.arange(self.num_painted), two])


@dataclass(frozen=True, slots=True, eq=False)
class Things:
    """Pictures uint8 [n, h, w, 3], masks uint8 [n, h / 4, w / 4], labels int64 [n] that index `CLASSES`.

    `seconds` int64 [n] are the labels of second things, -1 where there is none; a mask covers both.
    `train` and `held_out` are row numbers. A moment that was painted again is on one side with what it was painted of.
    """

    pixels: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    labels: NDArray[np.int64]
    seconds: NDArray[np.int64]
    train: NDArray[np.int64]
    held_out: NDArray[np.int64]

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `write_things` finished. Raises DataError."""
        about = _about(folder)
        if about is None:
            raise DataError(f"{folder} holds no finished pictures of things")
        counts = ThingCounts(**about["counts"])
        again = counts.painted if about["painted"] else counts.painted[:0]
        moments = np.concatenate([np.arange(counts.total), again])
        held = moments % round(1 / _HELD_OUT) == 0
        pixels, masks = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("pixels", "masks"))
        labels = np.array(about["labels"], np.int64)[moments]
        # Folders that were drawn before there were second things do not tell of any.
        seconds = np.array(about.get("seconds", [NO_SECOND] * counts.total), np.int64)[moments]
        return cls(pixels, masks, labels, seconds, np.flatnonzero(~held), np.flatnonzero(held))


def write_things(folder: Path, counts: ThingCounts) -> Things:
    """Draw the moments into `folder`, unless they are there. Raises DataError where the folder holds others."""
    about = _about(folder)
    if about is not None:
        if ThingCounts(**about["counts"]) != counts:
            raise DataError(f"{folder} holds other pictures of things: choose an empty folder")
        return Things.open(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows = counts.total + len(counts.painted)
    pixels = _array(folder / "pixels.npy", (rows, counts.height_px, counts.width_px, 3))
    masks = _array(folder / "masks.npy", (rows, counts.height_px // MASK_SCALE, counts.width_px // MASK_SCALE))
    moments = [draw_thing(counts.first_seed + number) for number in range(counts.num_moments)]
    moments += [draw_two(_FIRST_TWO_SEED + number) for number in range(counts.num_two)]
    _draw(pixels, masks, moments)
    pixels.flush()
    masks.flush()
    labels = [CLASSES.index(moment.thing or NONE) for moment in moments]
    seconds = [CLASSES.index(moment.second) if moment.second else NO_SECOND for moment in moments]
    about = {"counts": asdict(counts), "labels": labels, "seconds": seconds, "painted": False}
    write_text(folder / _ABOUT, json.dumps(about) + "\n")
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
        for start in tqdm(range(0, len(counts.painted), _AT_ONCE), desc="painted again", disable=None):
            few = counts.painted[start : start + _AT_ONCE]
            again = slice(counts.total + start, counts.total + start + len(few))
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


def _draw(pixels: NDArray[np.uint8], masks: NDArray[np.uint8], moments: list[ThingMoment]) -> None:
    # Imported here: what was drawn can be read on a machine without OpenGL.
    from s2s.world.painter import Painter

    height_px, width_px = pixels.shape[1:3]
    with (
        Painter(height_px, width_px=width_px) as painter,
        Painter(height_px // MASK_SCALE, width_px=width_px // MASK_SCALE) as small,
    ):
        for start in tqdm(range(0, len(moments), CHUNK), desc="things", unit_scale=CHUNK, disable=None):
            few = moments[start : start + CHUNK]
            rows = slice(start, start + len(few))
            pixels[rows] = painter.paint_layers([moment.parts for moment in few])
            masks[rows] = small.thing_masks([moment.parts for moment in few])
            two = [number for number, moment in enumerate(few) if moment.second is not None]
            if two:  # the judge gathers what it names under its mask: that must cover the lower thing as well
                lower = small.thing_masks([few[number].parts[:1] for number in two])
                masks[rows][two] = np.maximum(masks[rows][two], lower)
