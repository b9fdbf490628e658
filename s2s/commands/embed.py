"""`embed`: the sounds and pictures of a folder as points of the model's space, in a file that NumPy reads."""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from s2s.commands.arguments import Verbs, add_model
from s2s.commands.record import write_run
from s2s.files.names import shown

if TYPE_CHECKING:
    from s2s.bundle import Bundle
    from s2s.retrieval.embedding import MediaKind
    from s2s.retrieval.index import Index

_log = logging.getLogger(__name__)

_KINDS: Final = ("images", "sounds")  # as in `s2s.retrieval.embedding`, which waits for torch
_ABOUT: Final = "sounds and pictures of a folder as points of the model's space, for NumPy"
_STORY: Final = """Write where every sound, film and image of FOLDER lies in the space that they share. OUT.npz holds
`names`, their ways in FOLDER; `classes`, the folders they lie in; `kinds`, sounds or images; `embeddings` [n, d],
float32 of unit length, whose products are cosines; and `model`, which made them. What cannot be read and sounds in
which nothing is heard are left out and named. Embeddings are kept as those of `retrieve`: again takes a moment."""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("embed", help=_ABOUT, description=_STORY)
    verb.add_argument("folder", type=Path, metavar="FOLDER", help="with the folders in it")
    verb.add_argument("out", type=Path, metavar="OUT.npz", help="OUT.json tells what it was made with")
    verb.add_argument("--among", choices=_KINDS, help="embed these alone; default: whatever the folder holds")
    verb.add_argument("--cache", type=Path, metavar="DIR", help="keeps embeddings; default: in the user's cache folder")
    add_model(verb)
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    from s2s import bundle

    if args.out.suffix.lower() != ".npz":
        raise ValueError(f"{args.out}: expected a name that ends in .npz")
    model = bundle.load(args.model, device=args.device)
    indexes = _indexes(model, args)
    made_by = f"{model.card.name} {model.card.version}"
    _write(args.out, args.folder, indexes, made_by)
    skipped = {shown(one.path): one.reason for index in indexes.values() for one in index.skipped}
    for path, reason in skipped.items():
        _log.warning("left out: %s: %s", path, reason)
    counts = {kind: len(index.paths) for kind, index in indexes.items()}
    write_run(args.out, args, {"model": made_by, "embedded": counts, "skipped": skipped})
    numbers = " and ".join(f"{count} {kind}" for kind, count in counts.items())
    print(f"{shown(args.out)}: {numbers}, {len(skipped)} left out")


def _indexes(model: "Bundle", args: argparse.Namespace) -> "dict[MediaKind, Index]":
    """Return what there is of each kind that is wanted. Raises the last refusal where there is nothing at all."""
    from s2s.media.audio import AudioFileError
    from s2s.media.images import ImageFileError
    from s2s.retrieval.index import index_folder

    wanted: Sequence[MediaKind] = [args.among] if args.among else _KINDS
    if args.among is None and model.image_encoder is None:
        _log.warning("%s holds no image encoder: sounds alone are embedded", model.path)
        wanted = ["sounds"]
    found: dict[MediaKind, Index] = {}
    for kind in wanted:
        try:
            found[kind] = index_folder(model, args.folder, kind, cache=args.cache)
        except (AudioFileError, ImageFileError):
            if kind == wanted[-1] and not found:
                raise
    return found


def _write(out: Path, folder: Path, indexes: "dict[MediaKind, Index]", made_by: str) -> None:
    from s2s.files.atomic_write import atomic_path
    from s2s.retrieval.classes import class_of

    paths = [path for index in indexes.values() for path in index.paths]
    arrays: dict[str, Any] = {
        "names": np.array([shown(path.relative_to(folder).as_posix()) for path in paths]),
        "classes": np.array([shown(class_of(path)) for path in paths]),
        "kinds": np.array([kind for kind, index in indexes.items() for _ in index.paths]),
        "embeddings": np.concatenate([index.embeddings for index in indexes.values()]),
        "model": np.array(made_by),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(out) as partial, partial.open("wb") as file:
        np.savez(file, **arrays)
