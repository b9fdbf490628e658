"""Evenings at a venue with known moments: real recordings, each seen by a picture of its kind while it sounds.

To measure with what nobody knows of a real evening: which moments should be chosen, and of what class a film is.
Needs OpenGL unless photographs are given.
"""

import functools
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from s2s.data.clip_source import DataError
from s2s.evaluate.evening_recordings import EveningRecording, Part, evening_recordings, scene_of_each
from s2s.evaluate.evening_score import FILM_S, Kind, Score, Span, draw_score
from s2s.evaluate.evening_sound import film_sound
from s2s.evaluate.photographed import Camera, Picture
from s2s.files.atomic_write import write_text
from s2s.files.folders import PICTURES, files_under
from s2s.media.images import ImageFileError, read_image
from s2s.media.video_writer import write_film
from s2s.rates import FRAME_RATE_HZ, SAMPLE_RATE_HZ
from s2s.world.state import draw_state

_log = logging.getLogger(__name__)

TRUTH: Final = "truth.jsonl"
SIZE_PX: Final = (256, 144)
"""Width and height."""
_HELD_FRAMES: Final = 4  # a dim room's telephone takes few pictures a second, and fewer are cheaper to draw
_FIRST_SEED: Final = 5_000_000  # of the world's pictures: none that a model of ours was trained with


@dataclass(frozen=True, slots=True)
class Evening:
    """Which films: `part` says whether of the recordings to learn from or of those to test with."""

    films: int
    kind: Kind
    classes: int = 10
    seed: int = 0
    part: Part = "train"

    def rng(self, number: int) -> np.random.Generator:
        """Return the generator of all that is drawn for film `number`."""
        return np.random.default_rng([self.seed, number, *f"{self.kind} {self.part}".encode()])


@dataclass(frozen=True, slots=True)
class MadeFilm:
    """What is true of one film: `moments` are spans in seconds in which a thing sounds and is seen, `heard` those in
    which one sounds; `things` are class and recording of each, the first of which names the film.
    """

    film: str
    kind: Kind
    things: tuple[tuple[str, str], ...]
    moments: list[Span]
    heard: list[Span]

    @property
    def row(self) -> dict[str, Any]:
        """Return its line of `truth.jsonl`."""
        return {
            "film": self.film,
            "class": self.things[0][0],
            "recording": self.things[0][1],
            "moments": self.moments,
            "heard": self.heard,
            "things": self.things,
            "kind": self.kind,
        }


class Album(Protocol):
    """Where pictures of a class come from."""

    def picture(self, class_name: str, number: int) -> Picture:
        """Return picture `number` of a class, [height, width, 3]."""
        ...


def write_evening(
    out: Path, recordings: Mapping[str, Sequence[EveningRecording]], album: Album, evening: Evening
) -> Iterator[MadeFilm]:
    """Write the films that are not there yet, yield each as it is done, and write the truth of all in the end.

    Raises DataError where `out` holds another evening, AudioFileError.
    """
    _claim(out, evening, list(recordings))
    done = []
    for number in range(evening.films):
        done.append(_write_one(out, recordings, album, evening, number))
        yield done[-1]
    write_text(out / TRUTH, "".join(json.dumps(one.row) + "\n" for one in done))


