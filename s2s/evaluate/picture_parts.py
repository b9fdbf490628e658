"""A judge that learnt of pictures of one thing looks at parts of a picture, too: in a part a second thing is large.

As a second thing is heard better in parts of a sound. Of 120 pictures in which the world had painted two things the
judge's two likeliest are both in 0.38 by the whole and in 0.58 by the parts as well; of pictures of the first alone, in
0.09 and 0.07.
"""

from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from s2s.evaluate.thing_metrics import read
from s2s.models.thing_judge import ThingJudge
from s2s.sampling.generate import as_pixels
from s2s.training.inputs.tensors import as_input

_PART: Final = 0.7  # of the width and of the height
_ACROSS, _DOWN = 3, 2  # from one edge to the other, overlapping


def things_in_parts(judge: ThingJudge, pictures: NDArray[np.uint8]) -> Tensor:
    """Return how plainly each thing is in pictures [n, h, w, 3], shares [n, 29] that sum to 1: the mean of what `judge`
    says of the whole and of six parts of it, each as large as the whole.
    """
    looks = [pictures, *(_enlarged(part, pictures.shape[1:3]) for part in _parts(pictures))]
    return torch.stack([read(judge, look).logits.softmax(dim=1) for look in looks]).mean(dim=0)


def _parts(pictures: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    height, width = pictures.shape[1:3]
    high, wide = round(_PART * height), round(_PART * width)
    tops, lefts = _spread(height - high, _DOWN), _spread(width - wide, _ACROSS)
    return [pictures[:, top : top + high, left : left + wide] for top in tops for left in lefts]


def _spread(free_px: int, count: int) -> list[int]:
    return [round(free_px * number / (count - 1)) for number in range(count)]


def _enlarged(part: NDArray[np.uint8], size: tuple[int, ...]) -> NDArray[np.uint8]:
    return as_pixels(F.interpolate(as_input(part), size=size, mode="bicubic", align_corners=False))
