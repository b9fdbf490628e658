"""The generator's noise z: N(0, 1) as the paper samples it, or truncated in one of the two conventions in use."""

import math
from typing import Final, Literal

import torch
from torch import Tensor

Convention = Literal["icgan", "biggan"]
CONVENTIONS: Final[tuple[Convention, ...]] = ("icgan", "biggan")
_CUT: Final = 2.0  # both conventions cut a normal distribution at twice something


def draw_noise(
    count: int,
    z_dim: int,
    *,
    seed: int,
    truncation: float | None = None,
    convention: Convention = "icgan",
) -> Tensor:
    """Return noise [count, z_dim], float32 on the CPU: one seed means the same pictures on every device.

    Without `truncation`, plain N(0, 1), as published. With it, in (0, 1] or more: "icgan" draws N(0, 1) within
    ±2 · truncation and leaves it as it is (Casanova et al. 2021, released code); "biggan" draws N(0, 1) within ±2 and
    multiplies by truncation (Brock et al. 2019, released models). The two agree at truncation 1 alone: below it,
    "icgan" is the wider. The first vectors of a longer draw are those of a shorter one. Raises ValueError.
    """
    if count < 1 or z_dim < 1:
        raise ValueError(f"expected at least one vector of one number, got {count} of {z_dim}")
    if not -(2**63) <= seed < 2**64:
        raise ValueError(f"a seed has 64 bits, got {seed}")
    generator = torch.Generator().manual_seed(seed)
    if truncation is None:
        # One vector at a time: torch fills a longer block in another order.
        return torch.stack([torch.randn(z_dim, generator=generator) for _ in range(count)])
    if not (math.isfinite(truncation) and truncation > 0):
        raise ValueError(f"truncation must be above 0, got {truncation}")
    if convention not in CONVENTIONS:
        raise ValueError(f"convention must be one of {', '.join(CONVENTIONS)}; got {convention!r}")
    bound = _CUT * truncation if convention == "icgan" else _CUT
    scale = 1.0 if convention == "icgan" else truncation
    uniform = torch.rand(count, z_dim, generator=generator, dtype=torch.float64)
    return (scale * _normal_within(bound, uniform)).float()


def _normal_within(bound: float, uniform: Tensor) -> Tensor:
    """Turn uniform numbers in 0..1 into normal ones within ±bound, by the inverse distribution function."""
    lowest = torch.special.ndtr(torch.tensor(-bound, dtype=torch.float64))
    inside = lowest + uniform * (1.0 - 2.0 * lowest)
    normal: Tensor = torch.special.ndtri(inside)
    return normal.clamp(-bound, bound)
