"""Which model and which sound a log speaks of: SHA-256 of their files. May take as long as a disk does."""

import hashlib
from pathlib import Path
from typing import Final

_OF_A_MODEL: Final = (".safetensors", ".yaml", ".png")
_MOST_BYTES: Final = 2**28
"""Of a sound; an evening's WAV file has more, and would keep a disk busy while the show begins."""
_PIECE_BYTES: Final = 2**20


def model_sha256(folder: Path) -> str:
    """Return what tells the bundle in `folder` from any other: of its files, by name. Raises OSError."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if path.suffix in _OF_A_MODEL and path.is_file()):
        digest.update(path.name.encode("utf-8", "surrogateescape") + b"\0")
        _add(digest, path, None)
    return digest.hexdigest()


def sound_sha256(path: Path) -> str:
    """Return what tells the sound file from any other: of its length and its first 256 MiB. Raises OSError."""
    digest = hashlib.sha256(str(path.stat().st_size).encode())
    _add(digest, path, _MOST_BYTES)
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", path: Path, most_bytes: int | None) -> None:
    left = most_bytes
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES if left is None else min(_PIECE_BYTES, left)):
            digest.update(piece)
            left = None if left is None else left - len(piece)
