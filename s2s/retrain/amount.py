"""How much of a long evening is read: forty hours are not decoded in twenty minutes, and all of it is not needed.

Of recordings too long for the time the beginning of each is read, so that every recording has its say; what the clock
cuts short then is whole recordings, in the order of a hash.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from s2s.data.corpus import Video
from s2s.data.outcome import Fragments
from s2s.data.prepare import Before, prepare
from s2s.data.settings import PrepareSettings
from s2s.files.atomic_write import write_text
from s2s.retrain.layout import Layout
from s2s.retrain.stages import Stages, in_words
from s2s.retrain.times import duration_of
from s2s.retrain.venue import Venue

FILM_S_A_CORE_SECOND: Final = 8.0
"""Seconds of a telephone's film that a core reads in one: what is decoded more slowly is cut short by the clock."""
FEWEST_EACH: Final = 2
"""Recordings of each split that are read whatever the time."""
_SHORTEST_S: Final = 30.0


def longest_within(durations_s: Sequence[float], affordable_s: float) -> float | None:
    """Return how much of each recording is read so that all together last `affordable_s`; None for all of all.

    What short recordings do not need goes to the longer ones. Half a minute of each is read in any case.
    """
    left_s = affordable_s
    for read, duration_s in enumerate(sorted(durations_s)):
        equal_s = left_s / (len(durations_s) - read)
        if duration_s > equal_s:
            return max(float(round(equal_s)), _SHORTEST_S)
        left_s -= duration_s
    return None


def read_of_each_s(layout: Layout, venue: Venue, affordable_s: float, stages: Stages) -> float | None:
    """Return how much of each recording is read, as the first start decided it; say so where it is not all."""
    path = layout.cache / "read-of-each.json"
    if path.exists():
        kept: float | None = json.loads(path.read_text(encoding="utf-8"))
        return kept
    durations_s = [duration_of(video.path) for video in venue.listed]
    longest_s = longest_within(durations_s, affordable_s)
    if longest_s is not None:
        stages.cut(
            f"the recordings last {in_words(sum(durations_s))} in all: of each the first {in_words(longest_s)} is read"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(longest_s) + "\n")
    return longest_s


def prepare_within(
    venue: Venue, root: Path, out: Path, settings: PrepareSettings, *, workers: int, stages: Stages, seconds: float
) -> None:
    """Prepare what `seconds` allow into `out`, some of every split in any case. Raises as `prepare`."""
    until_s = stages.budget.used_s() + seconds
    steps = prepare(venue, root, out, settings, workers=workers)
    for step in steps:
        stages.at(step.films, step.num_films, "recordings")
        if stages.budget.used_s() >= until_s and step.films < step.num_films and _enough(venue, out):
            break
    else:
        return
    steps.close()  # and its workers
    read = _read(venue, out)
    stages.cut(f"{len(venue.listed) - len(read)} of {len(venue.listed)} recordings are not read: their time is over")
    # All of it is there, so that this writes the index and nothing else.
    for _ in prepare(replace(venue, listed=tuple(read)), root, out, settings, workers=workers):
        pass


def _enough(venue: Venue, out: Path) -> bool:
    recordings = {(video.split, video.split_key) for video in _read(venue, out)}
    return all(sum(split == one for one, _ in recordings) >= FEWEST_EACH for split in ("train", "val", "test"))


def _read(venue: Venue, out: Path) -> list[Video]:
    """Return what became of which is known."""
    known = Before.read(out / "journal", retry_skipped=False).ids | Fragments(out / "work").known()
    return [video for video in venue.listed if video.id in known]
