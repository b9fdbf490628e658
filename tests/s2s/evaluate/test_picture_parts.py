"""Parts of a picture: a thing that is small in the whole is found where it is large."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import torch
from torch import Tensor

from s2s.evaluate.picture_parts import things_in_parts
from s2s.evaluate.thing_metrics import read
from s2s.models.thing_judge import CLASSES, ThingJudge

RED, BLUE, ELSE = 0, 1, 2


def by_colour(pictures: Tensor) -> SimpleNamespace:
    """A judge that takes the first thing for what is red, the second for what is blue, and always sees some third."""
    shares = (pictures > 0).float().mean(dim=(2, 3))
    logits = torch.full((len(pictures), len(CLASSES)), -50.0)
    logits[:, RED], logits[:, BLUE], logits[:, ELSE] = 50.0 * shares[:, 0], 50.0 * shares[:, 2], 50.0 * 0.12
    return SimpleNamespace(logits=logits, mask=pictures[:, :1], log_sizes=logits)


JUDGE = cast(ThingJudge, by_colour)


def picture() -> np.ndarray:
    """Red above, and a little blue below: 40 x 60 pixels, a mirror image of itself."""
    one = np.zeros((1, 40, 60, 3), np.uint8)
    one[:, :10, :, 0] = 255
    one[:, 28:, 21:39, 2] = 255
    return one


def test_a_small_second_thing_that_the_whole_hides_is_found_in_a_part() -> None:
    whole = read(JUDGE, picture()).logits.topk(2, dim=1).indices
    assert whole.tolist() == [[RED, ELSE]]
    parts = things_in_parts(JUDGE, picture()).topk(2, dim=1).indices
    assert sorted(parts[0].tolist()) == [RED, BLUE]


def test_what_is_said_of_the_parts_are_shares() -> None:
    turned = picture()
    turned[:, :10, :30, 0] = 0
    shares = things_in_parts(JUDGE, np.concatenate([turned, turned[:, :, ::-1]]))
    assert shares.shape == (2, len(CLASSES)) and float(shares.min()) >= 0.0
    torch.testing.assert_close(shares.sum(dim=1), torch.ones(2))
    torch.testing.assert_close(shares[0], shares[1])  # a picture and its mirror image have the same parts
