"""What the claims share: fresh takes of the world, pictures painted of them, and a judge that says what is in these."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle
from s2s.evaluate.heard_pictures import Pictures, hear_all, paint_all
from s2s.evaluate.hearing.intervals import recording_weights
from s2s.evaluate.picture_parts import things_in_parts
from s2s.evaluate.report.model import Value
from s2s.evaluate.thing_metrics import JudgeReading, read
from s2s.models.thing_judge import ThingJudge
from s2s.sampling.manipulate import Sound
from s2s.sampling.noise import draw_noise
from s2s.world.composition import composable_pairs
from s2s.world.painter import Painter
from s2s.world.sounds import synthesize
from s2s.world.state import SCENES, SceneState, draw_state

FIRST_SEED: Final = 9_700_000
"""Of the takes that claims are measured on: no stage draws seeds from here on, nor does any other measuring."""
_DRAWS: Final = 2000
_BOUNDS: Final = (2.5, 97.5)
_NEAR: Final = 0.5  # of two things in one picture: farther ones hide behind each other


FEWEST: Final = 5
"""Takes that bound a mean: drawn anew, one take is always itself."""


@dataclass(frozen=True, slots=True)
class ClaimSizes:
    """How much each claim is measured on: takes of every one of `scenes`, or pairs of them."""

    louder_each: int = 2
    edited_each: int = 2
    mixes: int = 84
    blends: int = 84
    composed: int = 84
    retrieved_each: int = 4
    inverted: int = 6
    unseen_each: int = 13
    scenes: tuple[str, ...] = SCENES

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self) if field.name != "scenes"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if not self.possible_pairs:
            named = ", ".join(self.scenes) or "none"
            raise ValueError(f"scenes must hold two that can be painted together, got {named}")

    @property
    def possible_pairs(self) -> list[tuple[str, str]]:
        """Every place of `scenes` with every thing of them that can be laid over it."""
        return [pair for pair in composable_pairs() if set(pair) <= set(self.scenes)]


@dataclass(frozen=True, slots=True, eq=False)
class Measuring:
    """A model, and a judge that has learnt from the world's own pictures which scene's thing is where.

    Needs OpenGL.
    """

    model: Bundle
    judge: ThingJudge
    sizes: ClaimSizes
    seed: int

    def painted(self, sounds: Sequence[Sound], z: Tensor) -> Pictures:
        """Return what the show would paint of each sound with noise `z` [n, z_dim] or one row for all."""
        return paint_all(self.model, hear_all(self.model, sounds), z)

    def noise(self, row: int, count: int = 1) -> Tensor:
        """Return noise [count, z_dim] for take `row`."""
        return draw_noise(count, self.model.generator.z_dim, seed=FIRST_SEED + 1000 * self.seed + row)

    def rng(self, row: int) -> np.random.Generator:
        """Return what else is drawn at random for take `row`."""
        return np.random.default_rng([self.seed, row, *b"claims"])

    def read(self, pictures: Pictures) -> JudgeReading:
        """Return what the judge finds in pictures."""
        return read(self.judge, pictures)

    def both_found(self, pictures: Pictures, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return 1 where the judge, looking at parts of them too, finds the two of `pairs` [n, 2] likeliest, else 0."""
        shares = things_in_parts(self.judge, pictures)
        return both_found(shares[:, [self.judge.classes.index(scene) for scene in SCENES]], pairs)

    def states(self, each: int) -> list[SceneState]:
        """Return `each` takes of every scene."""
        first, scenes = FIRST_SEED + 1_000_000 * self.seed, self.sizes.scenes
        return [draw_state(scenes[n % len(scenes)], first + n) for n in range(each * len(scenes))]

    def pairs(self, count: int, *, purpose: str) -> list[tuple[SceneState, SceneState]]:
        """Return `count` pairs of takes, both near and at one hour, of scenes that can be painted together.

        The first is the place. No take comes twice; pairs of scenes come evenly.
        """
        rng = np.random.default_rng([self.seed, *purpose.encode()])
        possible = self.sizes.possible_pairs
        chosen = [possible[int(n)] for n in np.resize(rng.permutation(len(possible)), count)]
        first = FIRST_SEED + 1_000_000 * self.seed + 100_000
        return [self._two(names, first + 2 * n, rng) for n, names in enumerate(chosen)]

    def _two(self, names: tuple[str, str], seed: int, rng: np.random.Generator) -> tuple[SceneState, SceneState]:
        hour, near = float(rng.uniform(0.0, 24.0)), rng.uniform(_NEAR, 1.0, 2)
        one, other = (SceneState(name, seed + n, float(near[n]), hour) for n, name in enumerate(names))
        return one, other

    def drawn(self, moments: Sequence[Sequence[SceneState]]) -> Pictures:
        """Return the world's own pictures of moments, in the shape of the model's."""
        generator = self.model.generator
        with Painter(generator.height, width_px=generator.width) as painter:
            return painter.paint_layers(moments)


def sound_of(state: SceneState) -> Sound:
    """Return the sound of a take."""
    return synthesize(state).astype(np.float32)


def scene_numbers(states: Sequence[SceneState]) -> NDArray[np.int64]:
    """Return the number of each take's scene, [n]."""
    return np.array([SCENES.index(state.scene) for state in states])


def same_by_chance(states: Sequence[SceneState]) -> float:
    """Return how often two of `states` drawn at random are of one scene."""
    shares = np.bincount(scene_numbers(states)) / len(states)
    return round(float(np.square(shares).sum()), 4)


def scene_logits(judge: ThingJudge, reading: JudgeReading) -> Tensor:
    """Return the judge's logits [n, 28] of the world's scenes, `none` left out."""
    return reading.logits[:, [judge.classes.index(scene) for scene in SCENES]]


def likeliest(reading: JudgeReading) -> NDArray[np.int64]:
    """Return the class [n] that the judge finds likeliest, `none` among them."""
    return np.asarray(reading.logits.argmax(dim=1).numpy(), np.int64)


def both_found(logits: Tensor, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return 1 where the two of `pairs` [n, 2] are the two highest of `logits` [n, 28], else 0."""
    best = logits.topk(2, dim=1).indices.sort(dim=1).values
    return (best == torch.from_numpy(np.sort(pairs, axis=1))).all(dim=1).double().numpy()


def mean_value(each: NDArray[np.float64], seed: int) -> Value:
    """Return the mean over takes [n] with the 95 % interval of a bootstrap that draws takes anew; NaN are left out.

    Fewer than `FEWEST` takes bound nothing. Raises ValueError where nothing is left.
    """
    known = each[np.isfinite(each)]
    if not len(known):
        raise ValueError("a mean needs at least one take")
    if len(known) < FEWEST:
        return Value(round(float(known.mean()), 4), None, None, len(known))
    weights = recording_weights([str(n) for n in range(len(known))], _DRAWS, np.random.default_rng([seed, *b"claim"]))
    low, high = np.percentile(weights @ known / len(known), _BOUNDS)
    mean, low, high = (round(float(number), 4) for number in (known.mean(), low, high))
    return Value(mean, low, high, len(known))


def above(value: Value, chance: float) -> bool | None:
    """Whether the whole interval lies above `chance`; None where there is no interval: it cannot be told."""
    return None if value.low is None else value.low > chance


def below(value: Value, chance: float) -> bool | None:
    """Whether the whole interval lies below `chance`; None where there is no interval."""
    return None if value.high is None else value.high < chance
