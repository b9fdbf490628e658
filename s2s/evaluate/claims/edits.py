"""An edit by volume moves what it should and nothing else (paper, section 5.2, figure 11).

Pictures are the generator's own, G(z, f_V(picture)), so that nothing of the inversion is measured with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.evaluate.claims.measuring import Measuring, above, below, likeliest, mean_value, sound_of
from s2s.evaluate.heard_pictures import Pictures, see
from s2s.evaluate.report.model import Claim, Skipped
from s2s.evaluate.thing_metrics import JudgeReading
from s2s.metrics.scores import rank_correlation
from s2s.sampling.embed import embed_sound
from s2s.sampling.figures.latent_strip import edited, paint_latents
from s2s.sampling.manipulate import at_volume

_LAMBDAS: Final = (-2.0, -1.0, 0.0, 1.0, 2.0)
_UNMOVED: Final = _LAMBDAS.index(0.0)
_QUIETER_DB: Final = -20.0
_STEP: Final = f"λ from -2 to 2 of z_A - z_A at {_QUIETER_DB:g} dB; pictures of held-out moments"
_THERE: Final = 0.5  # from which value of the mask a place is the thing's


@dataclass(frozen=True, slots=True)
class _Edited:
    """What became of one picture: ρ of λ and size, the share that kept its thing, and how far the rest changed."""

    size: float
    kept: float
    outside: float


def edit_moves_size_alone(measuring: Measuring) -> list[Claim | Skipped]:
    """Return whether size follows λ, the thing stays, and what is not the thing changes less than the thing does.

    The two latter are held against steps of the same length in directions drawn at random: a step so short that it
    changes next to nothing keeps both.
    """
    states = measuring.states(measuring.sizes.edited_each)
    h = see(measuring.model, measuring.drawn([(state,) for state in states]))
    along, across = [], []
    for row, state in enumerate(states):
        sound = sound_of(state)
        louder, quieter = (embed_sound(measuring.model, one).cpu() for one in (sound, at_volume(sound, _QUIETER_DB)))
        along.append(_edit(measuring, row, state.scene, h[row : row + 1], louder, quieter))
        across.append(
            _edit(measuring, row, state.scene, h[row : row + 1], *_at_random(louder - quieter, measuring.rng(row)))
        )
    return _claims(measuring, along, across)


def _claims(measuring: Measuring, along: Sequence[_Edited], across: Sequence[_Edited]) -> list[Claim | Skipped]:
    size = mean_value(np.array([one.size for one in along]), measuring.seed)
    kept = mean_value(np.array([one.kept for one in along]), measuring.seed)
    kept_at_random = float(np.mean([one.kept for one in across]))
    return [
        Claim(
            "edit-moves-size",
            "an edit by volume moves the size",
            "the rank correlation of λ and the size of the thing is above 0",
            size,
            0.0,
            above(size, 0.0),
            _STEP,
        ),
        Claim(
            "edit-keeps-thing",
            "an edit by volume leaves the thing what it is",
            "the judge finds the same thing after the edit as before, more often than after random steps as long",
            kept,
            round(kept_at_random, 4),
            above(kept, kept_at_random),
            _STEP,
        ),
        _place_claim(measuring, along, across),
    ]


def _place_claim(measuring: Measuring, along: Sequence[_Edited], across: Sequence[_Edited]) -> Claim | Skipped:
    ratios, at_random = (np.array([one.outside for one in some]) for some in (along, across))
    told = "an edit by volume leaves the rest of the picture alone"
    if not np.isfinite(ratios).any():
        return Skipped(told, "the judge finds no thing in the pictures, or nothing beside it, or nothing changes")
    value = mean_value(ratios, measuring.seed)
    asked = "pixels outside the thing change less, against those within, than after random steps of that length"
    if not np.isfinite(at_random).any():
        return Skipped(told, "steps at random change nothing that it could be held against")
    chance = round(float(np.nanmean(at_random)), 4)
    return Claim("edit-keeps-place", told, asked, value, chance, below(value, chance), _STEP)


def _edit(measuring: Measuring, row: int, scene: str, h: Tensor, louder: Tensor, quieter: Tensor) -> _Edited:
    strip = paint_latents(measuring.model, measuring.noise(row), edited(h, louder, quieter), _LAMBDAS)
    reading = measuring.read(strip.pictures)
    found = likeliest(reading)
    kept = np.delete(found == found[_UNMOVED], _UNMOVED).mean()
    size = rank_correlation(np.array(_LAMBDAS), reading.sizes_of(scene))
    return _Edited(size, float(kept), _outside_to_inside(strip.pictures, reading))


def _outside_to_inside(pictures: Pictures, reading: JudgeReading) -> float:
    """Return how much pixels outside the thing change, against those within; NaN where there is no thing or no change.

    The thing's place is wherever the judge finds it at any λ.
    """
    masks = torch.nn.functional.interpolate(reading.masks, pictures.shape[1:3], mode="bilinear")
    inside = (masks[:, 0].amax(dim=0) > _THERE).numpy()
    if not inside.any() or inside.all():
        return float("nan")
    change = np.abs(pictures.astype(np.float64) - pictures[_UNMOVED]).mean(axis=(0, 3))
    return float(change[~inside].mean() / change[inside].mean()) if change[inside].any() else float("nan")


def _at_random(step: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Return two points [1, d] whose difference is as long as `step`, in a direction drawn at random."""
    drawn: NDArray[np.float32] = rng.normal(size=tuple(step.shape)).astype(np.float32)
    direction = torch.from_numpy(drawn)
    return direction / direction.norm() * step.norm(), torch.zeros_like(step)
