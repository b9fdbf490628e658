"""Endless knobs say steps in three ways, and are told by what they say."""

import pytest

from installation.control.midi.encoders import Relative, recognised, steps, travel


@pytest.mark.parametrize(
    ("how", "up", "down"),
    [(Relative.TWOS, 2, 126), (Relative.OFFSET, 66, 62), (Relative.SIGN, 2, 66), (Relative.EITHER, 2, 66)],
)
def test_two_steps_up_and_two_down(how: Relative, up: int, down: int) -> None:
    assert (steps(how, up), steps(how, down)) == (2, -2)


def test_either_way_of_saying_down_is_understood_where_it_is_not_known() -> None:
    assert (steps(Relative.EITHER, 127), steps(Relative.EITHER, 65)) == (-1, -1)


@pytest.mark.parametrize(
    ("values", "how"),
    [
        ([1, 1, 2, 1], Relative.EITHER),
        ([1, 1, 127, 127], Relative.TWOS),
        ([127, 127, 126], Relative.TWOS),
        ([65, 65, 66], Relative.OFFSET),
        ([65, 65, 63, 63], Relative.OFFSET),
        ([1, 1, 65, 65], Relative.SIGN),
        ([10, 11, 12, 13, 14], None),
        ([64, 65, 66, 65, 64], None),
        ([127, 0, 127, 0], None),
        ([127], None),
        ([0, 0, 1, 2], None),
    ],
)
def test_a_knob_is_told_by_what_it_says(values: list[int], how: Relative | None) -> None:
    assert recognised(values) == how


def test_a_step_is_one_of_127_and_haste_carries_further_only_where_that_is_wanted() -> None:
    assert travel(127, 1.0) == pytest.approx(1.0)
    assert travel(-1, 0.001) == travel(-1, 1.0)
    assert travel(1, 0.001, acceleration=4.0) == pytest.approx(4 * travel(1, 1.0, acceleration=4.0))
    assert travel(1, 1.0) < travel(1, 0.05, acceleration=4.0) < 4 * travel(1, 1.0)
