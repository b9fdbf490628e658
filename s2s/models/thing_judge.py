"""A judge of paintings that needs the thing: which scene's thing is there, or none, and where in the picture it is.

It names what it has found a place for: features are pooled by its own mask. A palette, a horizon or a lawn is no
answer. For measuring alone; nothing that it learns reaches a model.
"""

from collections.abc import Sequence
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s.world.state import SCENES

NONE: Final = "none"
CLASSES: Final = (*SCENES, NONE)
INPUT_HEIGHT_PX: Final = 72
MASK_STRIDE: Final = 4  # pixels of the input to one place of the mask
_WIDTHS: Final = (24, 40, 56, 88, 120)


class ThingJudge(nn.Module):
    """Convolutions with a mask at a quarter of the input's size, and one linear layer on what the mask gathers."""

    def __init__(self, classes: Sequence[str] = CLASSES) -> None:
        super().__init__()
        self.classes = tuple(classes)
        one, two, three, four, five = _WIDTHS
        self.fine = nn.Sequential(
            *_layer(3, one, 2), *_layer(one, two, 1), *_layer(two, three, 2), *_layer(three, three, 1)
        )
        self.coarse = nn.Sequential(*_layer(three, four, 2), *_layer(four, five, 1), *_layer(five, five, 1))
        self.across = nn.Conv2d(five, three, 1)
        self.mask = nn.Sequential(nn.ReLU(), nn.Conv2d(three, three, 3, padding=1), nn.ReLU(), nn.Conv2d(three, 1, 1))
        self.out = nn.Linear(2 * five, len(self.classes))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits [b, classes] and mask logits [b, 1, 18, w / 4] of pictures [b, 3, h, w] in -1..1.

        Pictures of any size are brought to 72 pixels of height first, their aspect kept.
        """
        fine = self.fine(as_input(pictures))
        coarse = self.coarse(fine)
        seen = F.interpolate(self.across(coarse), fine.shape[2:], mode="bilinear") + fine
        mask: Tensor = self.mask(seen)
        # Where the thing is taken to be; a little everywhere, so that there is something to gather where it is not.
        weight = F.interpolate(mask.sigmoid(), coarse.shape[2:], mode="area") + 0.01
        gathered = (coarse * weight).sum(dim=(2, 3)) / weight.sum(dim=(2, 3))
        strongest = (coarse * (weight > 0.2)).amax(dim=(2, 3))
        logits: Tensor = self.out(torch.cat([gathered, strongest], dim=1))
        return logits, mask


def as_input(pictures: Tensor) -> Tensor:
    """Return pictures at 72 pixels of height, their aspect kept, averaging whole blocks where the size allows."""
    height, width = pictures.shape[2:]
    if height % INPUT_HEIGHT_PX == 0 and width % (height // INPUT_HEIGHT_PX) == 0:
        factor = height // INPUT_HEIGHT_PX
        return F.avg_pool2d(pictures, factor) if factor > 1 else pictures
    size = (INPUT_HEIGHT_PX, max(MASK_STRIDE, round(width * INPUT_HEIGHT_PX / height / MASK_STRIDE) * MASK_STRIDE))
    return F.interpolate(pictures.float(), size, mode="bilinear", antialias=True)


def _layer(before: int, after: int, stride: int) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
