"""`retrieve`: the images of a folder nearest to sounds, and the other way round; figure S8's rows."""

import argparse
import itertools
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from s2s.commands.arguments import Verbs, add_model, at_least
from s2s.commands.files import progress
from s2s.commands.record import write_run
from s2s.files.folders import listed
from s2s.files.names import UnreadableFileError, shown
from s2s.media.montage import Pixels, captioned_sheet, save_png

if TYPE_CHECKING:
    from torch import Tensor

    from s2s.bundle import Bundle
    from s2s.retrieval.classes import Recall
    from s2s.retrieval.embedding import MediaKind
    from s2s.retrieval.index import Index, Match

_log = logging.getLogger(__name__)

_KINDS: Final = ("images", "sounds")  # as in `s2s.retrieval.embedding`, which waits for torch
_CELL_PX: Final = 144
_SKIPPED_NAMED: Final = 5
_SHOWN_QUERIES: Final = 40
_STORY: Final = """Find what lies nearest in the space that sounds and images share, by the cosine of the angle: for a
sound the images of FOLDER, for an image its sounds (films are heard). Embeddings of a folder are kept, so that the
second search takes a moment. A query that lies in FOLDER does not find itself. Where queries lie in folders of the same
names as what is searched, these are classes, and recall at k is told: how often one of the right class is among the
first k. In silence nothing is heard: it is no query, and is not found."""


@dataclass(frozen=True, slots=True, eq=False)
class _Query:
    """A file to search with: what it is searched for among, where it lies [1, h_dim], and how it looks."""

    file: Path
    kind: "MediaKind"
    among: "MediaKind"
    h: "Tensor"
    picture: Pixels


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser("retrieve", help="nearest images to a sound, sounds to an image", description=_STORY)
    verb.add_argument(
        "query", type=Path, nargs="+", metavar="QUERY", help="what to search with: sounds, films, images, folders"
    )
    verb.add_argument("folder", type=Path, metavar="FOLDER", help="what is searched, with the folders in it")
    verb.add_argument("out", type=Path, metavar="OUT.png", help="the sheet; OUT.json beside it holds the ranked paths")
    verb.add_argument("--count", type=at_least(1), default=5, help="how many to find for each query (default 5)")
    verb.add_argument("--among", choices=_KINDS, help="search these alone; default: of the kind that the query is not")
    verb.add_argument(
        "--generated",
        action="store_true",
        help="paint a picture of each query first and search with that, among images: is it new, or remembered?",
    )
    verb.add_argument("--cache", type=Path, metavar="DIR", help="keeps embeddings; default: in the user's cache folder")
    add_model(verb)
    verb.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> None:
    from s2s import bundle
    from s2s.retrieval.index import index_folder

    _check(args)
    model = bundle.load(args.model, device=args.device)
    queries = _queries(model, args)
    indexes = {
        kind: index_folder(model, args.folder, kind, cache=args.cache)
        for kind in dict.fromkeys(query.among for query in queries)
    }
    all_matches = [_nearest_others(query, indexes[query.among], args) for query in queries]
    recalls = _recalls(queries, all_matches, indexes, args.count)
    _draw(model, queries, all_matches, args)
    told = {kind: [asdict(recall) for recall in each] for kind, each in recalls.items()}
    write_run(args.out, args, {**_results(queries, all_matches, indexes), "recall": told})
    _tell(queries, all_matches, indexes)
    for kind, each in recalls.items():
        print(_recall_words(kind, each))
    print(shown(args.out))


def _files(named: Sequence[Path]) -> list[Path]:
    """Return the files named and, of every folder named, its sounds and films, or where it has none its images."""
    from s2s.media.images import images_in

    return [file for path in named for file in (_sounds(path) or images_in(path) if path.is_dir() else [path])]


def _sounds(folder: Path) -> list[Path]:
    return listed(folder, ("sounds", "films"))


