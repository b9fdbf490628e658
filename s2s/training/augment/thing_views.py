"""Views of a picture and of its thing's mask: moved together, soft, and with the thing broken. Pure."""

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from s2s.training.engine.step_context import SampleRng

TILES: Final = (8, 16)
"""Rows and columns that a broken picture is shuffled in."""


def middle(x: Tensor) -> Tensor:
    """Return the square in the middle of wide pictures or masks [b, c, h, w], as older generators paint it."""
    height, width = x.shape[2:]
    start = (width - height) // 2
    return x[..., start : start + height]


def moved(pictures: Tensor, masks: Tensor, sample_rng: SampleRng) -> tuple[Tensor, Tensor]:
    """Cut a window of seven tenths of the sides or more out of each, and scale it to the whole; masks alike."""
    side = sample_rng.uniform(0.7, 1.05)
    theta = torch.zeros(len(pictures), 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = side
    room = (1.0 - side).clamp_min(0.0)
    theta[:, 0, 2], theta[:, 1, 2] = room * sample_rng.uniform(-1, 1), room * sample_rng.uniform(-1, 1)
    theta = theta.to(pictures.device)

    def cut(x: Tensor, padding: str) -> Tensor:
        grid = F.affine_grid(theta, list(x.shape), align_corners=False)
        return F.grid_sample(x, grid, mode="bilinear", padding_mode=padding, align_corners=False)

    return cut(pictures, "reflection"), cut(masks, "zeros").clamp(0.0, 1.0)


def softened(x: Tensor, sample_rng: SampleRng, share: float) -> Tensor:
    """Blur a share of the pictures, each by its own amount, as a painter's soft hand does."""
    amount, on = sample_rng.uniform(0.0, 1.0).to(x.device), sample_rng.chance(share).to(x.device)
    blurred = x.clone()
    blurred[on] = _soft(x[on], amount[on].view(-1, 1, 1, 1))
    return blurred


def _soft(x: Tensor, amount: Tensor) -> Tensor:
    if not len(x):
        return x
    half = F.interpolate(F.avg_pool2d(x, 2), x.shape[2:], mode="bilinear")
    third = F.interpolate(F.interpolate(x, scale_factor=1 / 3, mode="area"), x.shape[2:], mode="bilinear")
    return torch.where(amount < 0.5, x + 2 * amount * (half - x), half + (2 * amount - 1) * (third - half))


def shuffled(pictures: Tensor, order: Tensor) -> Tensor:
    """Return pictures [b, c, h, w] cut into tiles, in the order of `order` [b, tiles]."""
    rows, columns = TILES
    b, c, height, width = pictures.shape
    high, wide = height // rows, width // columns
    cut = pictures[..., : high * rows, : wide * columns]
    tiles = cut.reshape(b, c, rows, high, columns, wide).permute(0, 2, 4, 1, 3, 5).reshape(b, rows * columns, -1)
    places = order.argsort(dim=1).to(pictures.device)[..., None].expand_as(tiles)
    mixed = tiles.gather(1, places).reshape(b, rows, columns, c, high, wide).permute(0, 3, 1, 4, 2, 5)
    return F.interpolate(mixed.reshape(b, c, high * rows, wide * columns), (height, width), mode="nearest")


def warped(pictures: Tensor, field: Tensor) -> Tensor:
    """Return pictures whose places are drawn apart by the smooth `field` [b, 2, h, w] of standard normal numbers."""
    height, width = pictures.shape[2:]
    shift = F.interpolate(field, (height, width), mode="bicubic", align_corners=True) * 0.22
    theta = torch.eye(2, 3, device=pictures.device).expand(len(pictures), -1, -1)
    grid = F.affine_grid(theta, list(pictures.shape), align_corners=False) + shift.permute(0, 2, 3, 1)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
