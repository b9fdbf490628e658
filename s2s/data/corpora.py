"""The corpora that `prepare` knows, by name. A new one is a module that lists its films, and a line in `CORPORA`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from s2s.data import vegas, vggsound
from s2s.data.corpus import Corpus, FolderCorpus
from s2s.data.labels import FIGURE_S1, read_labels
from s2s.data.listing import Listing
from s2s.data.splits import VAL_SHARE

WORLD: Final = "world"
"""The synthetic world, which has no films to list: `s2s.world.takes` draws it."""
VGGSOUND_LIST: Final = "vggsound.csv"


@dataclass(frozen=True, slots=True)
class CorpusOptions:
    """What may be said of a corpus: published lists, which classes, the share of validation, whether sounds count."""

    csv_files: tuple[Path, ...] = ()
    classes: str | None = None
    val_share: float = VAL_SHARE
    seed: int = 0
    sounds: bool = False


def _any_films(source: Path, options: CorpusOptions) -> Corpus:
    classes = None if options.classes in (None, "all") else read_labels(_file(options.classes, "all"))
    return FolderCorpus(source, sounds=options.sounds, classes=classes)


def _vegas(source: Path, options: CorpusOptions) -> Listing:
    named = {None: vegas.CLASSES, "all": vegas.CLASSES, "5": vegas.FIVE_CLASSES}
    classes = named.get(options.classes) or read_labels(_file(options.classes, "5, all"))
    return vegas.find_clips(source, classes=classes, seed=options.seed)


def _vggsound(source: Path, options: CorpusOptions) -> Listing:
    clips = vggsound.read_clips(options.csv_files or (_list_in(source),))
    classes = _vggsound_classes(options.classes)
    return vggsound.find_clips(source, clips, classes=classes, val_share=options.val_share, seed=options.seed)


CORPORA: Final[Mapping[str, Callable[[Path, CorpusOptions], Corpus | Listing]]] = {
    "folder": _any_films,
    "vggsound": _vggsound,
    "vegas": _vegas,
}


def open_corpus(name: str, source: Path, options: CorpusOptions) -> Corpus | Listing:
    """Return the corpus `name` in folder `source`; a `Listing`, with its report, where it is a published one.

    Raises ValueError for options that do not belong together, for lists that cannot be read, and where nothing is
    there; OSError for a file that cannot be opened.
    """
    if options.csv_files and name != "vggsound":
        raise ValueError(f"--csv belongs to --corpus vggsound, and this is {name}")
    return CORPORA[name](source, options)


def _list_in(source: Path) -> Path:
    file = source / VGGSOUND_LIST
    if not file.is_file():
        raise ValueError(f"{source} holds no {VGGSOUND_LIST}; say where it lies with --csv FILE")
    return file


def _vggsound_classes(named: str | None) -> Sequence[str] | None:
    if named == "all":
        return None
    return read_labels(FIGURE_S1 if named in (None, "50") else _file(named, "50, all"))


def _file(named: str | None, words: str) -> Path:
    file = Path(named or "")
    if not file.is_file():
        raise ValueError(f"--classes: expected {words} or a file with one class a line, got {named!r}")
    return file
