"""What a sound is made of: up to two named things, each a point of the latent space, and how sure that is."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle
from s2s.clip_levels import clip_levels_db
from s2s.mel_bands import mel_bands
from s2s.sampling.embed import unit
from s2s.spectrogram import fit_clip, log_power, normalise

MOST_SOURCES: Final = 2
NAMED_FROM: Final = 0.5
"""The presence from which a second thing is named."""
LISTED: Final = 5
"""So many names are told of, whether they are painted or not."""
EACH_OF_TWO_DB: Final = -10.0 * math.log10(2.0)
"""How loud each of two things is beside both, where nothing says which of them is the louder."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One thing that sounds: `h` float32 [h_dim] of unit length is what f_V would see of it, `presence` how plainly it
    is there and `nearness` how near, both 0..1.
    """

    name: str
    h: NDArray[np.float32]
    presence: float
    nearness: float


@dataclass(frozen=True, slots=True)
class Likely:
    """A name that the model knows and how plainly it is there, 0..1."""

    name: str
    presence: float


@dataclass(frozen=True, slots=True, eq=False)
class Hearing:
    """What is heard in ten seconds. `h` float32 [h_dim], unit length, is z_A, what the whole of it is painted after.

    `sources` are the likeliest things, the likeliest first: always one where the model names things, a second where it
    is present enough. `certainty` 0..1 is how likely the first is really there, as calibrated; `hour` 0..24 is the time
    of day that the sound speaks of and `hour_firmness` 0..1 how plainly. `likeliest` are the first of all names, also
    of those too faint to be sources. Without names: no sources, nothing likely, certainty None.
    """

    h: NDArray[np.float32]
    sources: tuple[Source, ...] = ()
    certainty: float | None = None
    hour: float = 12.0
    hour_firmness: float = 0.0
    likeliest: tuple[Likely, ...] = ()


@torch.inference_mode()
def hear(model: Bundle, heard: Tensor) -> Hearing:
    """Return what `model` hears in a clip of log power [bins, frames], as `s2s.spectrogram` gives it.

    Raises ValueError where f_A answers with nothing.
    """
    inputs = normalise(heard, model.spec).float()[None, None].to(model.device)
    return hear_features(model, model.audio_encoder.features(inputs), heard)


@torch.inference_mode()
def hear_features(model: Bundle, features: Tensor, heard: Tensor) -> Hearing:
    """Return what `model` hears, of the last feature map [1, map_dim, f, t] of its f_A, and of the log power
    [bins, frames] that it was made of.

    Raises ValueError where f_A answers with nothing.
    """
    h = unit(model.audio_encoder.embed(features.mean((2, 3))))[0]
    heads = model.source_heads
    if heads is None:
        return Hearing(_vector(h))
    bands = None if heads.namer is None else mel_bands(heard, model.spec)[None].to(model.device)
    summary, reading = heads.hear(features, bands)
    presence, numbers = heads.presence(reading)[0].topk(min(LISTED, len(heads.names)))
    alone = bool(presence[1] < NAMED_FROM)
    seen, nearness = heads.embed(summary, numbers[None, :MOST_SOURCES], _levels_db(model, heard, alone))
    if alone:
        seen[0, 0] = heads.seen_alone(seen[0, 0], h)
    sources = tuple(
        Source(heads.names[int(number)], _vector(seen[0, rank]), float(presence[rank]), float(nearness[0, rank]))
        for rank, number in enumerate(numbers[:MOST_SOURCES])
        if rank == 0 or presence[rank] >= NAMED_FROM
    )
    hour, firmness = heads.hour(h)
    likeliest = tuple(
        Likely(heads.names[int(number)], float(there)) for number, there in zip(numbers, presence, strict=True)
    )
    return Hearing(_vector(h), sources, float(heads.certainty(reading)[0]), float(hour), float(firmness), likeliest)


def hear_sound(model: Bundle, sound: NDArray[np.float32]) -> Hearing:
    """Return what `model` hears in mono `sound` [n] at its rate, of any length, as `embed_sound` takes it."""
    if np.ndim(sound) != 1:
        raise ValueError(f"expected mono sound [n], got shape {np.shape(sound)}: average the channels first")
    return hear(model, log_power(fit_clip(sound, model.spec), model.spec))


def _levels_db(model: Bundle, heard: Tensor, alone: bool) -> Tensor | None:
    """Return how loud a thing is in the log power [bins, frames], [1, 2] in dBFS; None for heads that do not ask."""
    if model.source_heads is None or not model.source_heads.by_level:
        return None
    levels_db = clip_levels_db(heard, model.spec)[None].to(model.device)
    return levels_db if alone else levels_db + EACH_OF_TWO_DB


def _vector(row: Tensor) -> NDArray[np.float32]:
    vector: NDArray[np.float32] = row.float().cpu().numpy()
    return vector
