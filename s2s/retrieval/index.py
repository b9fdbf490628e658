"""Retrieval: the images of a folder that lie nearest to a sound, and the other way round. Runs in the calling thread.

The paper compares its generator with a retrieval that shares f_A (section 4.3, table 1, C), and its generated pictures
with the nearest ones of the training set (figure S8): both are an `Index` and `nearest`.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from s2s.bundle import Bundle
from s2s.card import AUDIO_ENCODER, IMAGE_ENCODER
from s2s.retrieval.cache import EmbeddingCache, FileIdentity, Vector, user_cache
from s2s.retrieval.embedding import MediaKind, Skipped, embed_files, files_in, sight

_MAKE: Final[Mapping[MediaKind, int]] = {"images": 1, "sounds": 2}
"""Raise one when files are read or embedded differently: what was kept before is then made anew."""

_KEEP_EVERY: Final = 256  # files; a run that is killed loses no more
_QUERIES_AT_ONCE: Final = 64
_ROUNDING: Final = 1e-5  # well above what float32 sums of some thousand products of unit vectors are off by


@dataclass(frozen=True, slots=True)
class Match:
    """A file that was found and the cosine of its angle to the query, -1..1."""

    path: Path
    similarity: float


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Every file of one kind in a folder as a point of the model's space.

    `paths` are sorted; `embeddings` are their unit vectors, float32 [n, h_dim]; `skipped` could not be read;
    `num_kept` of the embeddings came from the cache.
    """

    paths: tuple[Path, ...]
    embeddings: NDArray[np.float32]
    skipped: tuple[Skipped, ...] = ()
    num_kept: int = 0

    def nearest(self, h: Tensor, count: int) -> list[list[Match]]:
        """Return, for each unit query of `h` [q, h_dim], its `count` nearest files; see `nearest`."""
        return nearest(h, self.paths, self.embeddings, count)


def nearest(h: Tensor, paths: Sequence[Path], embeddings: NDArray[np.float32], count: int) -> list[list[Match]]:
    """Return, for each unit query of `h` [q, h_dim], the `count` nearest of `paths`, best first, or all if fewer.

    `embeddings` [n, h_dim] are the unit vectors of `paths`. Exact: every pair is compared. Files of equal similarity
    come in the order of their paths. Raises ValueError for shapes that do not fit or a count below 1.
    """
    if h.ndim != 2 or embeddings.shape != (len(paths), h.shape[1]):
        raise ValueError(
            f"expected queries [q, d] and {len(paths)} embeddings [n, d], got {h.shape}, {embeddings.shape}"
        )
    if count < 1:
        raise ValueError(f"count must be at least 1, got {count}")
    queries = h.detach().float().cpu().numpy()
    if not np.isfinite(queries).all():
        raise ValueError("a query holds NaN or infinity")
    matches: list[list[Match]] = []
    for start in range(0, len(queries) if len(paths) else 0, _QUERIES_AT_ONCE):
        some = queries[start : start + _QUERIES_AT_ONCE]
        for query, similarities in zip(some, some @ embeddings.T, strict=True):  # [some, n]
            matches.append(_best(query, similarities, paths, embeddings, count))
    return matches or [[] for _ in queries]


def index_folder(model: Bundle, folder: Path, kind: MediaKind, *, cache: Path | None = None) -> Index:
    """Return the index of all files of `kind` in `folder` and below, films counted as sounds (their track).

    Embeddings are kept in `cache`, or in the user's own (`user_cache`), for each model, folder and kind, and only new
    or changed files are embedded: one is the same while its path, size and time of writing are. Files that cannot be
    read are skipped. Raises ImageFileError or AudioFileError for a folder without such files, ValueError where none
    can be read, BundleError for images where the model cannot see, OSError.
    """
    if kind == "images":
        sight(model)
    files = files_in(folder, kind)
    identities, skipped = _identities(files, folder)
    kept = EmbeddingCache((cache or user_cache()) / _place(model, folder.resolve(), kind), model.generator.h_dim)
    known = kept.read(identities.values())
    missing = {file: identity for file, identity in identities.items() if identity not in known}
    made, unreadable = _embed_missing(model, missing, kind, kept)
    kept.tidy(identities.values())
    skipped += unreadable
    vectors = known | made
    paths = tuple(file for file, identity in identities.items() if identity in vectors)
    if not paths:
        raise ValueError(
            f"{folder}: none of its {len(files)} {kind} can be read; {skipped[0].path}: {skipped[0].reason}"
        )
    return Index(paths, np.stack([vectors[identities[path]] for path in paths]), tuple(skipped), len(known))


