"""Pictures of many sounds as the show paints them: of what is named, as near as it sounds, two things where both are.

A model that names nothing paints the whole sound, G(z, z_A), as the paper does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle
from s2s.models.memory_generator import Beside, MemoryGenerator
from s2s.sampling.embed import as_seen, unit
from s2s.sampling.generate import as_pixels, paint
from s2s.sampling.manipulate import Sound
from s2s.sampling.sources import Hearing, Source, hear_sound
from s2s.training.inputs.tensors import as_input
from s2s.training.stages.memory import middle_square
from s2s.world.composition import in_order

_AT_ONCE: Final = 32
_FREE: Final = ((0.5, 0.0), (0.5, 0.0), (0.5, 0.0))  # nothing is held: nearness follows h, all else is welcome

Pictures = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class HeardSounds:
    """What n sounds are painted after. `h` [n, d] unit; `whole` [n, d] is z_A.

    `held` [n, 3, 2] and `beside` are what `MemoryGenerator` takes; `named` are the things that are painted, and
    `certainty` how likely the first is really there: none where the model names nothing.
    """

    h: Tensor
    whole: Tensor
    held: Tensor
    beside: Beside
    named: tuple[tuple[str, ...], ...]
    certainty: tuple[float | None, ...]

    def rows(self, rows: NDArray[np.intp]) -> "HeardSounds":
        """Return those of `rows` [m], which may come more than once: pictures of one sound by several noises."""
        beside = Beside(self.beside.h[rows], self.beside.weight[rows])
        named = tuple(self.named[row] for row in rows)
        certainty = tuple(self.certainty[row] for row in rows)
        return HeardSounds(self.h[rows], self.whole[rows], self.held[rows], beside, named, certainty)


def hear_all(model: Bundle, sounds: Sequence[Sound]) -> HeardSounds:
    """Return what `model` hears in mono sounds of any length. Raises ValueError for what cannot be heard."""
    return as_painted(model, [hear_sound(model, sound) for sound in sounds])


def as_painted(model: Bundle, hearings: Sequence[Hearing]) -> HeardSounds:
    """Return what the show would paint of `hearings`."""
    heard = [_painted_after(model, hearing) for hearing in hearings]
    h, whole, second = (torch.from_numpy(np.stack([getattr(one, name) for one in heard])) for name in _VECTORS)
    held = torch.tensor([one.held for one in heard])
    weight = torch.tensor([float(len(one.named) > 1) for one in heard])
    named = tuple(one.named for one in heard)
    return HeardSounds(h, whole, held, Beside(second, weight), named, tuple(one.certainty for one in heard))


@torch.inference_mode()
def paint_all(model: Bundle, heard: HeardSounds, z: Tensor) -> Pictures:
    """Return the picture of each sound, [n, height, width, 3], with noise `z` [n, z_dim] or one row for all."""
    z = z.expand(len(heard.h), -1)
    if not isinstance(model.generator, MemoryGenerator):
        return paint(model, z, heard.h)
    rows = zip(*(some.to(model.device).split(_AT_ONCE) for some in _rows(heard, z)), strict=True)
    return np.concatenate(
        [as_pixels(model.generator(noise, h, held, Beside(second, weight))) for noise, h, held, second, weight in rows]
    )


def see(model: Bundle, pictures: Pictures) -> Tensor:
    """Return what f_V sees in pictures [n, h, w, 3], unit [n, d] on the CPU. Needs an image encoder.

    Of wide ones it looks at the square in the middle, as small models learn to, unless the card says otherwise.
    """
    assert model.image_encoder is not None
    if model.card.squash is None:
        pictures = middle_square(pictures)
    starts = range(0, len(pictures), _AT_ONCE)
    seen = [_look(model, pictures[start : start + _AT_ONCE]) for start in starts]
    return torch.cat(seen)


@torch.inference_mode()
def _look(model: Bundle, pictures: Pictures) -> Tensor:
    assert model.image_encoder is not None
    return unit(model.image_encoder.encode(as_seen(model, as_input(pictures)).to(model.device))).cpu()


def _rows(heard: HeardSounds, z: Tensor) -> tuple[Tensor, ...]:
    return z, heard.h, heard.held, heard.beside.h, heard.beside.weight


_VECTORS: Final = ("h", "whole", "second")


@dataclass(frozen=True, slots=True, eq=False)
class _Painted:
    h: NDArray[np.float32]
    whole: NDArray[np.float32]
    second: NDArray[np.float32]
    held: tuple[tuple[float, float], ...]
    named: tuple[str, ...]
    certainty: float | None = None


def _painted_after(model: Bundle, hearing: Hearing) -> _Painted:
    """Return what the show would paint of `hearing`: the likeliest thing, or two that compose."""
    if not hearing.sources or not all(source.h.any() for source in hearing.sources):
        return _Painted(hearing.h, hearing.h, hearing.h, _FREE, ())
    place, *over = _in_place(hearing.sources) if model.paints_two else hearing.sources[:1]
    held = ((place.nearness, 1.0), *_FREE[1:]) if model.knows_states else _FREE
    second = over[0] if over else place
    names = tuple(one.name for one in (place, *over))
    return _Painted(place.h, hearing.h, second.h, held, names, hearing.certainty)


def _in_place(sources: Sequence[Source]) -> Sequence[Source]:
    """Return the one that owns the place, and the other where it can be laid over it."""
    order = in_order(sources[0].name, sources[1].name) if len(sources) > 1 else None
    if order is None:
        return sources[:1]
    return sorted(sources, key=lambda source: order.index(source.name))
