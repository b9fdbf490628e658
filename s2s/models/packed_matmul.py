"""Matrix products of inference on a CPU, by oneDNN: no gradients.

torch's own go to a library that leaves half of a wide CPU idle (105 against 240 GFLOP a second, measured on one
AVX-512 core of AMD) and, where oneDNN is used, turns each weight round at every call (26 ms instead of 3 for a wide
layer). The operations are those that torch's own compiler calls; without them everything still works, only slower.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor


def packed(weight: Tensor, rows: int) -> Tensor:
    """Return `weight` [out, in] in the order in which `product` reads it fastest, meant for about `rows` rows.

    What comes back is for `product` alone; it has the same values and as many bytes.
    """
    if not _has_onednn():
        return weight.contiguous()
    return torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), rows)  # type: ignore[no-any-return]


def product(x: Tensor, weight: Tensor, bias: Tensor | None = None, plus: Tensor | None = None) -> Tensor:
    """Return `x` [..., in] times `weight` [out, in] transposed, and `bias` [out] and `plus` [..., out] added."""
    if not _has_onednn():
        y = F.linear(x, weight, bias)
        return y if plus is None else y.add_(plus)
    if plus is None:
        return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")  # type: ignore[no-any-return]
    return torch.ops.mkldnn._linear_pointwise.binary(x, plus, weight, bias, "add")  # type: ignore[no-any-return]


def packed_kernel(weight: Tensor, size_px: Sequence[int]) -> Tensor:
    """Return `weight` [out, in, 3, 3] in the order in which `convolved` reads it fastest for pictures of that size."""
    if not _has_onednn() or weight.device.type != "cpu" or weight.dtype != torch.float32:
        return weight.contiguous(memory_format=torch.channels_last)
    shape = [1, weight.shape[1], *size_px]
    return torch.ops.mkldnn._reorder_convolution_weight(weight, [1, 1], [1, 1], [1, 1], 1, shape)  # type: ignore[no-any-return]


def convolved(x: Tensor, kernel: Tensor) -> Tensor:
    """Convolve `x` [b, in, h, w] 3×3, the size kept; gradients pass only where `kernel` is not packed."""
    if not kernel.is_mkldnn:
        return F.conv2d(x, kernel, padding=1)
    return torch.ops.mkldnn._convolution_pointwise(  # type: ignore[no-any-return]
        x, kernel, None, [1, 1], [1, 1], [1, 1], 1, "none", [], ""
    )


def _has_onednn() -> bool:
    return hasattr(torch.ops.mkldnn, "_linear_pointwise")