def _queries(model: "Bundle", args: argparse.Namespace) -> list[_Query]:
    """Return every query; one of a folder that cannot be read is left out, and named in the log."""
    queries: list[_Query] = []
    refused: list[UnreadableFileError] = []
    for file in progress(_files(args.query), "queries"):
        try:
            queries.append(_query(model, file, args))
        except UnreadableFileError as error:
            if file in args.query:
                raise
            refused.append(error)
            _log.warning("left out: %s", error)
    if not queries:
        raise refused[0]
    return queries


def _recalls(
    queries: "Sequence[_Query]",
    all_matches: "Sequence[Sequence[Match]]",
    indexes: "Mapping[MediaKind, Index]",
    count: int,
) -> "dict[MediaKind, list[Recall]]":
    """Return recall at 1, 5 and `count`, as far as so many are found, of each kind that classes are known of."""
    from s2s.retrieval.classes import recall_by_class

    recalls: dict[MediaKind, list[Recall]] = {}
    for kind, index in indexes.items():
        pairs = [pair for pair in zip(queries, all_matches, strict=True) if pair[0].among == kind]
        files, found = [query.file for query, _ in pairs], [[match.path for match in matches] for _, matches in pairs]
        ks = sorted({k for k in (1, 5, count) if k <= count})
        each = [recall_by_class(files, found, index.paths, k) for k in ks]
        if known := [recall for recall in each if recall is not None]:
            recalls[kind] = known
    return recalls


def _recall_words(kind: "MediaKind", recalls: "Sequence[Recall]") -> str:
    numbers = ", ".join(f"R@{recall.k} {recall.share:.3f} (by chance {recall.chance:.3f})" for recall in recalls)
    return f"{kind} of the right class, {recalls[0].queries} queries: {numbers}"


def _draw(
    model: "Bundle", queries: "Sequence[_Query]", all_matches: "Sequence[Sequence[Match]]", args: argparse.Namespace
) -> None:
    """Write the sheet; of many queries it shows some, evenly spread."""
    rows = np.unique(np.linspace(0, len(queries) - 1, min(len(queries), _SHOWN_QUERIES)).round().astype(int))
    draw = _column_sheet if args.generated else _row_sheet
    save_png(args.out, draw(model, [queries[row] for row in rows], [all_matches[row] for row in rows], args.folder))
    if len(rows) < len(queries):
        print(f"the sheet shows {len(rows)} of {len(queries)} queries")


def _check(args: argparse.Namespace) -> None:
    """Refuse what is wrong before any network is loaded. Raises ValueError."""
    if args.out.suffix.lower() != ".png":
        raise ValueError(f"{args.out}: the sheet is a picture; expected a name that ends in .png")
    if not args.folder.is_dir():
        raise ValueError(f"{args.folder}: no such folder; expected one that holds images or sounds")


def _query(model: "Bundle", file: Path, args: argparse.Namespace) -> _Query:
    from s2s.retrieval.embedding import embed_file, kind_of, sight
    from s2s.sampling.embed import embed_image

    kind = kind_of(file)
    among: MediaKind = args.among or ("images" if args.generated or kind == "sounds" else "sounds")
    if "images" in (kind, among) or args.generated:
        sight(model)
    h = embed_file(model, file, kind)
    if not args.generated:
        return _Query(file, kind, among, h, _picture(model, file, kind))
    painted = _generated(model, h, args.seed)
    return _Query(file, kind, among, embed_image(model, painted), painted)


def _generated(model: "Bundle", h: "Tensor", seed: int) -> Pixels:
    from s2s.sampling.generate import paint
    from s2s.sampling.noise import draw_noise

    pictures = paint(model, draw_noise(1, model.generator.z_dim, seed=seed), h)
    return np.asarray(pictures[0])


def _nearest_others(query: _Query, index: "Index", args: argparse.Namespace) -> "list[Match]":
    """Find the nearest, but for the query itself and for what an earlier run may have left there."""
    own = {query.file.resolve(), args.out.resolve()}
    matches = index.nearest(query.h, args.count + len(own))[0]
    return [match for match in matches if match.path.resolve() not in own][: args.count]


