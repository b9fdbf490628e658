"""The world as a folder of real video files with their truth: `ID.mp4` beside `ID.json`, and an index of both.

Several at once are made by processes of their own, each with its own GL context; one after the other by the caller's,
which keeps the index.
"""

import json
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from s2s.files.atomic_write import write_text
from s2s.media.video_writer import write_film
from s2s.rates import SAMPLE_RATE_HZ
from s2s.world.studio import SceneChoice, Studio
from s2s.world.truth import read_truth

ABOUT: Final = "about.json"
INDEX: Final = "index.jsonl"
_INDEX_EVERY: Final = 50


class WorldFolderError(ValueError):
    """A folder that holds another world than the one asked for; one line that says what to do."""


@dataclass(frozen=True, slots=True)
class WorldFilms:
    """Which films: clip k is drawn from `first_seed` + k."""

    num_clips: int
    px: int = 256
    fps: float = 10.0
    first_seed: int = 0
    kind: SceneChoice = field(default_factory=SceneChoice)

    def __post_init__(self) -> None:
        if self.num_clips < 1:
            raise ValueError(f"at least one clip is needed, got {self.num_clips}")
        if not 10.0 <= self.fps <= 60.0:
            raise ValueError(f"fps must lie in 10..60, got {self.fps}")

    def clip_id(self, number: int) -> str:
        """Return the name of clip `number`: its scenes and its seed."""
        seed = self.first_seed + number
        scenes = "-".join(part.scene for part in self.kind.draw(seed).parts)
        return f"{scenes}-{seed:07d}"


def write_films(out: Path, films: WorldFilms, *, workers: int) -> Iterator[str]:
    """Write what is not there yet, and yield the id of every clip as it is done, those that were there first.

    A film is whole or not there; its truth is written after it, and so says that both are done. The index is brought
    up to date now and then, and at the end. Raises WorldFolderError where `out` holds other films.
    """
    out.mkdir(parents=True, exist_ok=True)
    _claim(out, films)
    ids = {number: films.clip_id(number) for number in range(films.num_clips)}
    waiting = [number for number, clip_id in ids.items() if not (out / f"{clip_id}.json").exists()]
    yield from (clip_id for number, clip_id in ids.items() if number not in set(waiting))
    for done, clip_id in enumerate(_written(out, films, waiting, workers), start=1):
        yield clip_id
        if done % _INDEX_EVERY == 0:
            _write_index(out, ids)
    _write_index(out, ids)


def _written(out: Path, films: WorldFilms, waiting: list[int], workers: int) -> Iterator[str]:
    """Write those clips, and yield their ids in that order."""
    if min(workers, len(waiting)) <= 1:  # a process for one alone takes longer to start than most films
        if waiting:
            with Studio(films.px, films.fps) as studio:
                yield from (_write(out, films, studio, number) for number in waiting)
        return
    # Not forked: a GL context does not survive that.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_open_studio, initargs=(films,)) as pool:
        yield from pool.map(_write_one, [(out, number) for number in waiting])


def _claim(out: Path, films: WorldFilms) -> None:
    """Say what the folder holds; more clips of the same kind may be asked for later."""
    path, said = out / ABOUT, {**asdict(films), "num_clips": None}
    text = json.dumps(said, indent=1)
    if path.exists() and path.read_text() != text:
        raise WorldFolderError(f"{out} holds films made with other settings ({ABOUT}); choose an empty folder")
    write_text(path, text)


def _write_index(out: Path, ids: dict[int, str]) -> None:
    rows = (_row(out, clip_id) for clip_id in ids.values() if (out / f"{clip_id}.json").exists())
    write_text(out / INDEX, "".join(json.dumps(row) + "\n" for row in rows))


def _row(out: Path, clip_id: str) -> dict[str, Any]:
    truth = read_truth(out / f"{clip_id}.json")
    return {
        "id": clip_id,
        "video": f"{clip_id}.mp4",
        "truth": f"{clip_id}.json",
        "label": truth.parts[0].scene,
        "scenes": [part.scene for part in truth.parts],
        "seed": truth.seed,
        "best_moments": truth.best_moments(),
    }


# What one worker process holds; set once, when it starts.
_films: WorldFilms
_studio: Studio


def _open_studio(films: WorldFilms) -> None:
    global _films, _studio
    _films, _studio = films, Studio(films.px, films.fps)


def _write_one(task: tuple[Path, int]) -> str:
    out, number = task
    return _write(out, _films, _studio, number)


def _write(out: Path, films: WorldFilms, studio: Studio, number: int) -> str:
    clip_id = films.clip_id(number)
    made = studio.render(films.kind.draw(films.first_seed + number))
    write_film(out / f"{clip_id}.mp4", made.frames, films.fps, made.sound, SAMPLE_RATE_HZ)
    write_text(out / f"{clip_id}.json", json.dumps(made.truth.to_dict()) + "\n")
    return clip_id
