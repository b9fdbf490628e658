"""Endless knobs, which say how far they were turned and not where they stand: how to read them, and to tell them. Pure.

There are three ways to say a step up and a step down in seven bits: 1 and 127, 65 and 63, 1 and 65.
"""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Final

_STEP: Final = 1 / 127
"""Of the travel, for one step of the knob."""
_SMALL: Final = 16
"""Steps that a hand makes between two messages."""
_FEWEST: Final = 3
_SLOW_S, _FAST_S = 0.1, 0.01
"""Between two messages of a knob that is turned slowly, and of one that is turned as fast as can be."""


class Relative(StrEnum):
    """How steps are said. `either` is read as two's complement or sign and magnitude, which agree on steps up."""

    TWOS = "twos-complement"
    OFFSET = "binary-offset"
    SIGN = "sign-magnitude"
    EITHER = "either"


def steps(how: Relative, value: int) -> int:
    """Return the steps that a message's `value` 0..127 says, down below 0."""
    if how is Relative.OFFSET:
        return value - 64
    if how is Relative.SIGN or (how is Relative.EITHER and value <= 96):
        return value if value < 64 else 64 - value
    return value if value < 64 else value - 128


def travel(num_steps: int, since_s: float, acceleration: float = 1.0) -> float:
    """Return the part of the travel, -1..1, that steps move, `since_s` seconds after the ones before.

    `acceleration` is how many times as far a knob goes that is turned as fast as can be; 1 is as far as slowly.
    """
    haste = min(max((_SLOW_S - since_s) / (_SLOW_S - _FAST_S), 0.0), 1.0)
    return num_steps * _STEP * (1.0 + (acceleration - 1.0) * haste)


def recognised(values: Sequence[int]) -> Relative | None:
    """Return how these values, in their order, say steps; None for those of a control that says where it stands.

    Such a control says no position twice, and passes over none by far; an endless knob does little else.
    """
    if len(values) < _FEWEST or not any(one == other for one, other in pairwise(values)):
        return None
    up = all(1 <= value <= _SMALL for value in values)
    if up:
        return Relative.EITHER
    for how in (Relative.TWOS, Relative.OFFSET, Relative.SIGN):
        if all(0 < abs(steps(how, value)) <= _SMALL for value in values):
            return how
    return None
