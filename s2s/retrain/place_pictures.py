"""The evening's pictures as a memory learns them: whole, as wide as it paints, and what f_V sees in each."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from s2s.data.annotations import read_annotation
from s2s.data.prepared import PreparedData
from s2s.files.atomic_write import atomic_path
from s2s.models.image_encoder import PictureEncoder
from s2s.retrain.layout import Layout
from s2s.retrain.photos import VenueClips
from s2s.retrain.place_frames import PlaceFrame, place_frames, seen_in
from s2s.retrain.venue import Venue

_log = logging.getLogger(__name__)

FEWEST: Final = 24
"""Fewer would be shown again and again."""
_BLUR: Final = 1 / 12
"""Of the longer side, where a picture's edges are carried on."""


@dataclass(frozen=True, slots=True, eq=False)
class PlacePictures:
    """`pixels` uint8 [n, height, width, 3], and f_V's unit `keys` float32 [n, d] of the frames they were made from."""

    pixels: NDArray[np.uint8]
    keys: NDArray[np.float32]


def place_pictures(
    folder: Path, layout: Layout, encoder: PictureEncoder, size_px: tuple[int, int], learnt: Sequence[str], seed: int
) -> PlacePictures | None:
    """Return a picture of each of the clips `learnt` at its chosen moment, width and height `size_px`, from OUT/cache.

    What is held out is not among them. `None`, with a warning, where there are too few.
    """
    cached = layout.cache / "place-pictures.npz"
    if not cached.exists():
        clips = VenueClips(PreparedData.open(layout.data), Venue.read(folder, seed).photographs)
        moments = read_annotation(layout.moments).moments
        frames = place_frames(folder, clips, {clip_id: moments[clip_id] for clip_id in learnt if clip_id in moments})
        _write(cached, frames, encoder, size_px)
    with np.load(cached) as arrays:
        pixels, keys = arrays["pixels"], arrays["keys"]
    if len(pixels) >= FEWEST:
        return PlacePictures(pixels, keys)
    _log.warning("the generator stays as it is: %d pictures to learn from, at least %d are needed", len(pixels), FEWEST)
    return None


def _write(cached: Path, frames: Sequence[PlaceFrame], encoder: PictureEncoder, size_px: tuple[int, int]) -> None:
    width, height = size_px
    if frames:
        pixels, keys = np.stack([carried_on(one.pixels, size_px) for one in frames]), seen_in(encoder, frames)
    else:
        pixels = np.empty((0, height, width, 3), np.uint8)
        keys = np.empty((0, encoder.embedding_dim), np.float32)
    with atomic_path(cached) as partial, partial.open("wb") as file:
        np.savez(file, pixels=pixels, keys=keys)


def carried_on(picture: NDArray[np.uint8], size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a picture [h, w, 3] whole, as large as width and height `size_px` hold it; beside it its edges go on, and
    lose themselves.
    """
    width, height = size_px
    whole = Image.fromarray(picture)
    scale = min(width / whole.width, height / whole.height)
    fits = max(1, round(whole.width * scale)), max(1, round(whole.height * scale))
    small = np.asarray(whole.resize(fits, Image.Resampling.LANCZOS))
    left, top = (width - fits[0]) // 2, (height - fits[1]) // 2
    beside = ((top, height - fits[1] - top), (left, width - fits[0] - left), (0, 0))
    wide = np.pad(small, beside, mode="symmetric")
    if fits == size_px:
        return wide
    soft = np.asarray(Image.fromarray(wide).filter(ImageFilter.GaussianBlur(_BLUR * max(size_px))))
    inside = np.pad(np.ones((fits[1], fits[0], 1), bool), beside)
    return np.where(inside, wide, soft)
