"""What a published corpus names and what of it is there: the videos to prepare, and the report of what is not.

Nothing is opened: films of 200 000 files are found by their names alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from s2s.data.corpus import Video
from s2s.files.folders import FILMS, files_under
from s2s.files.names import shown

_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Listing:
    """A published corpus as it lies on this disk. It is a `Corpus`: every video has its label and its split.

    `missing` are the clips that are named and not there; `extra` the films that are left out: none of its clips, or a
    second of one; `notes` what else a reader of results should know.
    """

    name: str
    found: tuple[Video, ...]
    missing: tuple[str, ...] = ()
    extra: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    def videos(self) -> Sequence[Video]:
        """Return what is there, in the order of the published list."""
        return self.found

    def counts(self) -> dict[str, Counter[str]]:
        """Return how many clips are there: by class, by split."""
        counts: dict[str, Counter[str]] = {}
        for video in self.found:
            counts.setdefault(video.label or "", Counter())[video.split or ""] += 1
        return dict(sorted(counts.items()))

    def lines(self) -> list[str]:
        """Say in a few lines what is there and what is not."""
        splits = _total(self.counts())
        parts = ", ".join(f"{splits[split]} {split}" for split in ("train", "val", "test"))
        clips, classes = counted(len(self.found), "clip"), counted(len(self.counts()), "class", "classes")
        lines = [f"{self.name}: {clips} of {classes}: {parts}"]
        if self.missing:
            lines.append(f"listed but not there: {counted(len(self.missing), 'clip')}, {_some(self.missing)}")
        if self.extra:
            lines.append(
                f"left out, as none of its clips or a second of one: {counted(len(self.extra), 'film')}, "
                f"{_some(self.extra)}"
            )
        return [*lines, *self.notes]

    def report(self) -> dict[str, Any]:
        """Return the same for a JSON file, with every missing clip and every extra film by name."""
        return {
            "corpus": self.name,
            "clips": len(self.found),
            "splits": dict(_total(self.counts())),
            "classes": {label: dict(splits) for label, splits in self.counts().items()},
            "missing": list(self.missing),
            "extra": [shown(path) for path in self.extra],
            "notes": list(self.notes),
        }


def films_under(folder: Path) -> list[Path]:
    """Return the films of a folder and of the folders in it, sorted. Raises ValueError where there is no folder."""
    if not folder.is_dir():
        raise ValueError(f"{folder}: no such folder; expected the one that holds the films")
    return sorted(files_under(folder, FILMS), key=str)


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return `1 film` or `2 films`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _total(counts: Mapping[str, Counter[str]]) -> Counter[str]:
    return sum(counts.values(), Counter())


def _some(things: Sequence[object]) -> str:
    rest = len(things) - _NAMED
    named = ", ".join(shown(str(thing)) for thing in things[:_NAMED])
    return f"{named} and {rest} more" if rest > 0 else named
