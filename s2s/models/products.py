"""Matrix products of inference on a CPU, by oneDNN: no gradients.

torch's own go to a library that leaves half of a wide CPU idle (105 against 240 GFLOP a second, measured on one
AVX-512 core of AMD) and, where oneDNN is used, turns each weight round at every call (26 ms instead of 3 for a wide
layer). The operations are those that torch's own compiler calls; without them everything still works, only slower.
"""

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


def _has_onednn() -> bool:
    return hasattr(torch.ops.mkldnn, "_linear_pointwise")
