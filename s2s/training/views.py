"""Random views of pictures for contrastive training: crops, colours and blur, one draw a picture, on whole batches."""

import torch
import torch.nn.functional as F
from torch import Tensor

LUMA = (0.299, 0.587, 0.114)


def random_view(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Return one random view [b, 3, px, px] of pictures in -1..1.

    No mirror images: they would teach the encoder that left and right are one, and the composition would be lost.
    Colours move far: sound tells the scene and seldom the hour, so the feature should follow the scene, and the hour
    is better left to the generator's noise.
    """
    view = _random_crop(pictures, generator)
    view = _random_colour(view, generator)
    return _random_blur(view, generator).clamp(-1, 1)


def _uniform(n: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    return torch.rand(n, generator=generator) * (high - low) + low


def _random_crop(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Cut a window of 30 to 100 % of the area, its sides within 4:5 and 5:4, anywhere, back to full size."""
    n = len(pictures)
    side = _uniform(n, 0.3, 1.0, generator).sqrt()
    aspect = _uniform(n, -0.22, 0.22, generator).exp().sqrt()
    width, height = (side * aspect).clamp(max=1.0), (side / aspect).clamp(max=1.0)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = width, height
    theta[:, 0, 2] = (1 - width) * _uniform(n, -1, 1, generator)
    theta[:, 1, 2] = (1 - height) * _uniform(n, -1, 1, generator)
    grid = F.affine_grid(theta, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def _random_colour(x: Tensor, generator: torch.Generator) -> Tensor:
    """Vary brightness, contrast, saturation and the balance of the channels of four pictures in five."""
    n = len(x)
    column = (n, 1, 1, 1)
    on = (torch.rand(n, generator=generator) < 0.8).float().view(column)
    luma = torch.tensor(LUMA).view(1, 3, 1, 1)
    y = (x + 1) / 2
    y = y * _uniform(n, 0.5, 1.6, generator).view(column)
    mean = (y * luma).sum(1, keepdim=True).mean(dim=(2, 3), keepdim=True)
    y = mean + (y - mean) * _uniform(n, 0.6, 1.4, generator).view(column)
    grey = (y * luma).sum(1, keepdim=True)
    y = grey + (y - grey) * _uniform(n, 0.0, 1.6, generator).view(column)
    y = y * (1 + 0.3 * (2 * torch.rand(n, 3, 1, 1, generator=generator) - 1))
    return on * (2 * y - 1) + (1 - on) * x


def _random_blur(x: Tensor, generator: torch.Generator) -> Tensor:
    """Soften three pictures in ten, so that fine grain alone does not tell pictures apart."""
    on = (torch.rand(len(x), generator=generator) < 0.3).float().view(-1, 1, 1, 1)
    soft = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), 3, stride=1)
    return on * soft + (1 - on) * x