def _row_sheet(
    model: "Bundle", queries: Sequence[_Query], all_matches: "Sequence[Sequence[Match]]", folder: Path
) -> Pixels:
    """Lay out a row a query: itself, then what was found."""
    from s2s.media.tiles import labelled

    rows = []
    for query, matches in zip(queries, all_matches, strict=True):
        itself = labelled(query.picture, [shown(Path(*query.file.parts[-2:])), f"nearest {query.among}:"], _CELL_PX)
        rows.append([itself, *(_cell(model, match, query.among, folder) for match in matches)])
    ranks = [str(rank + 1) for rank in range(max(map(len, all_matches)))]
    return captioned_sheet(rows, column_captions=["query", *ranks], title=_title(model, folder), cell_px=_CELL_PX)


def _column_sheet(
    model: "Bundle", queries: Sequence[_Query], all_matches: "Sequence[Sequence[Match]]", folder: Path
) -> Pixels:
    """Lay out a column a query, as figure S8: the generated picture, and below it what was found."""
    from s2s.media.tiles import labelled

    columns = []
    for query, matches in zip(queries, all_matches, strict=True):
        cells = [_cell(model, match, query.among, folder) for match in matches]
        columns.append([labelled(query.picture, ["generated"], _CELL_PX), *cells])
    names = [shown(Path(*query.file.parts[-2:])) for query in queries]
    nothing = np.zeros((_CELL_PX, _CELL_PX, 3), np.uint8)
    rows = list(itertools.zip_longest(*columns, fillvalue=nothing))
    return captioned_sheet(rows, column_captions=names, title=_title(model, folder), cell_px=_CELL_PX)


def _title(model: "Bundle", folder: Path) -> str:
    return f"{model.card.name}: nearest in {shown(Path(*folder.parts[-2:]))}, cosine similarity"


def _cell(model: "Bundle", match: "Match", kind: "MediaKind", folder: Path) -> Pixels:
    from s2s.media.tiles import labelled

    name = shown(match.path.relative_to(folder))
    return labelled(_picture(model, match.path, kind), [name, f"{match.similarity:.3f}"], _CELL_PX)


def _picture(model: "Bundle", file: Path, kind: "MediaKind") -> Pixels:
    from s2s.media.images import read_image
    from s2s.media.tiles import spectrogram_picture
    from s2s.retrieval.embedding import read_clip

    return read_image(file) if kind == "images" else spectrogram_picture(read_clip(file, model.spec), model.spec)


def _tell(
    queries: Sequence[_Query], all_matches: "Sequence[Sequence[Match]]", indexes: "Mapping[MediaKind, Index]"
) -> None:
    for kind, index in indexes.items():
        for skipped in index.skipped[:_SKIPPED_NAMED]:
            _log.warning("skipped %s: %s", shown(skipped.path), skipped.reason)
        if len(index.skipped) > _SKIPPED_NAMED:
            _log.warning("skipped %d more, named in the JSON", len(index.skipped) - _SKIPPED_NAMED)
        print(f"{len(index.paths)} {kind} ({index.num_kept} embedded before), {len(index.skipped)} skipped")
    for query, matches in zip(queries, all_matches, strict=True):
        print(f"{shown(query.file)}, nearest {query.among}:")
        for rank, match in enumerate(matches, start=1):
            print(f"{rank:>4}  {match.similarity:.4f}  {shown(match.path)}")


def _results(
    queries: Sequence[_Query], all_matches: "Sequence[Sequence[Match]]", indexes: "Mapping[MediaKind, Index]"
) -> dict[str, Any]:
    answers = [
        {
            "query": shown(query.file),
            "among": query.among,
            "matches": [{"path": shown(match.path), "similarity": match.similarity} for match in matches],
        }
        for query, matches in zip(queries, all_matches, strict=True)
    ]
    searched = {
        kind: {
            "files": len(index.paths),
            "embedded_before": index.num_kept,
            "skipped": {shown(skipped.path): skipped.reason for skipped in index.skipped},
        }
        for kind, index in indexes.items()
    }
    return {"queries": answers, "searched": searched}
