"""How far a painted picture is from the image it should be, and how far z and h are from where G was trained.

Pure functions of tensors, for `s2s.sampling.inversion.search`. Every loss is one number per picture, never mixed across
a batch.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from s2s.models.image_encoder import PictureEncoder

_COARSEST_PX: Final = 8
_EPS: Final = 1e-8


@dataclass(frozen=True, slots=True)
class Weights:
    """What each loss counts for in the total."""

    pixel: float = 1.0
    feature: float = 1.0
    prior: float = 0.02
    leash: float = 0.1


@dataclass(frozen=True, slots=True)
class Losses:
    """The losses of one picture, each 0 where nothing is wrong; `total` is their weighted sum.

    `pixel`: mean squared difference of pictures in -1..1, mean over sizes from the whole to 8 pixels. `feature`:
    squared distance of f_V's unit features, mean over its four stages and its embedding, 0..4. `prior`: how far z is
    from N(0, 1). `leash`: squared distance of h from f_V's own h, 0..4.
    """

    pixel: float
    feature: float
    prior: float
    leash: float
    total: float


@dataclass(frozen=True, slots=True)
class LossesOfEach:
    """The same for a batch: every field [n]."""

    pixel: Tensor
    feature: Tensor
    prior: Tensor
    leash: Tensor
    total: Tensor

    def of(self, row: int) -> Losses:
        """Return those of one picture as plain numbers."""
        return Losses(*(float(getattr(self, loss.name).detach()[row]) for loss in fields(self)))


class Objective:
    """Compares pictures with one `image` [1, 3, h, w] in -1..1, of the size that G paints, and h with `h_image`.

    `as_seen` brings pictures to the shape that the image encoder looks at; by default they have it.
    """

    def __init__(
        self,
        image_encoder: PictureEncoder,
        image: Tensor,
        h_image: Tensor,
        weights: Weights,
        as_seen: Callable[[Tensor], Tensor] = lambda pictures: pictures,
    ) -> None:
        self._encoder, self._h, self._weights, self._as_seen = image_encoder, h_image, weights, as_seen
        self._image = _smaller_and_smaller(image)
        self._seen = _unit_features(image_encoder, as_seen(image))

    def __call__(self, pictures: Tensor, z: Tensor, h: Tensor) -> LossesOfEach:
        """Return the losses of pictures [n, 3, h, w] that G(z [n, z_dim], h [n, h_dim]) painted."""
        sizes = zip(_smaller_and_smaller(pictures), self._image, strict=True)
        pixel = _mean([_squares(one - other) for one, other in sizes])
        seen = _unit_features(self._encoder, self._as_seen(pictures))
        feature = _mean([_distance(one, other) for one, other in zip(seen, self._seen, strict=True)])
        prior, leash = normality(z), (h - self._h).square().sum(dim=1)
        weights = self._weights
        total = weights.pixel * pixel + weights.feature * feature + weights.prior * prior + weights.leash * leash
        return LossesOfEach(pixel, feature, prior, leash, total)


def normality(z: Tensor) -> Tensor:
    """Return mu² + s² - ln s² - 1 [n] over the components of each z [n, z_dim]: 0 for mean 0 and variance 1.

    Twice the divergence of N(mu, s²) from N(0, 1); the penalty of IC-GAN's released notebook (Casanova et al. 2021).
    """
    variance, mean = torch.var_mean(z, dim=1, correction=0)
    return mean.square() + variance - (variance + _EPS).log() - 1.0


def _smaller_and_smaller(pictures: Tensor) -> list[Tensor]:
    """Return the pictures at full size, half of it, … down to 8 pixels: large shapes pull where detail cannot."""
    sizes = [pictures]
    while min(sizes[-1].shape[-2:]) >= 2 * _COARSEST_PX:
        sizes.append(F.avg_pool2d(sizes[-1], 2))
    return sizes


def _unit_features(encoder: PictureEncoder, pictures: Tensor) -> list[Tensor]:
    """Return f_V's maps at unit length in every place (as LPIPS: Zhang et al. 2018, section 3), then its embedding."""
    maps = [stage.float() for stage in encoder.maps(pictures)]
    embedding = maps[-1].mean(dim=(2, 3), keepdim=True)
    return [F.normalize(stage, dim=1) for stage in (*maps, embedding)]


def _distance(one: Tensor, other: Tensor) -> Tensor:
    return (one - other).square().sum(dim=1).mean(dim=(1, 2))


def _squares(difference: Tensor) -> Tensor:
    return difference.square().mean(dim=(1, 2, 3))


def _mean(values: list[Tensor]) -> Tensor:
    return torch.stack(values).mean(dim=0)
