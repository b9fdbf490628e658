"""Which corpus a verb prepares: a folder of films, or VGGSound or VEGAS as they are published."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from s2s.data.corpus import Corpus
    from s2s.data.listing import Listing

WORLD: Final = "world"
CORPORA: Final = ("folder", "vggsound", "vegas", WORLD)
_LIST: Final = "vggsound.csv"


@dataclass(frozen=True, slots=True)
class CorpusChoice:
    """What was asked for on the command line: `--corpus`, `--csv` and `--classes`, as they are."""

    corpus: str = "folder"
    csv_files: tuple[Path, ...] = ()
    classes: str | None = None

    @classmethod
    def of(cls, args: argparse.Namespace) -> "CorpusChoice":
        """Return what `add_corpus` read."""
        return cls(args.corpus, tuple(args.csv or ()), args.classes)


def add_corpus(verb: argparse.ArgumentParser) -> None:
    """Add `--corpus`, `--csv` and `--classes`."""
    kinds = (
        "what SOURCE is: any films (default), a published corpus; world: takes of the synthetic world, without SOURCE"
    )
    verb.add_argument("--corpus", choices=CORPORA, default="folder", help=kinds)
    verb.add_argument(
        "--csv",
        type=Path,
        action="append",
        metavar="FILE",
        help=f"VGGSound's list: {_LIST}, or train.csv and test.csv, each with a --csv (default: SOURCE/{_LIST})",
    )
    verb.add_argument(
        "--classes",
        metavar="50|5|all|FILE",
        help="VGGSound: the 50 of the paper's figure S1 (default), all, or a file with one a line; "
        "VEGAS: all ten (default), the 5 of S2I, or a file",
    )


def corpus_of(
    source: Path, choice: CorpusChoice, *, val_share: float, seed: int = 0, sounds: bool = False
) -> "Corpus | Listing":
    """Return the corpus; a `Listing`, with its report, where it is a published one.

    Of VGGSound's training part the share `val_share` is for validation; VEGAS has fixed numbers. Raises ValueError for
    options that do not belong together, for lists that cannot be read, and where nothing is there; OSError for a file
    that cannot be opened.
    """
    from s2s.data import vegas, vggsound
    from s2s.data.corpus import FolderCorpus

    if choice.csv_files and choice.corpus != "vggsound":
        raise ValueError(f"--csv belongs to --corpus vggsound, and this is {choice.corpus}")
    if choice.corpus == "folder":
        if choice.classes is not None:
            raise ValueError("--classes belongs to --corpus vggsound or vegas; the films of a folder have no class")
        return FolderCorpus(source, sounds=sounds)
    if choice.corpus == "vegas":
        return vegas.find_clips(source, classes=_vegas_classes(choice.classes), seed=seed)
    clips = vggsound.read_clips(choice.csv_files or (_list_in(source),))
    classes = _vggsound_classes(choice.classes)
    return vggsound.find_clips(source, clips, classes=classes, val_share=val_share, seed=seed)


def _list_in(source: Path) -> Path:
    file = source / _LIST
    if not file.is_file():
        raise ValueError(f"{source} holds no {_LIST}; say where it lies with --csv FILE")
    return file


def _vggsound_classes(args: str | None) -> Sequence[str] | None:
    from s2s.data.labels import FIGURE_S1, read_labels

    if args == "all":
        return None
    return read_labels(FIGURE_S1 if args in (None, "50") else _file(args, "50, all"))


def _vegas_classes(args: str | None) -> Sequence[str]:
    from s2s.data.labels import read_labels
    from s2s.data.vegas import CLASSES, FIVE_CLASSES

    if args == "5":
        return FIVE_CLASSES
    return CLASSES if args in (None, "all") else read_labels(_file(args, "5, all"))


def _file(args: str | None, words: str) -> Path:
    file = Path(args or "")
    if not file.is_file():
        raise ValueError(f"--classes: expected {words} or a file with one class a line, got {args!r}")
    return file
