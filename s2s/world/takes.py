"""The synthetic world as data: pictures and sounds of many takes in plain arrays, read by memory map; a `ClipSource`.

Take i is `WorldCounts.state(i)`, drawn from a seed of its own; picture i and sound i belong together. A clip of it is
ten seconds long and has one frame. Its states are known, so that what is learnt from it can be measured exactly. Drawn
at several nearnesses, so many takes after one another differ in that alone.
"""

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from s2s.data.clip_source import DataError, Frames, Sound
from s2s.data.corpora import WORLD
from s2s.data.corpus import Split
from s2s.files.array_store import ArrayStore, rows_done
from s2s.rates import SAMPLE_RATE_HZ
from s2s.world.state import FIRST_SCENES, SCENES, SceneState, draw_state

CLIP_S: Final = 10.0
CHUNK: Final = 64
INT16_FULL_SCALE: Final = 32767.0
MASK_SCALE: Final = 4  # a picture's side is so many of its mask's
HELD_OUT_SHARE: Final = 0.1
"""Of the takes with sound, half to validate on while training, half to measure the finished model with."""


@dataclass(frozen=True, slots=True)
class WorldCounts:
    """How much of the world a data folder holds. The first `num_sounds` takes have sound as well as picture.

    Its takes show the first `num_scenes` of `SCENES` in turn. Pictures are `picture_px` high, and square unless
    `picture_width_px` says otherwise; with `masks` it also holds where the thing is, at a quarter of the size. With
    `nearnesses`, rising, each moment is drawn once at each of them instead of at one of its own.
    """

    num_pictures: int
    num_sounds: int
    picture_px: int = 128
    first_seed: int = 0
    num_scenes: int = len(SCENES)
    picture_width_px: int | None = None
    masks: bool = False
    nearnesses: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.num_scenes <= len(SCENES):
            raise DataError(f"num_scenes must lie in 1..{len(SCENES)}, got {self.num_scenes}")
        if not 0 <= self.num_sounds <= self.num_pictures:
            raise DataError(f"every sound needs its picture: {self.num_sounds} sounds, {self.num_pictures} pictures")
        if list(self.nearnesses) != sorted({*self.nearnesses}) or not all(0.0 <= one <= 1.0 for one in self.nearnesses):
            raise DataError(f"nearnesses must rise within 0..1, got {', '.join(map(str, self.nearnesses))}")
        if self.num_pictures % self.levels:
            raise DataError(f"expected pictures of whole moments at {self.levels} levels each, got {self.num_pictures}")
        if self.num_pictures < 1:
            raise DataError(f"at least one picture is needed, got {self.num_pictures}")
        if self.masks and (self.picture_px % MASK_SCALE or self.width_px % MASK_SCALE):
            raise DataError(f"masks need sides that {MASK_SCALE} divides, got {self.width_px}x{self.picture_px}")

    @property
    def width_px(self) -> int:
        """Pixels across."""
        return self.picture_width_px or self.picture_px

    @property
    def levels(self) -> int:
        """How many takes there are of each moment."""
        return max(1, len(self.nearnesses))

    def state(self, index: int) -> SceneState:
        """Return take `index`."""
        moment, level = divmod(index, self.levels)
        drawn = draw_state(SCENES[moment % self.num_scenes], self.first_seed + moment)
        return replace(drawn, nearness=self.nearnesses[level]) if self.nearnesses else drawn


def write_takes(out: Path, counts: WorldCounts, *, workers: int = 2) -> None:
    """Draw the world into `out`; goes on where an interrupted run with the same counts stopped."""
    out.mkdir(parents=True, exist_ok=True)
    about = out / "about.json"
    if about.exists() and _read_counts(about) != counts:
        raise DataError(f"{out} holds other data ({about.read_text().strip()}); choose an empty folder")
    about.write_text(json.dumps({"corpus": WORLD, **asdict(counts)}) + "\n")
    _write_pictures(out, counts)
    if counts.masks:
        _write_masks(out, counts)
    _write_sounds(out, counts, workers)