def read_truth(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of `truth.jsonl`. Raises OSError."""
    return [json.loads(line) for line in (folder / TRUTH).read_text(encoding="utf-8").splitlines()]


def presence_by_clip(
    folder: Path, places: Mapping[str, tuple[str, float]], num_frames: Mapping[str, int]
) -> dict[str, NDArray[np.float64]]:
    """Return for every clip which of its frames are right, 1 or 0 [num_frames]; `places` are its film and its start.

    Raises ValueError for a film that is none of the evening's.
    """
    moments = {Path(row["film"]).name: row["moments"] for row in read_truth(folder)}
    presence = {}
    for clip_id, (film, start_s) in places.items():
        if (spans := moments.get(Path(film).name)) is None:
            raise ValueError(f"{folder / TRUTH} does not tell of {film}: {clip_id} is no clip of that evening")
        at_s = start_s + (np.arange(num_frames[clip_id]) + 0.5) / FRAME_RATE_HZ
        presence[clip_id] = np.any([(at_s >= begin_s) & (at_s < end_s) for begin_s, end_s in spans], axis=0).astype(
            float
        )
    return presence


def _claim(out: Path, evening: Evening, classes: Sequence[str]) -> None:
    path, text = out / "about.json", json.dumps({**asdict(evening), "films": None, "names": list(classes)}) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise DataError(f"{out} holds another evening ({path.name}); choose an empty folder")
    out.mkdir(parents=True, exist_ok=True)
    write_text(path, text)


def _write_one(
    out: Path, recordings: Mapping[str, Sequence[EveningRecording]], album: Album, evening: Evening, number: int
) -> MadeFilm:
    rng, classes = evening.rng(number), list(recordings)
    score = draw_score(evening.kind, rng)
    chosen = [_chosen(recordings, classes, number, which, rng) for which in range(len(score.soundings))]
    takes = rng.integers(0, 1000, len(chosen)).tolist()
    # Cuts of one recording are spelt as such, so that whoever divides the films keeps them together.
    span = f"{number * 10_000}_{(number + 1) * 10_000}"
    path = out / "films" / f"{chosen[0].class_name}-{chosen[0].name}_{span}.mp4"
    things = tuple((one.class_name, one.name) for one in chosen)
    made = MadeFilm(f"films/{path.name}", score.kind, things, score.moments, score.heard)
    if not path.exists():
        sound = film_sound(score, [one.sound(take) for one, take in zip(chosen, takes, strict=True)], rng)
        names = [one.class_name for one in chosen]
        write_film(path, _frames(score, names, classes, album, rng), FRAME_RATE_HZ, sound, SAMPLE_RATE_HZ)
    return made


def _chosen(
    recordings: Mapping[str, Sequence[EveningRecording]],
    classes: Sequence[str],
    number: int,
    which: int,
    rng: np.random.Generator,
) -> EveningRecording:
    """Return the recording of a film's `which`-th thing: classes and their recordings in turn, other things by lot."""
    if which == 0:
        of_class = recordings[classes[number % len(classes)]]
        return of_class[number // len(classes) % len(of_class)]
    others = [name for name in classes if name != classes[number % len(classes)]]
    of_class = recordings[others[int(rng.integers(len(others)))]]
    return of_class[int(rng.integers(len(of_class)))]


def _frames(
    score: Score, names: Sequence[str], classes: Sequence[str], album: Album, rng: np.random.Generator
) -> Iterator[Picture]:
    """Yield the frames: a thing's own picture while it is seen, another kind's before, between and after."""
    camera = Camera.draw(rng)
    others = [name for name in classes if name not in names]
    pictures: dict[int, Picture] = {}
    taken, shot_before = np.empty(0, np.uint8), 0
    for frame in range(round(FILM_S * FRAME_RATE_HZ)):
        at_s = (frame + 0.5) / FRAME_RATE_HZ
        seen = [one.number for one in score.soundings if one.seen[0] <= at_s < one.seen[1]]
        # What is seen of another kind is another one after each thing.
        shot = seen[0] if seen else -1 - sum(one.seen[1] <= at_s for one in score.soundings)
        if shot not in pictures:
            name = names[shot] if shot >= 0 else others[int(rng.integers(len(others)))]
            pictures[shot] = album.picture(name, int(rng.integers(1_000_000)))
        if frame % _HELD_FRAMES == 0 or shot != shot_before:
            taken, shot_before = camera.takes(pictures[shot], rng), shot
        yield taken


@dataclass(frozen=True, slots=True)
class Photographs:
    """Photographs in FOLDER/CLASS."""

    of_class: Mapping[str, Sequence[Path]]

    @classmethod
    def open(cls, folder: Path, classes: Sequence[str]) -> "Photographs":
        """List them. Raises DataError for a class that has none."""
        there = {name: sorted(files_under(folder / name, PICTURES)) for name in classes if (folder / name).is_dir()}
        if missing := [name for name in classes if not there.get(name)]:
            raise DataError(
                f"{folder} holds no photographs of {', '.join(missing)}: expected FOLDER/{missing[0]}/….jpg"
            )
        return cls(there)

    def picture(self, class_name: str, number: int) -> Picture:
        """Return a photograph, or for one that cannot be read the next. Raises DataError where none of a class can."""
        paths = self.of_class[class_name]
        first = number % len(paths)
        for path in (*paths[first:], *paths[:first]):
            if (filmed := _filmed(path)) is not None:
                return filmed
        raise DataError(f"none of the {len(paths)} photographs of {class_name} can be read; the lines above say why")


@functools.lru_cache(maxsize=256)
def _filmed(path: Path) -> Picture | None:
    """Return a photograph's middle in the film's shape: who films does not squeeze. None, said, for a broken one."""
    try:
        whole = Image.fromarray(read_image(path))
    except ImageFileError as error:
        _log.warning("left out: %s", error)
        return None
    return np.asarray(ImageOps.fit(whole, SIZE_PX, Image.Resampling.BICUBIC))


class Painted:
    """The world's pictures of a class's scene, each of another state. Owns a GL context: one thread's."""

    def __init__(self, classes: Sequence[str]) -> None:
        from s2s.world.painter import Painter

        width, height = SIZE_PX
        self._painter, self._scenes = Painter(height, width_px=width), scene_of_each(classes)

    def picture(self, class_name: str, number: int) -> Picture:
        """Return the take of `number`."""
        state = draw_state(self._scenes[class_name], _FIRST_SEED + number)
        return np.asarray(self._painter.paint([state])[0])

    def close(self) -> None:
        """Give the GL context back."""
        self._painter.close()


def evening_of(folders: Sequence[Path], evening: Evening) -> dict[str, list[EveningRecording]]:
    """Return the recordings of an evening by class. Raises DataError."""
    if evening.films < 1 or evening.classes < 3:
        raise DataError(f"expected films and three classes at least, got {evening.films} and {evening.classes}")
    return evening_recordings(folders, evening.part, evening.classes)
