"""DiffAugment (Zhao et al. 2020): what D sees of real and painted pictures alike is changed at random.

So D cannot learn few pictures by heart, and as every change is differentiable G is not taught to paint the changes. For
small data; IC-GAN's published runs on ImageNet do without. Pure but for the lots; every picture draws its own.
"""

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor

from s2s.training.engine.step_context import SampleRng

MOST_SHIFTED: Final = 8  # translation moves by up to an eighth of the side
CUT: Final = 2  # cutout takes a square of half the side


def parsed(policy: str) -> tuple[str, ...]:
    """Return the names in `policy`, comma-separated, in its order; none for "". Raises ValueError."""
    names = tuple(name.strip() for name in policy.split(",")) if policy.strip() else ()
    if unknown := [name for name in names if name not in _CHANGES]:
        raise ValueError(f"no augmentation {unknown[0]!r}; known: {', '.join(_CHANGES)}")
    return names


def augmented(pictures: Tensor, policy: tuple[str, ...], sample_rng: SampleRng) -> Tensor:
    """Return pictures [n, 3, h, w] in -1..1 as `policy` changes them; n is this rank's share of the lots."""
    assert pictures.ndim == 4 and len(pictures) == sample_rng.count, (
        f"{tuple(pictures.shape)} for {sample_rng.count} lots"
    )
    for name in policy:
        pictures = _CHANGES[name](pictures, sample_rng)
    return pictures


def _coloured(x: Tensor, sample_rng: SampleRng) -> Tensor:
    """Brightness ±0.5, saturation 0 to 2 times, contrast 0.5 to 1.5 times; the result may leave -1..1."""
    brightness, saturation, contrast = (
        sample_rng.uniform(low, high, 1, 1, 1).to(x.device) for low, high in ((-0.5, 0.5), (0.0, 2.0), (0.5, 1.5))
    )
    x = x + brightness
    grey = x.mean(dim=1, keepdim=True)
    x = grey + saturation * (x - grey)
    middle = x.mean(dim=(1, 2, 3), keepdim=True)
    return middle + contrast * (x - middle)


def _translated(x: Tensor, sample_rng: SampleRng) -> Tensor:
    for dim in (2, 3):
        most = x.shape[dim] // MOST_SHIFTED
        x = _shifted(x, sample_rng.integers(2 * most + 1).to(x.device) - most, dim)
    return x


def _shifted(x: Tensor, by: Tensor, dim: int) -> Tensor:
    """Move each picture by its own number of pixels [n]; grey, which is zero, comes in from the edge."""
    size = x.shape[dim]
    came_from = torch.arange(size, device=x.device) - by[:, None]  # [n, size]
    along = [len(x), 1, 1, 1]
    along[dim] = size
    inside = (came_from >= 0) & (came_from < size)
    moved = torch.take_along_dim(x, came_from.clamp(0, size - 1).view(along), dim=dim)
    return moved * inside.view(along)


def _cut_out(x: Tensor, sample_rng: SampleRng) -> Tensor:
    """Grey out a square whose centre lies anywhere in the picture, so that at the edge less of it is seen."""
    rows, columns = (_near(x.shape[dim], sample_rng).to(x.device) for dim in (2, 3))
    hidden = rows[:, None, :, None] & columns[:, None, None, :]  # [n, 1, h, w]
    return x * ~hidden


def _near(size: int, sample_rng: SampleRng) -> Tensor:
    """Return bool [n, size]: which places lie in a stretch of half the size around a random centre."""
    first = sample_rng.integers(size)[:, None] - size // CUT // 2
    place = torch.arange(size)
    return (place >= first) & (place < first + size // CUT)


_CHANGES: Final[dict[str, Callable[[Tensor, SampleRng], Tensor]]] = {
    "colour": _coloured,
    "translation": _translated,
    "cutout": _cut_out,
}
