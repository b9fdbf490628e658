"""How far apart two ways to the same number may be: the tests' one rule, by number format, for every make of CPU.

- The same calls on the same shapes in one process give the same bits: `torch.equal`.
- Other shapes, strides or orders of a sum (a batch against its rows, a stream against the whole, ranks against one) are
  rounded as that CPU's kernels do: `assert_close(one, other, **rounding())`.
- What trains asks for `precision="float32"`, or for bfloat16 where that is what is tested; `auto` is the CPU's choice.
"""

from typing import TypedDict

import torch

_ROUNDINGS = {torch.float32: 128, torch.float16: 4, torch.bfloat16: 4}
"""Last digits a small network may be off by; half formats are added up in single precision, rounded once a layer."""


class Tolerance(TypedDict):
    """What `assert_close` may be off by."""

    atol: float
    rtol: float


def rounding(format: torch.dtype = torch.float32, scale: float = 1.0) -> Tolerance:
    """Return `atol` and `rtol` for values of about `scale` that a small network computed in `format`."""
    near = _ROUNDINGS[format] * torch.finfo(format).eps
    return {"atol": near * scale, "rtol": near}
