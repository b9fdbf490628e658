"""What a model makes of changed sounds: rows of the paper's figures 6 to 8, and the frames of a film.

Runs in the calling thread, for as long as the model takes.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle
from s2s.media.montage import Pixels, captioned
from s2s.sampling.audible import NOTHING_BELOW_DBFS, silence_words
from s2s.sampling.embed import embed_sound
from s2s.sampling.figures.sweeps import Step, Sweep, position_at
from s2s.sampling.generate import paint
from s2s.sampling.manipulate import Sound
from s2s.spectrogram import fit_clip, power
from s2s.spectrogram_spec import SpectrogramSpec

_LEAST_ABOVE_FLOOR: Final = 0.001
"""Of the spectrogram: a pure tone is about four times as much, and noise at the floor touches it here and there."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud a clip is to a model.

    `level_dbfs` is its root mean square in decibels of full scale, before clipping; None for silence. `clipped` is the
    share of its samples beyond ±1, `above_floor` the share of its spectrogram whose power exceeds the floor: all below
    looks alike to the model, and with `clip` normalisation little but the floor lets it tell loud from quiet. `remark`
    says where next to nothing does, or where it is too soft to be anything but silence to a show.
    """

    level_dbfs: float | None
    clipped: float
    above_floor: float
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """One row of a figure: n changed sounds, painted from each of m noises.

    `embeddings` [n, h_dim] are unit, `pictures` [m, n, height, width, 3]; a column's pictures share their embedding, a
    row's their noise.
    """

    captions: tuple[str, ...]
    embeddings: Tensor
    pictures: NDArray[np.uint8]
    loudness: tuple[Loudness, ...]

    @property
    def cosines(self) -> list[float]:
        """The cosine of each embedding with the first: how far the model hears that it has gone."""
        return [float(cosine) for cosine in (self.embeddings @ self.embeddings[0]).clamp(-1, 1)]


def paint_strip(model: Bundle, steps: Sequence[Step], z: Tensor) -> Strip:
    """Return what `model` paints of every step with the same noise, for each noise of `z` [m, z_dim] (section 5.1).

    Sounds are brought to the model's clip as `generate` does. Raises ValueError, with the step's caption, for a sound
    that cannot be embedded.
    """
    embeddings = torch.cat([_embedded(model, step) for step in steps])
    pictures = np.stack([paint(model, noise.expand(len(steps), -1), embeddings) for noise in z[:, None]])
    loudness = tuple(loudness_of(step.sound, model.spec) for step in steps)
    return Strip(tuple(step.caption for step in steps), embeddings.cpu(), pictures, loudness)


def loudness_of(sound: Sound, spec: SpectrogramSpec) -> Loudness:
    """Return how loud mono `sound` [n] is to a model that hears by `spec`. Raises ValueError as `fit_clip` does."""
    clip = fit_clip(sound, spec)
    unclipped = np.resize(sound, spec.clip_samples)
    level = math.sqrt(float(np.mean(np.square(unclipped, dtype=np.float64))))
    above_floor = float((power(clip, spec) > spec.floor).double().mean())
    return Loudness(
        level_dbfs=20.0 * math.log10(level) if level > 0.0 else None,
        clipped=float((np.abs(unclipped) > 1.0).mean()),
        above_floor=above_floor,
        remark=_remark(above_floor, unclipped, spec),
    )


def _remark(above_floor: float, sound: Sound, spec: SpectrogramSpec) -> str:
    if above_floor < _LEAST_ABOVE_FLOOR:
        return "below the floor"
    return f"below {NOTHING_BELOW_DBFS:.0f} dB" if silence_words(sound, spec.sample_rate_hz) else ""


def film_frames(model: Bundle, sweep: Sweep, z: Tensor, num_frames: int, px: int = 480) -> Iterator[Pixels]:
    """Yield the pictures of a film that goes through `sweep`, each `px` wide, with its caption.

    Every frame is heard anew: the sounds are mixed as they are at its moment, embedded and painted with the one noise
    `z` [1, z_dim]; nothing is interpolated. `Sweep.heard` is the sound that belongs to them. Raises as `paint_strip`.
    """
    painted: tuple[float, Pixels] | None = None
    for number in range(num_frames):
        position = position_at(number / max(1, num_frames - 1))
        if painted is None or painted[0] != position:  # held at both ends, where one picture serves for many frames
            caption = sweep.caption(position)
            picture = paint(model, z, _embedded(model, Step(caption, sweep.sound(position))))[0]
            painted = (position, captioned(picture, caption, px))
        yield painted[1]


def _embedded(model: Bundle, step: Step) -> Tensor:
    try:
        return embed_sound(model, step.sound)
    except ValueError as error:
        raise ValueError(f"{step.caption}: {error}") from error
