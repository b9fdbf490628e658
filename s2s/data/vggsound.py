"""VGGSound as published (Chen et al. 2020): its lists, its official split, and the clips of it that are on this disk.

Both lists are read: `vggsound.csv` (YouTube id, start in seconds, label, split; no header) and the repository's
`train.csv` and `test.csv` (`<YouTube id>_<start>.mp4`, label). No film is opened.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from s2s.data.clip_ids import CLIP_S, ClipId
from s2s.data.corpus import Split, Video
from s2s.data.listing import Listing, counted, films_under
from s2s.data.splits import VAL_SHARE, in_two_splits, split_of
from s2s.data.tables import TableRow, read_rows

Official = Literal["train", "test"]
_OFFICIAL: Final[dict[str, Official]] = {"train": "train", "test": "test"}
_HEADER: Final = "label"
_MISSPELT: Final = 0.85  # of figure S1 no two classes are more alike than 0.8
_LONG_ROW: Final = "`--0PQM4-hqg,30,waterfall burbling,train`"
_SHORT_ROW: Final = "`--0PQM4-hqg_000030.mp4,waterfall burbling`"
_SECONDS: Final = re.compile(r"([0-9]{1,6})(?:\.0+)?")  # tables that went through pandas say 30.0


@dataclass(frozen=True, slots=True)
class ListedClip:
    """One row of the published list."""

    id: ClipId
    label: str
    split: Official


def read_clips(files: Iterable[Path | str]) -> list[ListedClip]:
    """Read the published lists, in their order. 200 000 rows take about a second.

    A list in the form of `train.csv` says its split by its name. A row that is there twice counts once. Raises
    ValueError with file and line for a row that is none, for a clip with two labels or in two splits, and for a file
    without clips; OSError for one that cannot be read.
    """
    clips: dict[ClipId, ListedClip] = {}
    for file in map(Path, files):
        before = len(clips)
        for row in read_rows(file):
            clip = _clip(row)
            if clip is not None and clips.setdefault(clip.id, clip) != clip:
                known = clips[clip.id]
                raise row.wrong(f"{clip.id.stem} as {known.label!r} in {known.split}, as an earlier row says")
        if len(clips) == before:
            raise ValueError(f"{file} names no clip that others do not; expected rows like {_LONG_ROW}")
    return list(clips.values())


def _clip(row: TableRow) -> ListedClip | None:
    """Read a row; None for a header."""
    if row.line == 1 and _is_header(row.columns):
        return None
    match row.columns:
        case [youtube_id, start, label, split] if label:
            if split not in _OFFICIAL:
                raise row.wrong("train or test as the fourth column")
            return ListedClip(_clip_id(row, youtube_id, start), label, _OFFICIAL[split])
        case [name, label] if label:
            found = ClipId.find(PurePosixPath(name).stem)
            if found is None:
                raise row.wrong(f"a clip and its label like {_SHORT_ROW}")
            return ListedClip(found, label, _split_of_list(row.file))
    raise row.wrong(f"four columns like {_LONG_ROW} or two like {_SHORT_ROW}")


def _is_header(columns: Sequence[str]) -> bool:
    # The published files have none, copies of them sometimes do; and "label" could be a class.
    names_a_clip = columns[-1] in _OFFICIAL or ClipId.find(PurePosixPath(columns[0]).stem)
    return _HEADER in map(str.casefold, columns) and not names_a_clip


def _clip_id(row: TableRow, youtube_id: str, start: str) -> ClipId:
    seconds = _SECONDS.fullmatch(start)
    try:
        return ClipId(youtube_id, int(seconds[1]) if seconds else -1)
    except ValueError as error:
        raise row.wrong("a YouTube id of 11 signs and a start in whole seconds") from error


def _split_of_list(file: Path) -> Official:
    named = [split for word, split in _OFFICIAL.items() if word in file.stem.casefold()]
    if len(named) != 1:
        raise ValueError(f"{file} has no column for the split; expected its name to say train or test")
    return named[0]


def find_clips(
    folder: Path | str,
    clips: Sequence[ListedClip],
    *,
    classes: Collection[str] | None = None,
    val_share: float = VAL_SHARE,
    seed: int = 0,
) -> Listing:
    """List the clips of `classes` (None: all) whose films lie in `folder`, or in folders of it by class or otherwise.

    Films are known by their names, in either spelling of `ClipId`. The official split stays as it is; of its training
    part the share `val_share` of the videos, with all clips of each, is for validation. Raises ValueError where no
    class is known or no film is there.
    """
    root = Path(folder)
    chosen = [clip for clip in clips if classes is None or clip.label in classes]
    if not chosen:
        raise ValueError(f"none of the {len(clips)} clips listed is of the classes {_quoted(classes or ())}")
    films, extra = _films(root, {clip.id for clip in clips})
    videos = tuple(
        _video(films[clip.id], clip, split_of(clip.id.youtube_id, val_share=val_share, seed=seed))
        for clip in chosen
        if clip.id in films
    )
    if not videos:
        raise ValueError(f"{root} holds none of the {len(chosen)} clips; expected films like {chosen[0].id.stem}.mp4")
    missing = tuple(clip.id.stem for clip in chosen if clip.id not in films)
    notes = [
        *_about_classes(clips, classes),
        *_about_others(len(films), len(videos)),
        *_about_whole_videos(clips, extra),
        *_about_leaks(videos),
    ]
    return Listing("VGGSound", videos, missing, tuple(extra), tuple(notes))


def _films(root: Path, known: Collection[ClipId]) -> tuple[dict[ClipId, Path], list[Path]]:
    """Return the film of every clip that has one, and the films of none (a second of the same clip among them)."""
    films: dict[ClipId, Path] = {}
    extra = []
    for path in films_under(root):
        clip = ClipId.find(path.stem)
        if clip is None or clip not in known or films.setdefault(clip, path) != path:
            extra.append(path)
    return films, extra


def _video(path: Path, clip: ListedClip, drawn: Split) -> Video:
    # The films are the clips, cut out already; some are a frame longer than ten seconds.
    split: Split = drawn if clip.split == "train" else "test"
    return Video(path, clip.id.span, clip.label, split, 0.0, float(CLIP_S), clip.id.youtube_id)


def _about_classes(clips: Sequence[ListedClip], classes: Collection[str] | None) -> list[str]:
    known = sorted({clip.label for clip in clips})
    absent = sorted(set(classes or ()) - set(known))
    if not absent:
        return []
    nearest = ((label, get_close_matches(label, known, n=1, cutoff=_MISSPELT)) for label in absent)
    return [
        f"no clip is listed of {counted(len(absent), 'class', 'classes')}: {_quoted(absent)}",
        *(f"{label!r} is no class of the list; did you mean {near[0]!r}?" for label, near in nearest if near),
    ]


def _about_others(num_films: int, num_wanted: int) -> list[str]:
    rest = num_films - num_wanted
    return [f"left out, as of other classes: {counted(rest, 'film')}"] if rest else []


def _about_whole_videos(clips: Iterable[ListedClip], extra: Iterable[Path]) -> list[str]:
    names = {clip.id.youtube_id: clip.id.stem for clip in clips}
    whole = [names[path.stem] for path in extra if path.stem in names]
    if not whole:
        return []
    return [f"without its start in the name: {counted(len(whole), 'film')}; expected names like {whole[0]}.mp4"]


def _about_leaks(videos: Sequence[Video]) -> list[str]:
    shared = [recording for recording, splits in in_two_splits(videos).items() if "test" in splits]
    if not shared:
        return []
    videos_shared = counted(len(shared), "YouTube video")
    return [f"in train and in test, as published: clips of {videos_shared}, {', '.join(shared[:3])}"]


def _quoted(labels: Iterable[str]) -> str:
    some = sorted(labels)
    return ", ".join(map(repr, some[:3])) + (f" and {len(some) - 3} more" if len(some) > 3 else "")
