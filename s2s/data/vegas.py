"""VEGAS as published (Zhou et al. 2018): ten classes, `<class>/videos/video_00000.mp4` beside `<class>/video_info.csv`.

The paper takes 800 clips a class for training and 50 for testing, and does not publish which; ours are drawn by a hash
of the YouTube video, with 50 more for validation, so that no video is in two of them. No film is opened.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from s2s.data.clip_ids import CLIP_S
from s2s.data.corpus import Split, Video
from s2s.data.listing import Listing, counted, films_under
from s2s.data.splits import place_of, split_of
from s2s.data.tables import TableRow, read_rows

CLASSES: Final = (
    "baby_cry",
    "chainsaw",
    "dog",
    "drum",
    "fireworks",
    "helicopter",
    "printer",
    "rail_transport",
    "snoring",
    "water_flowing",
)
FIVE_CLASSES: Final = ("baby_cry", "dog", "fireworks", "rail_transport", "water_flowing")
"""Those of S2I (Fanzeres and Nadeu 2021), for the paper's comparison with it."""

_POOL_SHARE: Final = 0.07
"""Of the videos, as many are set aside for testing and for validation: a quarter more than 50 of 900 clips need."""
_FILM: Final = re.compile(r"video_([0-9]{5,})")
_INFO: Final = "video_info.csv"
_VIDEO_COLUMN: Final = "ytid"


@dataclass(frozen=True, slots=True)
class SplitSizes:
    """How many clips of every class are taken for each split, at most."""

    train: int = 800
    val: int = 50
    test: int = 50

    def of(self, split: Split) -> int:
        """Return the size of one split."""
        return {"train": self.train, "val": self.val, "test": self.test}[split]


PAPER: Final = SplitSizes()


@dataclass(frozen=True, slots=True)
class _Class:
    """One class as it lies on the disk: its clips by number, what they were cut from, and what does not fit."""

    label: str
    films: dict[int, Path]
    recordings: dict[int, str]
    extra: list[Path]
    has_info: bool

    @property
    def missing(self) -> list[int]:
        """Return the clips that `video_info.csv` has and the folder has not."""
        return sorted(set(self.recordings) - set(self.films))


def find_clips(
    folder: Path | str, *, classes: Collection[str] = CLASSES, sizes: SplitSizes = PAPER, seed: int = 0
) -> Listing:
    """List the clips of `classes` that are taken of those in `folder`, in the order of class and number.

    A video is for training, validation or testing by its name and the seed alone: with more clips, some give way to
    others of the same split, and none goes from one to another. Without `video_info.csv` every clip counts as a video
    of its own. Raises ValueError for a class that VEGAS has not, where no clip is there, and for a table that is none.
    """
    root = Path(folder)
    unknown = sorted(set(classes) - set(CLASSES))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no class of VEGAS; expected some of {', '.join(CLASSES)}")
    there = [_read_class(root / label) for label in CLASSES if label in classes and (root / label).is_dir()]
    videos = [video for one in there for video in _taken(one, sizes, seed)]
    if not videos:
        raise ValueError(f"{root} holds no clip of VEGAS; expected files like {CLASSES[0]}/videos/video_00000.mp4")
    absent = sorted(set(classes) - {one.label for one in there})
    notes = [f"no folder for {counted(len(absent), 'class', 'classes')}: {', '.join(absent)}"] if absent else []
    notes += [line for one in there for line in _about(one, videos, sizes)]
    notes.append(f"which clips the paper took is not published; these are drawn with seed {seed}")
    missing = [clip_name(one.label, number) for one in there for number in one.missing]
    extra = [path for one in there for path in one.extra]
    return Listing("VEGAS", tuple(videos), tuple(missing), tuple(extra), tuple(notes))


def clip_name(label: str, number: int) -> str:
    """Return the id of a clip: `dog_00012` of `dog/videos/video_00012.mp4`."""
    return f"{label}_{number:05d}"


def _read_class(folder: Path) -> _Class:
    films: dict[int, Path] = {}
    extra = []
    for path in films_under(folder):
        number = _FILM.fullmatch(path.stem)
        if number is None or path.parent.name != "videos" or films.setdefault(int(number[1]), path) != path:
            extra.append(path)
    info = folder / _INFO
    has_info = info.exists()
    recordings = _read_info(info) if has_info else {number: clip_name(folder.name, number) for number in films}
    extra += [films.pop(number) for number in sorted(set(films) - set(recordings))]
    return _Class(folder.name, films, recordings, extra, has_info)


def _read_info(file: Path) -> dict[int, str]:
    """Return the YouTube video of every clip; row 0 after the header is `video_00000.mp4`."""
    rows = list(read_rows(file))
    header = [column.lstrip("# ").casefold() for column in rows[0].columns] if rows else []
    if _VIDEO_COLUMN not in header:
        raise ValueError(f"{file} has no column YTID; expected a header like YTID,start_second,end_second")
    column = header.index(_VIDEO_COLUMN)
    return {number: _youtube_id(row, column, len(header)) for number, row in enumerate(rows[1:])}


def _youtube_id(row: TableRow, column: int, num_columns: int) -> str:
    if len(row.columns) != num_columns or not row.columns[column]:
        raise row.wrong(f"{num_columns} columns with a YouTube id in column {column + 1}")
    return row.columns[column]


def _taken(one: _Class, sizes: SplitSizes, seed: int) -> Sequence[Video]:
    by_split: dict[Split, list[tuple[float, int]]] = {"train": [], "val": [], "test": []}
    for number in one.films:
        recording = one.recordings[number]
        split = split_of(recording, val_share=_POOL_SHARE, test_share=_POOL_SHARE, seed=seed)
        by_split[split].append((place_of(recording, seed), number))
    taken = {number: split for split, places in by_split.items() for _, number in sorted(places)[: sizes.of(split)]}
    return [_video(one, number, taken[number]) for number in sorted(taken)]


def _video(one: _Class, number: int, split: Split) -> Video:
    name = clip_name(one.label, number)
    # Hardly one is longer than ten seconds; those that are shall not make two clips where one is counted.
    return Video(one.films[number], name, one.label, split, 0.0, float(CLIP_S), one.recordings[number])


def _about(one: _Class, videos: Sequence[Video], sizes: SplitSizes) -> list[str]:
    """Say where a class is smaller than it should be, and where its videos are not known."""
    splits = [video.split for video in videos if video.label == one.label]
    short = [
        f"{splits.count(split)} of {sizes.of(split)} {split}"
        for split in ("train", "val", "test")
        if splits.count(split) < sizes.of(split)
    ]
    notes = [f"{one.label}: only {', '.join(short)}, of {counted(len(one.films), 'clip')} there"] if short else []
    if not one.has_info:
        notes.append(f"{one.label}: no {_INFO}, so clips of one video may be in two splits")
    return notes
