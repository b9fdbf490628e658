"""Random views of pictures for training without labels: crops, colours and blur, on whole batches.

Each view's numbers come from `SampleRng`, so that a picture gets the same view however many ranks share the batch.
"""

from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from s2s.training.engine.step_context import SampleRng

LUMA: Final = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True)
class Crop:
    """A view of `px` pixels a side that shows `area` (from, to, as a share) of the picture."""

    px: int
    area: tuple[float, float] = (0.3, 1.0)


def random_view(pictures: Tensor, sample_rng: SampleRng, crop: Crop) -> Tensor:
    """Return one random view [b, 3, crop.px, crop.px] of pictures in -1..1.

    No mirror images: they would teach the encoder that left and right are one, and the composition would be lost.
    Colours move far: sound tells the scene and seldom the hour, so the feature should follow the scene, and the hour
    is better left to the generator's noise.
    """
    view = random_colour(random_crop(pictures, sample_rng, crop), sample_rng)
    return random_blur(view, sample_rng).clamp(-1, 1)


def random_crop(pictures: Tensor, sample_rng: SampleRng, crop: Crop) -> Tensor:
    """Cut a window, its sides within 4:5 and 5:4, anywhere, and scale it to `crop.px`."""
    side = sample_rng.uniform(*crop.area).sqrt()
    aspect = sample_rng.uniform(-0.22, 0.22).exp().sqrt()
    width, height = (side * aspect).clamp(max=1.0), (side / aspect).clamp(max=1.0)
    theta = torch.zeros(len(pictures), 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = width, height
    theta[:, 0, 2] = (1 - width) * sample_rng.uniform(-1, 1)
    theta[:, 1, 2] = (1 - height) * sample_rng.uniform(-1, 1)
    shape = [len(pictures), 3, crop.px, crop.px]
    grid = F.affine_grid(theta.to(pictures.device), shape, align_corners=False)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def random_colour(x: Tensor, sample_rng: SampleRng) -> Tensor:
    """Vary brightness, contrast, saturation and the balance of the channels of four pictures in five."""
    column = (len(x), 1, 1, 1)

    def each(low: float, high: float) -> Tensor:
        return sample_rng.uniform(low, high).view(column).to(x.device)

    on = sample_rng.chance(0.8).float().view(column).to(x.device)
    luma = torch.tensor(LUMA, device=x.device).view(1, 3, 1, 1)
    y = (x + 1) / 2 * each(0.5, 1.6)
    mean = (y * luma).sum(1, keepdim=True).mean(dim=(2, 3), keepdim=True)
    y = mean + (y - mean) * each(0.6, 1.4)
    grey = (y * luma).sum(1, keepdim=True)
    y = grey + (y - grey) * each(0.0, 1.6)
    y = y * (1 + 0.3 * sample_rng.uniform(-1, 1, 3, 1, 1).to(x.device))
    return on * (2 * y - 1) + (1 - on) * x


def random_blur(x: Tensor, sample_rng: SampleRng) -> Tensor:
    """Soften three pictures in ten, so that fine grain alone does not tell pictures apart."""
    on = sample_rng.chance(0.3).float().view(-1, 1, 1, 1).to(x.device)
    soft = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), 3, stride=1)
    return on * soft + (1 - on) * x
