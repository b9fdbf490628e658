"""What a run of `prepare` is to do: every film's split, and in which order they come. Pure.

The order is that of a hash, so that shards are mixed whatever the folders are sorted by, and every rank, and every
start of the same run, finds the same plan.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from s2s.data.corpus import Split, Video
from s2s.data.film_clips import FilmJob
from s2s.data.settings import PrepareSettings
from s2s.data.splits import place_of, split_of
from s2s.files.names import shown

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,72}")
"""A tar member's name has 100 letters: the id, a cut's span and `.f4096.599.jpg`."""


def plan_jobs(
    videos: Iterable[Video], root: Path, settings: PrepareSettings, known: Mapping[str, Split] | None = None
) -> list[FilmJob]:
    """Return a job for every video, in the order of the run.

    `known` are the splits of recordings that earlier runs have decided. Raises ValueError for an id that is not one,
    or is there twice.
    """
    listed = list(videos)
    _check_ids(listed)
    splits = splits_of([video.split_key for video in listed if video.split is None], settings, known or {})
    jobs = [
        FilmJob(video, source_name(video.path, root), video.split or splits[video.split_key], settings)
        for video in listed
    ]
    return sorted(jobs, key=lambda job: _draw(settings.seed, job.video.id))


def splits_of(recordings: Sequence[str], settings: PrepareSettings, known: Mapping[str, Split]) -> dict[str, Split]:
    """Return the split of every recording: by the hash of its name, or as `known`.

    Of few recordings the hash may leave a split empty that should have some. It is given the recording that lies
    nearest to it, as long as training keeps one: a validation split of one recording is better than none.
    """
    _, val, test = settings.shares
    splits: dict[str, Split] = {
        name: known.get(name) or split_of(name, val_share=val, test_share=test, seed=settings.seed)
        for name in recordings
    }
    there = set(splits.values()) | set(known.values())
    shares: tuple[tuple[Split, float, float], ...] = (("val", val, 1.0), ("test", test, 0.0))
    for split, share, end in shares:
        free = [name for name in splits if splits[name] == "train" and name not in known]
        if share > 0 and split not in there and len(free) > 1:
            nearest = min(free, key=lambda name: abs(place_of(name, settings.seed) - end))
            splits[nearest] = split
    return splits


def source_name(path: Path, root: Path) -> str:
    """Return a film's name in the result: its path in the corpus, any bytes that are no text replaced."""
    name = path.relative_to(root) if path.is_relative_to(root) else path
    return shown(name)


def is_of_rank(video_id: str, rank: int, num_ranks: int) -> bool:
    """Whether a film is that rank's to prepare: about one in `num_ranks` is, whatever else there is."""
    return _draw(-1, video_id) % num_ranks == rank


def _draw(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{seed}\0{name}".encode(), digest_size=8).digest(), "big")


def _check_ids(videos: Sequence[Video]) -> None:
    seen: set[str] = set()
    for video in videos:
        if not _ID.fullmatch(video.id):
            raise ValueError(f"{video.path}: expected an id of 1 to 72 letters, digits, _ and -, got {video.id!r}")
        if video.id in seen:
            raise ValueError(f"{video.path}: another film has the id {video.id}")
        seen.add(video.id)
