"""What every image generator is to the rest of the program, whatever its architecture."""

from typing import Protocol

from torch import Tensor


class Generator(Protocol):
    """Paints the picture of a point of the image encoder's space.

    Any `nn.Module` with these four attributes and this forward is one. `width` and `height` are its pictures', in
    pixels.
    """

    z_dim: int
    h_dim: int
    width: int
    height: int

    def __call__(self, z: Tensor, h: Tensor) -> Tensor:
        """Return pictures float [b, 3, height, width] in -1..1 (RGB).

        `z` [b, z_dim] is standard normal noise; `h` [b, h_dim] has unit L2 norm: the caller normalises it.
        """
        ...