def _best(
    query: NDArray[np.float32],
    similarities: NDArray[np.float32],
    paths: Sequence[Path],
    embeddings: NDArray[np.float32],
    count: int,
) -> list[Match]:
    """Choose the best by similarity, then path.

    A matrix product rounds equal rows differently by where they stand, so it only nominates; the candidates are
    compared in float64, row by row alike.
    """
    count = min(count, len(paths))
    least = np.partition(similarities, -count)[-count] - _ROUNDING
    candidates = np.flatnonzero(similarities >= least)
    exact = (embeddings[candidates].astype(np.float64) * query.astype(np.float64)).sum(axis=1).clip(-1.0, 1.0)
    matches = [Match(paths[int(row)], float(similarity)) for row, similarity in zip(candidates, exact, strict=True)]
    return sorted(matches, key=lambda match: (-match.similarity, match.path))[:count]


def _identities(files: Sequence[Path], folder: Path) -> tuple[dict[Path, FileIdentity], list[Skipped]]:
    """Note what every file is before it is read: one that changes meanwhile is embedded again next time."""
    identities, skipped = {}, []
    for file in files:
        try:
            identities[file] = FileIdentity.of(file, folder)
        except OSError as error:
            skipped.append(Skipped(file, error.strerror or str(error)))
    return identities, skipped


def _embed_missing(
    model: Bundle, missing: Mapping[Path, FileIdentity], kind: MediaKind, kept: EmbeddingCache
) -> tuple[dict[FileIdentity, Vector], list[Skipped]]:
    """Embed files, keeping what is done every so often and when stopped; return what was made and what skipped."""
    made: dict[FileIdentity, Vector] = {}
    unkept: dict[FileIdentity, Vector] = {}
    skipped: list[Skipped] = []
    try:
        with tqdm(total=len(missing), desc=kind, unit=" files", disable=None if missing else True) as bar:
            for outcome in embed_files(model, list(missing), kind):
                bar.update()
                if isinstance(outcome, Skipped):
                    skipped.append(outcome)
                    continue
                made[missing[outcome.path]] = unkept[missing[outcome.path]] = outcome.h
                if len(unkept) >= _KEEP_EVERY:
                    kept.add(unkept)
                    unkept = {}
    finally:
        kept.add(unkept)
    return made, skipped


def _place(model: Bundle, folder: Path, kind: MediaKind) -> Path:
    """Name the cache of one model, folder and kind: another of any of them is another cache."""
    card = model.card
    weights = model.path / (IMAGE_ENCODER if kind == "images" else AUDIO_ENCODER)
    sizes = card.image_encoder if kind == "images" else card.audio_encoder
    assert sizes is not None  # a model that cannot see was refused
    # A square is told by its side, as it always was: what is kept stays valid.
    width_px, height_px = card.squash_px
    squashed = {"side_px": width_px} if width_px == height_px else {"width_px": width_px, "height_px": height_px}
    reading = squashed if kind == "images" else asdict(card.spectrogram)
    about = json.dumps([_MAKE[kind], kind, sizes.model_dump(mode="json"), reading], sort_keys=True)
    with weights.open("rb") as file:
        encoder = hashlib.file_digest(file, "sha256").hexdigest()
    made_by = hashlib.sha256((about + encoder).encode()).hexdigest()
    return Path(f"{kind}-{made_by[:16]}") / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