def is_world(about: dict[str, Any]) -> bool:
    """Whether `about.json` tells of takes of the world; of before they said so, their counts do."""
    return bool(about.get("corpus", WORLD if "num_pictures" in about else "") == WORLD)


def _read_counts(about: Path) -> WorldCounts:
    # Folders written while the world had its first scenes alone do not say so.
    read = {"num_scenes": len(FIRST_SCENES), **json.loads(about.read_text())}
    read["nearnesses"] = tuple(read.get("nearnesses", ()))
    return WorldCounts(**{name: value for name, value in read.items() if name != "corpus"})


def _store(out: Path, name: str, counts: WorldCounts) -> ArrayStore:
    small = (counts.picture_px // MASK_SCALE, counts.width_px // MASK_SCALE)
    count, shape, dtype = {
        "pictures": (counts.num_pictures, (counts.picture_px, counts.width_px, 3), np.uint8),
        "masks": (counts.num_pictures, small, np.uint8),
        "sounds": (counts.num_sounds, (int(CLIP_S * SAMPLE_RATE_HZ),), np.int16),
    }[name]
    return ArrayStore.to_fill(out, count, {name: (shape, dtype)}, f"{name}.done")


def _write_pictures(out: Path, counts: WorldCounts) -> None:
    # Imported here: sounds alone can be drawn, and data read, on a machine without OpenGL.
    from s2s.world.painter import Painter

    store = _store(out, "pictures", counts)
    if not store.left(CHUNK):
        return
    with Painter(counts.picture_px, width_px=counts.width_px) as painter:
        for chunk in tqdm(store.left(CHUNK), desc="pictures", unit_scale=CHUNK):
            store.arrays["pictures"][chunk.start : chunk.stop] = painter.paint([counts.state(i) for i in chunk])
            store.mark(chunk.stop)


def _write_masks(out: Path, counts: WorldCounts) -> None:
    from s2s.world.painter import Painter

    store = _store(out, "masks", counts)
    if not store.left(CHUNK):
        return
    with Painter(counts.picture_px // MASK_SCALE, width_px=counts.width_px // MASK_SCALE) as painter:
        for chunk in tqdm(store.left(CHUNK), desc="masks", unit_scale=CHUNK):
            store.arrays["masks"][chunk.start : chunk.stop] = painter.masks([counts.state(i) for i in chunk])
            store.mark(chunk.stop)


def _write_sounds(out: Path, counts: WorldCounts, workers: int) -> None:
    if not counts.num_sounds:  # an empty file cannot be mapped
        np.save(out / "sounds.npy", np.empty((0, int(CLIP_S * SAMPLE_RATE_HZ)), np.int16))
        return
    store = _store(out, "sounds", counts)
    with ProcessPoolExecutor(max_workers=workers) as pool:
        for chunk in tqdm(store.left(CHUNK), desc="sounds", unit_scale=CHUNK):
            sounds = pool.map(_int16_sound, [counts.state(i) for i in chunk], chunksize=4)
            store.arrays["sounds"][chunk.start : chunk.stop] = np.stack(list(sounds))
            store.mark(chunk.stop)


def _int16_sound(state: SceneState) -> NDArray[np.int16]:
    from s2s.world.sounds import synthesize

    sound = synthesize(state, duration_s=CLIP_S, sample_rate_hz=SAMPLE_RATE_HZ)
    return (np.clip(sound, -1.0, 1.0) * INT16_FULL_SCALE).round().astype(np.int16)


@dataclass(frozen=True, slots=True, eq=False)
class WorldTakes:
    """Takes of the world; a `ClipSource` of those that have sound. Pictures are uint8 [n, height, width, 3], sounds
    int16 [m, 160 000] with m at most n.

    `masks`, uint8 [n, height / 4, width / 4], say how much of each place the thing covers; None where none were asked
    for.
    """

    counts: WorldCounts
    pictures: NDArray[np.uint8]
    sounds: NDArray[np.int16]
    masks: NDArray[np.uint8] | None = None
    frame_rate_hz: float = 1.0 / CLIP_S

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `write_takes` wrote. Raises DataError."""
        about = folder / "about.json"
        if not about.exists():
            raise DataError(
                f"{folder} holds no takes of the world: write some with `python -m s2s prepare --corpus world {folder}`"
            )
        counts = _read_counts(about)
        needs = {"pictures": counts.num_pictures, "sounds": counts.num_sounds}
        if counts.masks:
            needs["masks"] = counts.num_pictures
        for name, needed in needs.items():
            if (have := rows_done(folder, f"{name}.done")) < needed:
                raise DataError(f"{folder} is unfinished ({have} of {needed} {name}): run `prepare` again")
        pictures = np.load(folder / "pictures.npy", mmap_mode="r")
        sounds = np.load(folder / "sounds.npy", mmap_mode="r" if counts.num_sounds else None)
        masks = np.load(folder / "masks.npy", mmap_mode="r") if counts.masks else None
        return cls(counts, pictures, sounds[: counts.num_sounds], masks)

    @property
    def classes(self) -> tuple[str, ...]:
        """The scenes that its takes show, in the order of their numbers."""
        return SCENES[: self.counts.num_scenes]

    @property
    def scenes(self) -> NDArray[np.int64]:
        """Index into `SCENES` of every take, [n]. For measuring only: no stage is trained with it."""
        return np.arange(self.counts.num_pictures) // self.counts.levels % self.counts.num_scenes

    @property
    def num_training_takes(self) -> int:
        """How many takes with sound are trained on: all but the last tenth, in whole moments."""
        count = len(self.sounds) - int(len(self.sounds) * HELD_OUT_SHARE)
        return max(count - count % self.counts.levels, 1)

    @property
    def _num_not_tested(self) -> int:
        middle = (self.num_training_takes + len(self.sounds)) // 2
        return middle - middle % self.counts.levels

    @property
    def test_takes(self) -> NDArray[np.int64]:
        """The takes to measure a finished model with: the last twentieth, neither trained on nor stopped by."""
        return np.arange(self._num_not_tested, len(self.sounds))

    @property
    def ids(self) -> list[str]:
        """Takes that have sound, by number."""
        return [take_id(take) for take in range(len(self.sounds))]

    def split(self, clip_id: str) -> Split:
        """Return train for the first takes, val and test for the last ones."""
        take = take_of(clip_id)
        if take < self.num_training_takes:
            return "train"
        return "val" if take < self._num_not_tested else "test"

    def label(self, clip_id: str) -> str:
        """Return the scene."""
        return self.counts.state(take_of(clip_id)).scene

    def sound(self, clip_id: str) -> Sound:
        """Return the sound, mono [160 000] at 16 kHz within ±1."""
        return int16_to_float(self.sounds[take_of(clip_id)])

    def frames(self, clip_id: str, px: int) -> Frames:
        """Return the one frame, RGB [1, height, width, 3]. Raises ValueError for another height."""
        if px != self.counts.picture_px:
            raise ValueError(f"these takes are {self.counts.picture_px} pixels high, asked for {px}")
        return np.asarray(self.pictures[[take_of(clip_id)]])


def take_id(take: int) -> str:
    """Return the id of a take."""
    return f"take-{take:06d}"


def take_of(clip_id: str) -> int:
    """Return the number of the take `clip_id`. Raises KeyError for an id of another make."""
    number = clip_id.removeprefix("take-")
    if not number.isdecimal():
        raise KeyError(clip_id)
    return int(number)


def int16_to_float(sounds: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return stored sounds as float32 within ±1."""
    return np.asarray(sounds, dtype=np.float32) / np.float32(INT16_FULL_SCALE)
