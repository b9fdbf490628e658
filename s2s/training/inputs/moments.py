"""What the localizer is trained on, computed once: f_V's maps at a few moments of every clip, and the clip's bands.

f_V is frozen, so its maps never change. Three arrays in a folder, read by memory map; writing goes on where it stopped.
"""

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import torch
from numpy.typing import DTypeLike, NDArray
from torch import Tensor, nn
from tqdm import tqdm

from s2s.data.clip_source import ClipSource
from s2s.files.array_store import ArrayStore
from s2s.models.image_encoder import STAGES, PictureEncoder
from s2s.models.localizer import COLUMNS_A_STEP
from s2s.models.swav import SwavResNet50
from s2s.rates import FRAME_RATE_HZ
from s2s.training.inputs.log_bands import log_bands

_log = logging.getLogger(__name__)

CLIP_STEPS: Final = 100  # ten seconds; what is longer is cut, what is shorter is trained on as far as it goes
FEWEST_CLIPS: Final = 2
_ABOUT: Final = "about.json"
_ARRAYS: Final[dict[str, DTypeLike]] = {"maps": np.float16, "bands": np.float16, "steps": np.int16}
_LEFT_OUT: Final = -1
_FRAMES_AT_ONCE: Final = 32
_SAVED_EVERY: Final = 16  # clips


def frame_px(encoder: PictureEncoder) -> int:
    """Return the size of frames to ask a source for: 224 for the published f_V, 128 for the small one."""
    return 224 if isinstance(encoder, SwavResNet50) else 128


