"""What lies in a venue's folder: films, or sounds and the photographs that go with them. Lists; decodes nothing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from s2s.data.corpus import FolderCorpus, Split, Video
from s2s.data.plan import source_name
from s2s.data.splits import place_of
from s2s.files.folders import FILMS, PICTURES, endings_of, files_under, unread_remark
from s2s.files.names import shown
from s2s.retrain.times import begun_at, duration_of, taken_at

VAL_SHARE: Final = 0.15
TEST_SHARE: Final = 0.25  # of sixty recordings fifteen: of nine, a model right twice as often is "no clear difference"
FEWEST_HELD_OUT: Final = 3
"""Recordings to stop by, and as many to compare with."""
FEWEST_TO_LEARN: Final = 4
FEWEST: Final = 2 * FEWEST_HELD_OUT + FEWEST_TO_LEARN
FURTHEST_S: Final = 600.0
"""A photograph taken longer before or after a sound is of something else."""


@dataclass(frozen=True, slots=True)
class Photograph:
    """A photograph of a recording: taken `at_s` seconds into it, or None for one that stands for all of it."""

    path: Path
    at_s: float | None = None


@dataclass(frozen=True, slots=True)
class Venue:
    """What can be learnt from: a `Corpus`, whose recordings are divided. `photographs` belong to sounds, by the name
    that a sound has in what `prepare` writes. `left_out` says in words what is not used, and why.
    """

    listed: tuple[Video, ...]
    photographs: Mapping[str, tuple[Photograph, ...]]
    recordings: Mapping[str, str]
    left_out: tuple[str, ...] = ()

    def videos(self) -> Sequence[Video]:
        """Return films and sounds, each with its split."""
        return self.listed

    def at_most(self, seconds: float | None) -> Self:
        """Return the same with no more than the first `seconds` of each recording; None for all of it."""
        if seconds is None:
            return self
        return replace(self, listed=tuple(replace(video, duration_s=seconds) for video in self.listed))

    @classmethod
    def read(cls, folder: Path, seed: int = 0) -> Self:
        """Look into `folder`. Raises ValueError where there is too little, OSError."""
        _check_heard(folder)
        videos = FolderCorpus(folder, sounds=True).videos()
        sounds = [video.path for video in videos if video.path.suffix.lower() not in FILMS]
        findings = photographs_of(sounds, sorted(files_under(folder, PICTURES))) if sounds else {}
        used = [video for video in videos if video.path not in sounds or findings.get(video.path)]
        unread = unread_remark(folder, ("films", "sounds", "pictures"))
        if not used:
            also = f"; {unread}" if unread else ""
            raise ValueError(
                f"{folder} holds sounds but no photograph that goes with one, and no film: put one beside each that "
                f"begins with its name ({shown(sounds[0].stem)}.jpg beside {shown(sounds[0].name)}), or take it "
                f"while the sound is recorded, or film{also}"
            )
        unused = [path for path in sounds if not findings.get(path)]
        splits = divided(sorted({video.split_key for video in used}), seed, folder)
        return cls(
            tuple(replace(video, split=splits[video.split_key]) for video in used),
            {source_name(path, folder): photographs for path, photographs in findings.items() if photographs},
            {source_name(video.path, folder): video.split_key for video in used},
            (
                *(f"{shown(path.relative_to(folder))}: no photograph goes with it" for path in unused),
                *([unread] if unread else []),
            ),
        )


def _check_heard(folder: Path) -> None:
    """Raise ValueError where photographs lie in `folder` and nothing that is heard."""
    if not folder.is_dir() or any(files_under(folder, endings_of(("films", "sounds")))):
        return
    if photographs := sum(1 for _ in files_under(folder, PICTURES)):
        raise ValueError(
            f"{folder} holds {photographs} photographs and nothing that is heard: each needs the sound of what it "
            "shows, as a film or as a recording beside it that has its name or was made at its time"
        )


def divided(recordings: Sequence[str], seed: int, folder: Path) -> dict[str, Split]:
    """Return the split of every recording, by the hash of its name: the same for the same names.

    Validation gets 15 %, test 25 %, three recordings at least each. Raises ValueError for fewer than ten.
    """
    if len(recordings) < FEWEST:
        raise ValueError(
            f"{folder} holds {len(recordings)} recordings that can be used; at least {FEWEST} are needed: "
            f"{FEWEST_HELD_OUT} to stop by, {FEWEST_HELD_OUT} to compare with, the others to learn from"
        )
    num_test, num_val = (max(FEWEST_HELD_OUT, round(share * len(recordings))) for share in (TEST_SHARE, VAL_SHARE))
    ordered = sorted(recordings, key=lambda name: (place_of(name, seed), name))
    test, val = set(ordered[:num_test]), set(ordered[-num_val:])
    return {name: "test" if name in test else "val" if name in val else "train" for name in recordings}


def photographs_of(sounds: Sequence[Path], photographs: Sequence[Path]) -> dict[Path, tuple[Photograph, ...]]:
    """Return the photographs of every sound: those of its name, else those of its time, else none.

    A photograph is of a sound's name where its own is the same or begins with it; of several such sounds the longest
    name counts. By time go the photographs that no name claims: those taken while the sound was recorded, else the
    nearest one, ten minutes away at most.
    """
    named: dict[Path, list[Photograph]] = {sound: [] for sound in sounds}
    free: list[Path] = []
    for photograph in photographs:
        owners = _named_alike(photograph, sounds)
        for owner in owners:
            named[owner].append(Photograph(photograph))
        if not owners:
            free.append(photograph)
    taken = sorted((taken_at(path), path) for path in free) if not all(named.values()) else []
    return {sound: tuple(of_name) or _of_time(sound, taken) for sound, of_name in named.items()}


def _named_alike(photograph: Path, sounds: Sequence[Path]) -> list[Path]:
    name = photograph.stem.casefold()
    alike = [sound for sound in sounds if _begins_with(name, sound.stem.casefold())]
    longest = max((len(sound.stem) for sound in alike), default=0)
    return [sound for sound in alike if len(sound.stem) == longest]


def _begins_with(name: str, stem: str) -> bool:
    """Whether `name` is `stem` or goes on from it; `take12` does not go on from `take1`."""
    rest = name.removeprefix(stem)
    return name.startswith(stem) and not (stem[-1:].isdigit() and rest[:1].isdigit())


def _of_time(sound: Path, taken: Sequence[tuple[datetime, Path]]) -> tuple[Photograph, ...]:
    if not taken:
        return ()
    begun, duration_s = begun_at(sound), duration_of(sound)
    placed = [((at - begun).total_seconds(), path) for at, path in taken]
    during = tuple(Photograph(path, at_s) for at_s, path in placed if 0.0 <= at_s <= duration_s)
    if during:
        return during
    away_s, nearest = min((_outside(at_s, duration_s), path) for at_s, path in placed)
    return (Photograph(nearest),) if away_s <= FURTHEST_S else ()


def _outside(at_s: float, duration_s: float) -> float:
    return math.fabs(at_s - min(max(at_s, 0.0), duration_s))
