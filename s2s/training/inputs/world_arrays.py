"""Training data of the synthetic world: pictures and sounds of many takes in plain arrays, read by memory map.

Take i is `draw_state(SCENES[i % num_scenes], first_seed + i)`; picture i and sound i belong together. Written and read
by the training process alone.
"""

import json
import logging
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from s2s.world.state import FIRST_SCENES, SCENES, SceneState, draw_state

_log = logging.getLogger(__name__)

SAMPLE_RATE_HZ: Final = 16_000
CLIP_S: Final = 10.0
CHUNK: Final = 64
INT16_FULL_SCALE: Final = 32767.0
MASK_SCALE: Final = 4  # a picture's side is so many of its mask's


class DataError(Exception):
    """A data folder that is missing, unfinished or of another make; the message says what to do."""


@dataclass(frozen=True, slots=True)
class WorldCounts:
    """How much of the world a data folder holds. The first `num_sounds` takes have sound as well as picture.

    Its takes show the first `num_scenes` of `SCENES` in turn. Pictures are `picture_px` high, and square unless
    `picture_width_px` says otherwise; with `masks` it also holds where the thing is, at a quarter of the size.
    """

    num_pictures: int
    num_sounds: int
    picture_px: int = 128
    first_seed: int = 0
    num_scenes: int = len(SCENES)
    picture_width_px: int | None = None
    masks: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.num_scenes <= len(SCENES):
            raise DataError(f"num_scenes must lie in 1..{len(SCENES)}, got {self.num_scenes}")
        if not 0 <= self.num_sounds <= self.num_pictures:
            raise DataError(f"every sound needs its picture: {self.num_sounds} sounds, {self.num_pictures} pictures")
        if self.num_pictures < 1:
            raise DataError(f"at least one picture is needed, got {self.num_pictures}")
        if self.masks and (self.picture_px % MASK_SCALE or self.width_px % MASK_SCALE):
            raise DataError(f"masks need sides that {MASK_SCALE} divides, got {self.width_px}x{self.picture_px}")

    @property
    def width_px(self) -> int:
        """Pixels across."""
        return self.picture_width_px or self.picture_px

    def state(self, index: int) -> SceneState:
        """Return take `index`."""
        return draw_state(SCENES[index % self.num_scenes], self.first_seed + index)


def write_world(out: Path, counts: WorldCounts, *, workers: int = 2) -> None:
    """Draw the world into `out`; goes on where an interrupted run with the same counts stopped."""
    out.mkdir(parents=True, exist_ok=True)
    about = out / "about.json"
    if about.exists() and _read_counts(about) != counts:
        raise DataError(f"{out} holds other data ({about.read_text().strip()}); choose an empty folder")
    about.write_text(json.dumps(asdict(counts)) + "\n")
    _write_pictures(out, counts)
    if counts.masks:
        _write_masks(out, counts)
    _write_sounds(out, counts, workers)


def _read_counts(about: Path) -> WorldCounts:
    # Folders written while the world had its first scenes alone do not say so.
    return WorldCounts(**{"num_scenes": len(FIRST_SCENES), **json.loads(about.read_text())})


def _write_pictures(out: Path, counts: WorldCounts) -> None:
    # Imported here: sounds alone can be drawn, and data read, on a machine without OpenGL.
    from s2s.world.painter import Painter

    shape = (counts.num_pictures, counts.picture_px, counts.width_px, 3)
    array, chunks = _open_chunks(out / "pictures.npy", shape, np.uint8)
    if not chunks:
        return
    with Painter(counts.picture_px, width_px=counts.width_px) as painter:
        for chunk in tqdm(chunks, desc="pictures", unit_scale=CHUNK):
            array[chunk.start : chunk.stop] = painter.paint([counts.state(i) for i in chunk])
            _mark_done(out / "pictures.npy", chunk)


def _write_masks(out: Path, counts: WorldCounts) -> None:
    from s2s.world.painter import Painter

    height_px, width_px = counts.picture_px // MASK_SCALE, counts.width_px // MASK_SCALE
    array, chunks = _open_chunks(out / "masks.npy", (counts.num_pictures, height_px, width_px), np.uint8)
    if not chunks:
        return
    with Painter(height_px, width_px=width_px) as painter:
        for chunk in tqdm(chunks, desc="masks", unit_scale=CHUNK):
            array[chunk.start : chunk.stop] = painter.masks([counts.state(i) for i in chunk])
            _mark_done(out / "masks.npy", chunk)


