"""A place's own frames into a bundle: what the show goes back to when a sound is like one of the evening."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from shutil import copytree, rmtree
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import save_file

from s2s.card import MOST_FRAMES, PlaceFrames, read_card, write_card
from s2s.files.atomic_write import atomic_path, write_text
from s2s.place_memory import EMBEDDING, EMBEDDINGS, LONGEST_PX, MEMORY, MOST_BYTES, NAMES, frame_path, listed
from s2s.weight_headers import read_header

Frame = NDArray[np.uint8]

_TRIED: Final = ((LONGEST_PX, 88), (LONGEST_PX, 75), (480, 75), (320, 70), (240, 60))
"""Longest side in pixels and JPEG quality, until a frame takes no more than its part of the room."""


def write_memory(bundle: Path, embeddings: NDArray[np.floating], frames: Sequence[Frame], names: Sequence[str]) -> int:
    """Write frames into `bundle`'s `memory/` as `write_frames` does, and into its card how many; return that."""
    told = write_frames(bundle / MEMORY, embeddings, frames, names)
    return _tell(bundle, told)


def take_memory(bundle: Path, folder: Path) -> int:
    """Copy what `write_frames` wrote into `folder` into a bundle, and into its card how many frames; return that.

    Where nothing was written, the bundle keeps what it has.
    """
    if not (folder / EMBEDDINGS).exists():
        return 0
    rmtree(bundle / MEMORY, ignore_errors=True)
    copytree(folder, bundle / MEMORY)
    (frames, dim), *_ = (entry.shape for entry in read_header(folder / EMBEDDINGS).values())
    return _tell(bundle, PlaceFrames(frames=frames, embedding_dim=dim))


def write_frames(
    folder: Path, embeddings: NDArray[np.floating], frames: Sequence[Frame], names: Sequence[str]
) -> PlaceFrames | None:
    """Write frames [h, w, 3] of any size, f_V's `embeddings` of them [n, d] and their names; return what a card tells.

    Of more than 512 evenly spread ones are kept. What was there is replaced, and with no frames at all gone; the
    embeddings, written last, say that all is there. Raises ValueError for counts that differ or embeddings without
    direction.
    """
    if not len(embeddings) == len(frames) == len(names):
        counts = f"{len(embeddings)} embeddings, {len(frames)} frames, {len(names)} names"
        raise ValueError(f"expected as many of each, got {counts}")
    rows = evenly_spread(len(frames))
    unit = _unit(np.asarray(embeddings)[rows])
    rmtree(folder, ignore_errors=True)
    if not rows:
        return None
    frame_path(folder, 0).parent.mkdir(parents=True)
    for number, row in enumerate(rows):
        frame_path(folder, number).write_bytes(_jpeg_of(frames[row], MOST_BYTES // len(rows)))
    write_text(folder / NAMES, json.dumps(listed([names[row] for row in rows]), ensure_ascii=False) + "\n")
    with atomic_path(folder / EMBEDDINGS) as partial:
        save_file({EMBEDDING: unit.astype(np.float16)}, partial)
        partial.chmod(0o644)  # safetensors keeps its files to their owner
    return PlaceFrames(frames=len(rows), embedding_dim=unit.shape[1])


def _tell(bundle: Path, told: PlaceFrames | None) -> int:
    write_card(bundle, read_card(bundle).model_copy(update={"memory": told}))
    return 0 if told is None else told.frames


def evenly_spread(count: int) -> list[int]:
    """Return the rows of at most 512 of `count` frames, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(MOST_FRAMES, count)).round().astype(int)).tolist() if count else []


def _unit(embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(embeddings.astype(np.float64), axis=1, keepdims=True)
    if not (np.isfinite(lengths) & (lengths > 0.0)).all():
        raise ValueError("expected embeddings of finite length above 0: f_V answers with nothing")
    return np.asarray(embeddings / lengths, np.float32)


def _jpeg_of(frame: Frame, most_bytes: int) -> bytes:
    """Return a frame as the best JPEG of those tried that takes at most so many bytes, else as the smallest."""
    for longest_px, quality in _TRIED:
        picture, written = Image.fromarray(frame), io.BytesIO()
        picture.thumbnail((longest_px, longest_px))
        picture.save(written, format="JPEG", quality=quality)
        if written.tell() <= most_bytes:
            break
    return written.getvalue()
