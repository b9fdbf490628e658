"""A place's own frames beside a model: the folder `memory/` of a bundle. No torch, no pickle.

`memory.safetensors` holds what f_V sees in each frame, `frames/NNN.jpg` the frames, `names.json` what each is called.
The show finds the frame nearest to a sound in it: the retrieval of the paper's table 1 (C), live.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import load_file

from s2s.card import MOST_FRAMES, BundleError, PlaceFrames
from s2s.files.document import Bounds, DocumentError, parse_json
from s2s.media.images import ImageFileError, read_image
from s2s.weight_headers import HALF, Entry, compare_header, read_header

MEMORY: Final = "memory"
EMBEDDINGS: Final = "memory.safetensors"
EMBEDDING: Final = "embedding"
NAMES: Final = "names.json"
FRAMES: Final = "frames"
LONGEST_PX: Final = 640
MOST_BYTES: Final = 20_000_000
"""Of all frames together."""
LONGEST_NAME: Final = 120
_UNIT_WITHIN: Final = 0.01  # half precision and 2048 numbers
_NAME_BOUNDS: Final = Bounds(bytes=MOST_FRAMES * (4 * LONGEST_NAME + 8), values=MOST_FRAMES + 1)


@dataclass(frozen=True, slots=True, eq=False)
class PlaceMemory:
    """n frames of a place: unit `embeddings` float32 [n, d] in f_V's space, and their `names`, in one order."""

    folder: Path
    embeddings: NDArray[np.float32]
    names: tuple[str, ...]

    def frame(self, number: int) -> NDArray[np.uint8]:
        """Return a frame, RGB [h, w, 3] of at most 640 pixels a side. Raises BundleError for one that is damaged."""
        path = frame_path(self.folder, number)
        try:
            return read_image(path)
        except ImageFileError as error:
            raise BundleError(path, "", error.reason) from error


def frame_path(folder: Path, number: int) -> Path:
    """Return where frame `number` lies in the folder of a memory."""
    return folder / FRAMES / f"{number:03d}.jpg"


def read_place_memory(bundle: Path, card: PlaceFrames) -> PlaceMemory:
    """Read and check the memory of the bundle in folder `bundle`; frames are decoded when they are asked for.

    Raises BundleError that names the file: one that is missing, too large, no JPEG, of another number or shape than the
    card says, and embeddings that are no directions.
    """
    folder = bundle / MEMORY
    _check_frames(folder, card.frames)
    return PlaceMemory(folder, _embeddings(folder / EMBEDDINGS, card), _names(folder / NAMES, card.frames))


def _embeddings(path: Path, card: PlaceFrames) -> NDArray[np.float32]:
    expected = {EMBEDDING: Entry((card.frames, card.embedding_dim), HALF)}
    compare_header(path, read_header(path), expected)
    embeddings: NDArray[np.float32] = load_file(path)[EMBEDDING].astype(np.float32)
    lengths = np.linalg.norm(embeddings, axis=1)
    if not (np.abs(lengths - 1.0) <= _UNIT_WITHIN).all():  # NaN is within nothing
        raise BundleError(path, EMBEDDING, "expected directions of length 1")
    return np.asarray(embeddings / lengths[:, None], np.float32)


def _names(path: Path, count: int) -> tuple[str, ...]:
    try:
        with path.open("rb") as file:
            names = parse_json(file.read(_NAME_BOUNDS.bytes + 1), _NAME_BOUNDS)
    except OSError as error:
        raise BundleError(path, "", f"cannot be read: {error.strerror}") from error
    except DocumentError as error:
        raise BundleError(path, error.key, error.message) from error
    if not isinstance(names, list) or not all(map(_is_name, names)) or len(names) != count:
        raise BundleError(path, "", f"expected a list of {count} names of at most {LONGEST_NAME} letters")
    return tuple(names)


def _is_name(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and name.isprintable()


def _check_frames(folder: Path, count: int) -> None:
    paths = [frame_path(folder, number) for number in range(count)]
    for path in paths:
        _check_jpeg(path)
    if (total := sum(path.stat().st_size for path in paths)) > MOST_BYTES:
        most = f"{MOST_BYTES // 1_000_000} MB"
        raise BundleError(folder / FRAMES, "", f"expected at most {most} of frames, got {total / 1e6:.1f} MB")


def _check_jpeg(path: Path) -> None:
    """Look at the beginning of a file: nothing is decoded."""
    try:
        with Image.open(path, formats=("JPEG",)) as image:
            size = image.size
    except OSError as error:
        raise BundleError(path, "", error.strerror or "cannot be read as a JPEG") from error
    if max(size) > LONGEST_PX:
        raise BundleError(path, "", f"expected at most {LONGEST_PX} pixels a side, got {size[0]}×{size[1]}")


def listed(names: Sequence[str]) -> list[str]:
    """Return names as `names.json` may hold them: printable, none empty, none too long."""
    plain = ("".join(letter for letter in name if letter.isprintable()).strip() for name in names)
    return [name[:LONGEST_NAME] or f"frame {number}" for number, name in enumerate(plain)]
