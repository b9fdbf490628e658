"""A judge of paintings that needs the thing: which scene's thing is there, or none, and where in the picture it is.

It names what it has found a place for: features are pooled by its own mask. A palette, a horizon or a lawn is no
answer. How large a thing is it tells when told its class, by a mask of that class's own: what of a picture is rain and
what of it is a bell has little in common, and one mask for all of them measures neither well. For measuring alone;
nothing that it learns reaches a model.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s.world.state import SCENES

NONE: Final = "none"
CLASSES: Final = (*SCENES, NONE)
INPUT_HEIGHT_PX: Final = 72
MASK_STRIDE: Final = 4  # pixels of the input to one place of the mask
_WIDTHS: Final = (16, 40, 80, 96)
_MASK_HIDDEN: Final = 24
_LEAST_SHARE: Final = 1e-4  # of a picture; a mask that covers less counts as this


class Judged(NamedTuple):
    """What is said of b pictures: logits [b, classes], and mask logits [b, 1, 18, w / 4] of whatever the thing is.

    `class_masks` [b, classes, 18, w / 4] are those of each class's thing, were it there.
    """

    logits: Tensor
    mask: Tensor
    class_masks: Tensor

    @property
    def log_sizes(self) -> Tensor:
        """The natural logarithms [b, classes] of the share of the picture that each class's thing would cover."""
        return self.class_masks.float().sigmoid().mean(dim=(2, 3)).clamp_min(_LEAST_SHARE).log()


class ThingJudge(nn.Module):
    """Convolutions with masks at a quarter of the input's size, and one linear layer on what one of them gathers."""

    def __init__(self, classes: Sequence[str] = CLASSES) -> None:
        super().__init__()
        self.classes = tuple(classes)
        one, two, three, four = _WIDTHS
        # Most of the work is at the mask's size and below: where pictures are larger there is one thin layer.
        self.fine = nn.Sequential(*_layer(3, one, 2, side=5), *_layer(one, two, 2), *_layer(two, two, 1))
        self.coarse = nn.Sequential(*_layer(two, three, 2), *_layer(three, four, 1))
        self.across = nn.Conv2d(four, two, 1)
        self.mask = nn.Sequential(
            nn.ReLU(), nn.Conv2d(two, _MASK_HIDDEN, 3, padding=1), nn.ReLU(), nn.Conv2d(_MASK_HIDDEN, 1, 1)
        )
        self.out = nn.Linear(2 * four, len(self.classes))
        self.class_masks = nn.Sequential(
            nn.ReLU(), nn.Conv2d(two, two, 3, padding=1), nn.ReLU(), nn.Conv2d(two, len(self.classes), 1)
        )

    def forward(self, pictures: Tensor) -> Judged:
        """Return what it says of pictures [b, 3, h, w] in -1..1.

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
        return Judged(logits, mask, self.class_masks(seen))


def as_input(pictures: Tensor) -> Tensor:
    """Return pictures at 72 pixels of height, their aspect kept, averaging whole blocks where the size allows."""
    height, width = pictures.shape[2:]
    if height % INPUT_HEIGHT_PX == 0 and width % (height // INPUT_HEIGHT_PX) == 0:
        factor = height // INPUT_HEIGHT_PX
        return F.avg_pool2d(pictures, factor) if factor > 1 else pictures
    size = (INPUT_HEIGHT_PX, max(MASK_STRIDE, round(width * INPUT_HEIGHT_PX / height / MASK_STRIDE) * MASK_STRIDE))
    return F.interpolate(pictures.float(), size, mode="bilinear", antialias=True)


def _layer(before: int, after: int, stride: int, side: int = 3) -> list[nn.Module]:
    return [nn.Conv2d(before, after, side, stride, side // 2, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
