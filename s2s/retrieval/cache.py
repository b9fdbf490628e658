"""Embeddings of one folder's files, kept on disk between runs. No torch; runs in the calling thread.

A cache is a folder of safetensors parts, each with the list of its files as JSON in its header. A part is written whole
or not at all and never changed, so any number of processes may use one cache at once, and one that is killed loses
only what it had not added: at worst a file is embedded twice. Nothing else may write there.
"""

import json
import logging
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from s2s.files.user import cache_folder

_log = logging.getLogger(__name__)

Vector = NDArray[np.float32]
_FORMAT: Final = "1"
_FULL_PART: Final = 4096  # files; at 2048 numbers each a part takes 32 MiB, and no more is rewritten for one new file
_UNIT_TOLERANCE: Final = 1e-3
_ABANDONED_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """One state of one file: where in its folder, how large, when last written. Contents are not compared."""

    path: str
    size_bytes: int
    mtime_ns: int

    @classmethod
    def of(cls, file: Path, folder: Path) -> Self:
        """Return what `file` in `folder` is now. Raises OSError."""
        state = file.stat()
        return cls(file.relative_to(folder).as_posix(), state.st_size, state.st_mtime_ns)


def user_cache() -> Path:
    """Return where this user's embeddings are kept."""
    return cache_folder("embeddings")


class EmbeddingCache:
    """What is known of a folder's files: unit vectors [dim] by `FileIdentity`, in the folder `place`.

    Damaged parts are removed with a warning in the log, and what they held counts as unknown. Where nothing can be
    written the cache says so once and forgets.
    """

    def __init__(self, place: Path, dim: int) -> None:
        self.place = place
        self._dim = dim
        self._parts: dict[Path, tuple[FileIdentity, ...]] = {}
        self._writes = True

    def read(self, files: Collection[FileIdentity]) -> dict[FileIdentity, Vector]:
        """Return those of `files` that are known."""
        requested = set(files)
        known: dict[FileIdentity, Vector] = {}
        for part in sorted(self.place.glob("part-*.safetensors")):
            held = self._load(part)
            self._parts[part] = tuple(held)
            known.update((file, vector) for file, vector in held.items() if file in requested)
        return known

    def add(self, embeddings: Mapping[FileIdentity, Vector]) -> None:
        """Keep `embeddings`; once this returns they outlive the process."""
        if not embeddings or not self._writes:
            return
        files = [[file.path, file.size_bytes, file.mtime_ns] for file in embeddings]
        about = {"format": _FORMAT, "files": json.dumps(files)}
        part = self.place / f"part-{uuid.uuid4().hex}.safetensors"
        try:
            self.place.mkdir(parents=True, exist_ok=True)
            beside = part.with_suffix(".tmp")
            beside.write_bytes(save({"embeddings": np.stack(list(embeddings.values()))}, metadata=about))
            beside.replace(part)
        except OSError as error:
            self._writes = False
            _log.warning("embeddings cannot be kept in %s: %s; the next run makes them again", self.place, error)
            return
        self._parts[part] = tuple(embeddings)

    def tidy(self, present: Collection[FileIdentity]) -> None:
        """Drop what is not `present` any more and merge small parts; call after `read`."""
        there = set(present)
        small = {part for part, files in self._parts.items() if len(files) < _FULL_PART}
        stale = {part for part, files in self._parts.items() if not there.issuperset(files)}
        if not self._writes or (len(small) < 2 and not stale):
            return
        merged: dict[FileIdentity, Vector] = {}
        for part in small | stale:
            merged.update(self._load(part))
        kept = [(file, vector) for file, vector in merged.items() if file in there]
        for start in range(0, len(kept), _FULL_PART):
            self.add(dict(kept[start : start + _FULL_PART]))
        if self._writes:
            for part in small | stale:
                self._remove(part)
            self._sweep()

    def _load(self, part: Path) -> dict[FileIdentity, Vector]:
        try:
            return _read_part(part, self._dim)
        except FileNotFoundError:  # merged by another process since it was listed
            return {}
        except (SafetensorError, OSError, ValueError, TypeError) as error:
            _log.warning("%s is damaged (%s): what it held is embedded again", part, " ".join(str(error).split()))
            self._remove(part)
            return {}

    def _remove(self, part: Path) -> None:
        self._parts.pop(part, None)
        try:
            part.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s cannot be removed: %s", part, error)

    def _sweep(self) -> None:
        """Remove what a killed process left half written; a living one needs seconds for a part."""
        newest_s = max((part.stat().st_mtime for part in self._parts if part.exists()), default=0.0)
        for left in self.place.glob("part-*.tmp"):
            try:
                if newest_s - left.stat().st_mtime > _ABANDONED_S:
                    left.unlink()
            except FileNotFoundError:
                continue


def _read_part(part: Path, dim: int) -> dict[FileIdentity, Vector]:
    """Return what a part holds. Raises OSError, SafetensorError, ValueError or TypeError for one that is not whole."""
    with safe_open(part, framework="numpy") as file:
        about = file.metadata() or {}
        vectors: Vector = file.get_tensor("embeddings")
    if about.get("format") != _FORMAT:
        raise ValueError(f"expected format {_FORMAT}, got {about.get('format')}")
    files = [FileIdentity(str(path), int(size), int(mtime)) for path, size, mtime in json.loads(about["files"])]
    if vectors.dtype != np.float32 or vectors.shape != (len(files), dim):
        raise ValueError(f"expected float32 {[len(files), dim]}, got {vectors.dtype} {list(vectors.shape)}")
    lengths = np.linalg.norm(vectors, axis=1)
    if not (np.abs(lengths - 1.0) < _UNIT_TOLERANCE).all():  # refuses NaN as well
        raise ValueError("holds vectors that are not of unit length")
    return dict(zip(files, vectors, strict=True))
