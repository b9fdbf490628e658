"""3×3 convolutions with fewer multiplications, for inference on a CPU: no gradients.

A picture [b, 2h, 2w, c] travels between them as its phases [2, 2, b, h + 1, w + 1, c]: even and odd rows, even and
odd columns. Even phases end in a row (column) of zeros, odd ones begin with it: the padding of the convolution.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final

import torch
from torch import Tensor

from s2s.models.packed_matmul import packed, product

_BOTH: Final = (0, 1)  # even, odd
_STRIP_VALUES: Final = 1 << 17
"""Values of one tensor that are worked on at a time, in whole rows: all of them together stay in the caches."""


class DoubledConv:
    """Nearest doubling and a 3×3 convolution, in nine products for four places instead of thirty-six.

    Along one axis, doubled x under weights a, b, c gives, with s = a + b + c,
        even[i] = a x[i-1] + (b + c) x[i] = s x[i] - a (x[i] - x[i-1])
        odd[i]  = (a + b) x[i] + c x[i+1] = s x[i] + c (x[i+1] - x[i])
    which is three products for two places; along both axes, three times three for two times two.
    """

    def __init__(self, weight: Tensor, px: int) -> None:
        """`weight` [out, in, 3, 3]; `px` is the side before the doubling."""
        self._out_channels = len(weight)
        kernels = [_steps_of_kernel(row, 2) for row in _steps_of_kernel(weight, 2)]  # [rows][columns] of [out, in]
        self._kernels = [[packed(kernel, px * px) for kernel in row] for row in kernels]

    def __call__(self, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        """[b, h + 2, w + 2, in], zeros around it -> phases of relu(scale · convolved + shift).

        `scale` and `shift` are [b, 1, 1, out].
        """
        b, h, w = len(x), x.shape[1] - 2, x.shape[2] - 2
        phases = x.new_empty(2, 2, b, h + 1, w + 1, self._out_channels)
        for some, top, bottom in _strips(b, h, w * self._out_channels):
            out = [[phases[r, s, some, top + r : bottom + r, s : s + w] for s in _BOTH] for r in _BOTH]
            self._strip(x[some, top : bottom + 2], scale[some], shift[some], out)
        return _bordered(phases)

    def _strip(self, x: Tensor, scale: Tensor, shift: Tensor, out: list[list[Tensor]]) -> None:
        h, w = x.shape[1] - 2, x.shape[2] - 2
        across = x[:, :, 1:] - x[:, :, :-1]  # [b, h + 2, w + 1, in]
        both = across[:, 1:] - across[:, :-1]  # [b, h + 1, w + 1, in]
        down = x[:, 1:, 1:-1] - x[:, :-1, 1:-1]  # [b, h + 1, w, in]
        (flat, *columns), *rows = self._kernels
        still = product(x[:, 1:-1, 1:-1], flat)
        moving = [product(across[:, 1:-1], kernel) for kernel in columns]
        for r in _BOTH:
            base = torch.addcmul(shift, product(down[:, r : r + h], rows[r][0], plus=still), scale)
            for s in _BOTH:
                steps = product(both[:, r : r + h], rows[r][1 + s], plus=moving[s])
                torch.addcmul(base, steps[:, :, s : s + w], scale, out=out[r][s]).clamp_(min=0)


class PhaseConv:
    """A 3×3 convolution in sixteen products for four places instead of thirty-six.

    Winograd's F(2×2, 3×3) (Lavin and Gray 2016, section 4.1), whose tiles begin at every second place: they are
    sums of neighbours in the phases.
    """

    def __init__(self, weight: Tensor, px: int) -> None:
        """`weight` [out, in, 3, 3]; `px` is the side of one phase."""
        kernels = [_tile_of_kernel(row, 2) for row in _tile_of_kernel(weight, 2)]
        self._kernels = [[packed(kernel, px * px) for kernel in row] for row in kernels]

    def __call__(self, phases: Tensor, plus: Tensor) -> Tensor:
        """Quarters -> [b, 2h, 2w, out], with `plus` [b, h, w, out] doubled and added."""
        b, h, w, out = plus.shape
        y = plus.new_empty(b, h, 2, w, 2, out)
        for some, top, bottom in _strips(b, h, w * out):
            self._strip(phases[:, :, some, top : bottom + 1], plus[some, top:bottom], y[some, top:bottom])
        return y.view(b, 2 * h, 2 * w, out)

    def _strip(self, phases: Tensor, plus: Tensor, y: Tensor) -> None:
        tiles = _tile(phases)
        # What is added to the one product of both sums reaches all four places.
        upper = self._columns(tiles[1], self._kernels[1], plus)
        lower = self._columns(tiles[2], self._kernels[2])
        first = self._columns(tiles[0], self._kernels[0])
        last = self._columns(tiles[3], self._kernels[3])
        for s in _BOTH:
            torch.add(upper[s] + lower[s], first[s], out=y[:, :, 0, :, s])
            torch.add(upper[s].sub_(lower[s]), last[s], out=y[:, :, 1, :, s])

    @staticmethod
    def _columns(row: Tensor, kernels: Sequence[Tensor], plus: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """One tile's row, as even and odd columns [2, b, h, w + 1, in] -> even and odd columns [b, h, w, out]."""
        tiles = _tile(row)
        total, difference = product(tiles[1], kernels[1], plus=plus), product(tiles[2], kernels[2])
        even = product(tiles[0], kernels[0], plus=total + difference)
        return even, product(tiles[3], kernels[3], plus=total.sub_(difference))


def _strips(batch: int, num_rows: int, row_values: int) -> Iterator[tuple[slice, int, int]]:
    """Cut a batch of pictures into parts of about `_STRIP_VALUES`: which pictures, and which rows [top, bottom)."""
    if batch * num_rows * row_values <= _STRIP_VALUES:
        yield slice(0, batch), 0, num_rows
        return
    num_strips = min(num_rows, math.ceil(num_rows * row_values / _STRIP_VALUES))
    step = math.ceil(num_rows / num_strips)
    for number in range(batch):
        for top in range(0, num_rows, step):
            yield slice(number, number + 1), top, min(top + step, num_rows)


def _steps_of_kernel(weight: Tensor, dim: int) -> tuple[Tensor, Tensor, Tensor]:
    first, _, last = weight.unbind(dim)
    return weight.sum(dim), -first, last


def _tile(phases: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Even and odd [2, n, b, h + 1, ...] -> four tensors [n, b, h, ...]."""
    even, odd = phases
    n = even.shape[2] - 1
    before, here, after = odd.narrow(2, 0, n), even.narrow(2, 0, n), even.narrow(2, 1, n)
    beside = odd.narrow(2, 1, n)
    return beside - before, here + beside, beside - here, after - here


def _tile_of_kernel(weight: Tensor, dim: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    first, middle, last = weight.unbind(dim)
    return -first, (first + middle + last) / 2, (first - middle + last) / 2, last


def _bordered(phases: Tensor) -> Tensor:
    """Write the padding into phases whose inside is filled."""
    phases[0, :, :, -1] = 0
    phases[1, :, :, 0] = 0
    phases[:, 0, :, :, -1] = 0
    phases[:, 1, :, :, 0] = 0
    return phases