def _write_sounds(out: Path, counts: WorldCounts, workers: int) -> None:
    shape = (counts.num_sounds, int(CLIP_S * SAMPLE_RATE_HZ))
    if not counts.num_sounds:
        np.save(out / "sounds.npy", np.empty(shape, np.int16))
        return
    array, chunks = _open_chunks(out / "sounds.npy", shape, np.int16)
    with ProcessPoolExecutor(max_workers=workers) as pool:
        for chunk in tqdm(chunks, desc="sounds", unit_scale=CHUNK):
            sounds = pool.map(_int16_sound, [counts.state(i) for i in chunk], chunksize=4)
            array[chunk.start : chunk.stop] = np.stack(list(sounds))
            _mark_done(out / "sounds.npy", chunk)


def _int16_sound(state: SceneState) -> NDArray[np.int16]:
    from s2s.world.sounds import synthesize

    sound = synthesize(state, duration_s=CLIP_S, sample_rate_hz=SAMPLE_RATE_HZ)
    return (np.clip(sound, -1.0, 1.0) * INT16_FULL_SCALE).round().astype(np.int16)


def _open_chunks(
    path: Path, shape: tuple[int, ...], dtype: type[np.uint8] | type[np.int16]
) -> tuple[NDArray[np.generic], list[range]]:
    """Return the array on disk and the index ranges that still have to be filled."""
    done = int(_done_path(path).read_text()) if _done_path(path).exists() else 0
    mode = "r+" if path.exists() else "w+"
    array = np.lib.format.open_memmap(path, mode=mode, dtype=dtype, shape=None if mode == "r+" else shape)
    total = shape[0]
    return array, [range(start, min(start + CHUNK, total)) for start in range(done, total, CHUNK)]


def _done_path(path: Path) -> Path:
    return path.with_suffix(".done")


def _mark_done(path: Path, chunk: range) -> None:
    _done_path(path).write_text(str(chunk.stop))


@dataclass(frozen=True, slots=True)
class WorldData:
    """An opened data folder. Pictures are uint8 [n, height, width, 3], sounds int16 [m, 160 000] with m at most n.

    `masks`, uint8 [n, height / 4, width / 4], say how much of each place the thing covers; None where none were asked
    for.
    """

    counts: WorldCounts
    pictures: NDArray[np.uint8]
    sounds: NDArray[np.int16]
    masks: NDArray[np.uint8] | None = None

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `write_world` wrote. Raises DataError."""
        about = folder / "about.json"
        if not about.exists():
            raise DataError(f"{folder} holds no training data: write some with `python -m s2s prepare world {folder}`")
        counts = _read_counts(about)
        needs = {"pictures": counts.num_pictures, "sounds": counts.num_sounds}
        if counts.masks:
            needs["masks"] = counts.num_pictures
        for name, needed in needs.items():
            done = _done_path(folder / f"{name}.npy")
            have = int(done.read_text()) if done.exists() else 0
            if have < needed:
                raise DataError(f"{folder} is unfinished ({have} of {needed} {name}): run `prepare` again")
        pictures = np.load(folder / "pictures.npy", mmap_mode="r")
        # An empty file cannot be mapped.
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
        return np.arange(self.counts.num_pictures) % self.counts.num_scenes


def int16_to_float(sounds: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return stored sounds as float32 within ±1."""
    return np.asarray(sounds, dtype=np.float32) / np.float32(INT16_FULL_SCALE)


def to_tensor(pictures: NDArray[np.uint8], px: int) -> Tensor:
    """Return pictures [n, p, p, 3] as float [n, 3, px, px] in -1..1; `px` must divide their size."""
    x = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
    factor, rest = divmod(x.shape[-1], px)
    if rest or not factor:
        raise DataError(f"pictures of {x.shape[-1]} pixels cannot be reduced to {px}: take a divisor")
    x = torch.nn.functional.avg_pool2d(x, factor) if factor > 1 else x
    return x.contiguous(memory_format=torch.channels_last)


def to_pictures(images: Tensor) -> NDArray[np.uint8]:
    """Return float pictures [n, 3, h, w] in -1..1 as uint8 [n, h, w, 3]."""
    x = ((images.detach().float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return x.permute(0, 2, 3, 1).contiguous().cpu().numpy()
