"""What is to be prepared: the videos of a corpus, each with a name of its own. Pure listing; no file is decoded.

Every rank of a run lists for itself and must find the same, so ids follow from the names of the files alone.
"""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from s2s.files.folders import FileKind, endings_of, files_under

Split = Literal["train", "val", "test"]

_CUT: Final = re.compile(r"(?P<recording>.+)_(?P<start_ms>\d+)_(?P<end_ms>\d+)")
_LONGEST_ID: Final = 56  # with a mark, a cut's span and a member's ending it stays within tar's 100 letters
_LONGEST_CUT_MS: Final = 600_000


@dataclass(frozen=True, slots=True)
class Video:
    """One film, or the part of it from `start_s` for `duration_s` seconds (None: to its end).

    `id` is made of letters, digits, `_` and `-`, and no other video of the corpus has it. `recording` names what the
    film was cut from: clips of one recording go to one split. None as `split` leaves the choice to `prepare`.
    """

    path: Path
    id: str
    label: str | None = None
    split: Split | None = None
    start_s: float = 0.0
    duration_s: float | None = None
    recording: str | None = None

    @property
    def split_key(self) -> str:
        """What decides the split: the recording, or the film itself."""
        return self.recording or self.id


class Corpus(Protocol):
    """Anything that lists videos, in the same order and under the same ids every time."""

    def videos(self) -> Iterable[Video]:
        """List them. Raises ValueError or OSError, with one line, where the corpus is not what it should be."""
        ...


@dataclass(frozen=True, slots=True)
class FolderCorpus:
    """The films of a folder and of the folders in it, those of `classes` alone where any are named; with `sounds` also
    files of sound alone.

    An `index.jsonl` in the folder, as the synthetic world has one, may give films their labels: `video`, its path in
    the folder, and `label`.
    """

    folder: Path
    sounds: bool = False
    classes: Sequence[str] | None = None

    @property
    def kinds(self) -> Sequence[FileKind]:
        """What is listed."""
        return ("films", "sounds") if self.sounds else ("films",)

    def videos(self) -> list[Video]:
        """List them in the order of their paths.

        Raises ValueError where there is none, none of `classes`, or the index is damaged.
        """
        if not self.folder.is_dir():
            raise ValueError(f"{self.folder}: no such folder; expected one that holds films")
        endings = endings_of(self.kinds)
        files = sorted(files_under(self.folder, endings))
        if not files:
            raise ValueError(f"{self.folder} holds no film; expected files that end in {', '.join(sorted(endings))}")
        names = [path.relative_to(self.folder) for path in files]
        labels = _labels_in(self.folder / "index.jsonl")
        videos = [
            Video(path, clip, label=labels.get(name.as_posix()), recording=recording_of(clip))
            for path, name, clip in zip(files, names, ids_of(names), strict=True)
        ]
        return videos if self.classes is None else self._of_classes(videos, self.classes)

    def _of_classes(self, videos: Sequence[Video], classes: Sequence[str]) -> list[Video]:
        known = {video.label for video in videos if video.label is not None}
        if missing := [name for name in classes if name not in known]:
            there = ", ".join(sorted(known)) or "none: an index.jsonl beside films gives them"
            raise ValueError(f"{self.folder} has no films of {', '.join(missing)}; its classes are {there}")
        return [video for video in videos if video.label in classes]


def ids_of(paths: Sequence[Path]) -> list[str]:
    """Return an id for each path: its stem made safe, with a mark of the whole path where another could have the same.

    A file called like a cut of another (`rain_0_10000.mp4` beside `rain.mp4`) is marked too.
    """
    stems = [safe_name(path.stem) for path in paths]
    counts = Counter(stem.casefold() for stem in stems)

    def is_taken(stem: str) -> bool:
        cut = _CUT.fullmatch(stem)
        return counts[stem.casefold()] > 1 or (cut is not None and cut["recording"].casefold() in counts)

    return [f"{stem}-{_mark(path)}" if is_taken(stem) else stem for stem, path in zip(stems, paths, strict=True)]


def safe_name(name: str) -> str:
    """Return `name` in ASCII letters, digits, `_` and `-`; accents are dropped, other signs become `-`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", plain)[:_LONGEST_ID]  # YouTube's ids may begin or end with any of these
    return safe if safe.strip("-_") else f"clip-{hashlib.sha256(name.encode(errors='surrogateescape')).hexdigest()[:8]}"


def recording_of(name: str) -> str:
    """Return what a clip is cut from: `rain` of `rain_20000_30000`, else the name itself.

    Numbers that are no stretch of 1 s to 10 min (a camera's date and time) are part of the name.
    """
    cut = _CUT.fullmatch(name)
    if cut is None or not 1_000 <= int(cut["end_ms"]) - int(cut["start_ms"]) <= _LONGEST_CUT_MS:
        return name
    return cut["recording"]


def _labels_in(index: Path) -> dict[str, str]:
    """Return the labels of films by their path, of an index that has any."""
    if not index.is_file():
        return {}
    try:
        rows = [json.loads(line) for line in index.read_text(encoding="utf-8").splitlines()]
    except ValueError as error:
        raise ValueError(f"{index} is not JSON, one object a line: {error}") from error
    labelled = [row for row in rows if isinstance(row, dict) and isinstance(row.get("label"), str)]
    return {row["video"]: row["label"] for row in labelled if isinstance(row.get("video"), str)}


def _mark(path: Path) -> str:
    return hashlib.sha256(path.as_posix().encode(errors="surrogateescape")).hexdigest()[:8]
