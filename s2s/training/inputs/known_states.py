"""What is known of remembered moments, and how a sound tells it: the line from h to how near the thing is.

Keys tell a scene's places and hours apart more loudly than how near its thing is, though f_A hears that well: a line
through the embeddings of takes finds it again. How near a moment looks is half read off its picture: of two moments of
a scene that are equally near, the one whose aeroplane is the larger shall answer the louder sound. How warm it is is
read off the picture too, for the world has no such number: curtains, leaves and evening skies make it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor
from tqdm import tqdm

from s2s.bundle import Bundle
from s2s.sampling.embed import encode_sounds
from s2s.world.painter import Painter
from s2s.world.sounds import synthesize
from s2s.world.state import SCENES, SceneState, draw_state
from s2s.world.takes import WorldCounts

_FIRST_SEED: Final = 5_000_000
"""Of the takes that nearness is learnt from; memories, judges and measures draw theirs elsewhere."""
_STRENGTHS: Final = (0.001, 0.003, 0.01, 0.03, 0.1)  # of the ridge, for unit features
_SPREAD: Final = 2 / 3
_MASK_PX: Final = 36  # high: areas at a quarter of the picture's size order moments as those at the whole do
_CHUNK: Final = 256
_EVERY_PX: Final = 4  # of a picture's colours are enough to tell its warmth
_DARK: Final = 0.05  # of the mean level: a black night has no colour, and shall not be the warmest or coolest of all

Pictures = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class KnownStates:
    """`states` [n, 3] of moments, each 0..1 as `memory_generator.STATES` names them, and the line [h_dim + 1] from h
    to nearness, its last number the constant."""

    states: Tensor
    nearness_line: Tensor


def known_states(model: Bundle, counts: WorldCounts, pictures: Pictures, per_scene: int) -> KnownStates:
    """Return what is known of the `pictures` of the world's takes, hearing `per_scene` other takes of each scene."""
    return KnownStates(states_of(counts, pictures), heard_nearness(model, per_scene))


@torch.inference_mode()
def heard_nearness(model: Bundle, per_scene: int) -> Tensor:
    """Return the line [h_dim + 1] from what f_A answers to how near a thing is, by `per_scene` takes of each scene."""
    turns = [scene for _ in range(per_scene) for scene in SCENES]
    takes = [draw_state(scene, _FIRST_SEED + number) for number, scene in enumerate(turns)]
    sounds = np.stack([synthesize(take) for take in tqdm(takes, desc="sounds", disable=None)])
    h = encode_sounds(model.audio_encoder, model.spec, sounds)
    return nearness_line(h, torch.tensor([take.nearness for take in takes]))


def states_of(counts: WorldCounts, pictures: Pictures) -> Tensor:
    """Return the states [n, 3], each 0..1, of the world's takes and their pictures uint8 [n, height, width, 3]: how
    near each looks, its share of the day and how warm it is.

    Needs OpenGL. How near it looks is the mean of how near it was drawn and of the rank of what its thing covers among
    the takes of its scene, which is spread as evenly over 0..1; how warm it is, the rank of its `warmth`.
    """
    takes = [counts.state(index) for index in range(counts.num_pictures)]
    scenes = np.array([SCENES.index(take.scene) for take in takes])
    hours = np.array([take.hour / 24.0 for take in takes])
    drawn = np.array([take.nearness for take in takes])
    looks = (drawn + even_ranks(_covered(takes, counts), scenes)) / 2.0
    states = [looks, hours, even_ranks(warmth(pictures), scenes)]
    return torch.from_numpy(np.stack(states, axis=1)).float()


def warmth(pictures: Pictures) -> NDArray[np.float64]:
    """Return by how much pictures uint8 [n, height, width, 3] are redder than blue, [n]; 0 for grey in any light."""
    starts = range(0, len(pictures), _CHUNK)
    few = (pictures[start : start + _CHUNK, ::_EVERY_PX, ::_EVERY_PX] for start in starts)
    means: NDArray[np.float64] = np.concatenate([some.mean(axis=(1, 2)) for some in few]) / 255.0  # [n, 3]
    redder: NDArray[np.float64] = (means[:, 0] - means[:, 2]) / (means.mean(axis=1) + _DARK)
    return redder


def even_ranks(sizes: NDArray[np.float64], scenes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the rank of each of `sizes` [n] among those of its scene [n], as the middle of its share of 0..1."""
    ranks = np.empty(len(sizes))
    for scene in np.unique(scenes):
        own = np.flatnonzero(scenes == scene)
        ranks[own] = (rankdata(sizes[own]) - 0.5) / len(own)
    return ranks


def _covered(takes: Sequence[SceneState], counts: WorldCounts) -> NDArray[np.float64]:
    """Return the share 0..1 [n] of each picture that its thing covers."""
    width_px = round(_MASK_PX * counts.width_px / counts.picture_px)
    with Painter(_MASK_PX, width_px=width_px) as painter:
        chunks = [painter.masks(takes[start : start + _CHUNK]) for start in range(0, len(takes), _CHUNK)]
    shares: NDArray[np.float64] = np.concatenate(chunks).mean(axis=(1, 2)) / 255.0
    return shares


def nearness_line(h: Tensor, nearness: Tensor) -> Tensor:
    """Return the line [h_dim + 1] from features [n, h_dim] of takes to how near they are [n].

    Ridge regression, its strength by the last quarter, then scaled about the middle until what it answers spreads two
    thirds as far as the truth does: a regression is drawn to the mean, and on the wall nothing would ever be quite
    near; but what is farthest nobody can name.
    """
    h, nearness = F.normalize(h.double(), dim=1), nearness.double()
    first = len(h) * 3 // 4
    errors = {
        strength: float((_along(h[first:], _ridge(h[:first], nearness[:first], strength)) - nearness[first:]).norm())
        for strength in _STRENGTHS
    }
    line = _ridge(h, nearness, min(errors, key=errors.__getitem__))
    line *= _SPREAD * nearness.std() / _along(h, line).std()
    line[-1] += nearness.mean() - _along(h, line).mean()
    return line.float()


def _ridge(h: Tensor, target: Tensor, strength: float) -> Tensor:
    rows = F.pad(h, (0, 1), value=1.0)
    damping = strength * torch.eye(rows.shape[1], dtype=rows.dtype)
    damping[-1, -1] = 1e-9  # the constant is free
    line: Tensor = torch.linalg.solve(rows.T @ rows + damping, rows.T @ target)
    return line


def _along(h: Tensor, line: Tensor) -> Tensor:
    return h @ line[:-1] + line[-1]
