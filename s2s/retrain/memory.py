"""A place's own frames into a bundle: what the show goes back to when a sound is like one of the evening."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import save_file

from s2s.card import MOST_FRAMES, PlaceFrames, read_card, write_card
from s2s.files.atomic_write import write_text
from s2s.place_memory import EMBEDDING, EMBEDDINGS, LONGEST_PX, MEMORY, MOST_BYTES, NAMES, frame_path, listed

Frame = NDArray[np.uint8]

_TRIED: Final = ((LONGEST_PX, 88), (LONGEST_PX, 75), (480, 75), (320, 70), (240, 60))
"""Longest side in pixels and JPEG quality, until a frame takes no more than its part of the room."""


def write_memory(bundle: Path, embeddings: NDArray[np.floating], frames: Sequence[Frame], names: Sequence[str]) -> int:
    """Write frames [h, w, 3] of any size, f_V's `embeddings` of them [n, d] and their names into `bundle`'s `memory/`.

    Of more than 512 evenly spread ones are kept; the card says how many, and they are returned. What was there is
    replaced, and with no frames at all gone. Raises ValueError for counts that differ or embeddings without direction.
    """
    if not len(embeddings) == len(frames) == len(names):
        counts = f"{len(embeddings)} embeddings, {len(frames)} frames, {len(names)} names"
        raise ValueError(f"expected as many of each, got {counts}")
    folder, card = bundle / MEMORY, read_card(bundle)
    rmtree(folder, ignore_errors=True)
    rows = _spread(len(frames))
    if not rows:
        write_card(bundle, card.model_copy(update={"memory": None}))
        return 0
    frame_path(folder, 0).parent.mkdir(parents=True)
    for number, row in enumerate(rows):
        frame_path(folder, number).write_bytes(_jpeg_of(frames[row], MOST_BYTES // len(rows)))
    write_text(folder / NAMES, json.dumps(listed([names[row] for row in rows]), ensure_ascii=False) + "\n")
    unit = _unit(np.asarray(embeddings)[rows])
    save_file({EMBEDDING: unit.astype(np.float16)}, folder / EMBEDDINGS)
    (folder / EMBEDDINGS).chmod(0o644)  # safetensors keeps its files to their owner
    write_card(bundle, card.model_copy(update={"memory": PlaceFrames(frames=len(rows), embedding_dim=unit.shape[1])}))
    return len(rows)


def _spread(count: int) -> list[int]:
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