def fingerprint(network: PictureEncoder | nn.Module) -> str:
    """Return a prefix of the SHA-256 of a network's weights, 16 hexadecimal digits: a localizer fits one f_V alone."""
    assert isinstance(network, nn.Module)
    digest = hashlib.sha256()
    for name, value in sorted(network.state_dict().items()):
        digest.update(name.encode() + value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


@torch.inference_mode()
def picture_maps(encoder: PictureEncoder, frames: NDArray[np.uint8], stages: Sequence[int]) -> list[Tensor]:
    """Return f_V's maps [n, c_i, h_i, w_i] of frames [n, px, px, 3], one per stage (1 to 4), on the CPU, float32."""
    assert isinstance(encoder, nn.Module)
    device, parts = next(encoder.parameters()).device, []
    for start in range(0, len(frames), _FRAMES_AT_ONCE):
        few = np.ascontiguousarray(frames[start : start + _FRAMES_AT_ONCE])
        pictures = torch.from_numpy(few).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1.0
        maps = encoder.maps(pictures)
        parts.append([maps[stage - 1].float().cpu() for stage in stages])
    return [torch.cat(same) for same in zip(*parts, strict=True)]


@dataclass(frozen=True, slots=True)
class MomentOptions:
    """What is kept of each clip. Maps take most of the room: 24 KiB a moment for the small f_V's last two stages."""

    moments: int = 16
    stages: tuple[int, ...] = (3, 4)  # of f_V's four, finest first
    num_bands: int = 48
    seed: int = 0

    def __post_init__(self) -> None:
        if not 2 <= self.moments <= CLIP_STEPS:
            raise ValueError(f"moments must lie in 2..{CLIP_STEPS}, got {self.moments}")
        if not self.stages or list(self.stages) != sorted(set(self.stages) & set(range(1, STAGES + 1))):
            raise ValueError(f"stages must name maps of f_V in order, 1 to {STAGES}; got {list(self.stages)}")


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """An opened folder of n clips, those to train on and those held out given as `train` and `held_out`, row numbers.

    `maps` float16 [n, moments, numbers], all `stages` of f_V in a row; `bands` float16 [n, bands, 1000] of log power;
    `steps` int16 [n, moments], where in the clip each moment is. `encoder` is the fingerprint of f_V.
    """

    train: NDArray[np.int64]
    held_out: NDArray[np.int64]
    encoder: str
    stages: tuple[int, ...]
    shapes: tuple[tuple[int, int, int], ...]
    maps: NDArray[np.float16]
    bands: NDArray[np.float16]
    steps: NDArray[np.int16]

    def maps_of(self, clips: NDArray[np.int64], moments: NDArray[np.int64]) -> list[Tensor]:
        """Return the maps [b × m, c_i, h_i, w_i] of `moments` [b, m] of `clips` [b]."""
        rows = np.stack([self.maps[clip, few] for clip, few in zip(clips, moments, strict=True)])
        flat = torch.from_numpy(rows.reshape(-1, rows.shape[-1])).float()
        sizes = [int(np.prod(shape)) for shape in self.shapes]
        return [
            part.reshape(-1, *shape) for part, shape in zip(torch.split(flat, sizes, dim=1), self.shapes, strict=True)
        ]

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `write_moments` finished. Raises ValueError where too little of it could be used."""
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        maps, bands, steps = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS)
        usable = np.flatnonzero(steps[:, 0] >= 0)
        first_held_out = len(about["ids"]) - about["num_held_out"]
        train, held_out = usable[usable < first_held_out], usable[usable >= first_held_out]
        if len(train) < FEWEST_CLIPS:
            raise ValueError(f"expected at least {FEWEST_CLIPS} clips with frames and sound, got {len(train)}")
        shapes = tuple(tuple(shape) for shape in about["shapes"])
        return cls(train, held_out, about["encoder"], tuple(about["stages"]), shapes, maps, bands, steps)


def write_moments(source: ClipSource, encoder: PictureEncoder, folder: Path, options: MomentOptions) -> Moments:
    """Compute moments of the source's clips for training and validation into `folder` and open them.

    What is there already is kept. Moments are spread over the clip, one drawn in each of as many equal spans. A clip
    that cannot be read is left out with a warning in the log. Raises ValueError where the folder holds moments of other
    clips, another encoder or another size, or where there is too little to learn from.
    """
    ids, num_held_out = _divided(source)
    shapes = _shapes(encoder, options.stages)
    about = {"ids": ids, "num_held_out": num_held_out, "shapes": shapes, "encoder": fingerprint(encoder)}
    _check_about(folder, {**about, **asdict(options), "stages": list(options.stages)})
    store = ArrayStore.to_fill(folder, len(ids), _rows(shapes, options))
    maps, bands, steps = (store.arrays[name] for name in _ARRAYS)
    done = store.done
    for clip in tqdm(range(done, len(ids)), desc="moments", unit=" clip", initial=done, total=len(ids), disable=None):
        try:
            sound, frames = source.sound(ids[clip]), source.frames(ids[clip], frame_px(encoder))
            bands[clip] = log_bands(sound, CLIP_STEPS, options.num_bands).half().numpy()
            steps[clip] = _spread(len(frames), options.moments, np.random.default_rng([options.seed, clip]))
            of_stages = picture_maps(encoder, frames[steps[clip]], options.stages)
            maps[clip] = torch.cat([one.flatten(1) for one in of_stages], dim=1).half().numpy()
        except (ValueError, OSError) as error:
            _log.warning("%s is left out: %s", ids[clip], " ".join(str(error).split()))
            steps[clip] = _LEFT_OUT
        if (clip + 1) % _SAVED_EVERY == 0 or clip + 1 == len(ids):
            store.mark(clip + 1)
    return Moments.open(folder)


def _divided(source: ClipSource) -> tuple[list[str], int]:
    """Return the clips to train on and, after them, those held out, and how many these are."""
    by_split: dict[str, list[str]] = {"train": [], "val": [], "test": []}
    for clip_id in source.ids:
        by_split[source.split(clip_id)].append(clip_id)
    train, held_out = by_split["train"], by_split["val"]
    if len(train) < FEWEST_CLIPS:
        raise ValueError(f"expected at least {FEWEST_CLIPS} clips to train on, got {len(train)}")
    if source.frame_rate_hz != FRAME_RATE_HZ:
        raise ValueError(f"expected frames at {FRAME_RATE_HZ:g} Hz, got {source.frame_rate_hz:g}: prepare them anew")
    return [*train, *held_out], len(held_out)


def _shapes(encoder: PictureEncoder, stages: Sequence[int]) -> list[list[int]]:
    px = frame_px(encoder)
    return [list(one.shape[1:]) for one in picture_maps(encoder, np.zeros((1, px, px, 3), np.uint8), stages)]


def _check_about(folder: Path, about: dict[str, Any]) -> None:
    path = folder / _ABOUT
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(json.dumps(about) + "\n", encoding="utf-8")
        return
    there = json.loads(path.read_text(encoding="utf-8"))
    different = [name for name, value in about.items() if there.get(name) != value]
    if different:
        raise ValueError(f"{folder} holds moments with other {', '.join(different)}: choose another folder")


def _rows(shapes: Sequence[Sequence[int]], options: MomentOptions) -> dict[str, tuple[tuple[int, ...], DTypeLike]]:
    """Return shape and type of one clip's row of every array."""
    numbers = sum(int(np.prod(shape)) for shape in shapes)
    rows = ((options.moments, numbers), (options.num_bands, CLIP_STEPS * COLUMNS_A_STEP), (options.moments,))
    return {name: (shape, dtype) for (name, dtype), shape in zip(_ARRAYS.items(), rows, strict=True)}


def _spread(num_frames: int, moments: int, rng: np.random.Generator) -> NDArray[np.int16]:
    """Return `moments` frame numbers in order, one drawn in each of as many equal spans of the clip."""
    if not num_frames:
        raise ValueError("it has no frames")
    within = min(num_frames, CLIP_STEPS)
    drawn = (np.arange(moments) + rng.uniform(0.0, 1.0, moments)) * within / moments
    return np.minimum(drawn, within - 1).astype(np.int16)
