"""Pictures on their way to a network; `s2s.sampling.generate.as_pixels` is the way back."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.data.clip_source import DataError


def to_tensor(pictures: NDArray[np.uint8], px: int) -> Tensor:
    """Return pictures [n, p, p, 3] as float [n, 3, px, px] in -1..1; `px` must divide their size."""
    x = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
    factor, rest = divmod(x.shape[-1], px)
    if rest or not factor:
        raise DataError(f"pictures of {x.shape[-1]} pixels cannot be reduced to {px}: take a divisor")
    x = torch.nn.functional.avg_pool2d(x, factor) if factor > 1 else x
    return x.contiguous(memory_format=torch.channels_last)


def as_input(pictures: NDArray[np.uint8]) -> Tensor:
    """Return pictures [n, h, w, 3] of any shape as float [n, 3, h, w] in -1..1, channels last."""
    x = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2)  # copied: torch refuses what it may not write to
    return x.float().div(127.5).sub(1.0).contiguous(memory_format=torch.channels_last)
