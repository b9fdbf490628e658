"""A knob takes over what was moved beneath it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from installation.control.midi.takeover import Takeover, take_over

UNIT = st.floats(0, 1)
JUMP, PICKUP, SCALE = Takeover.JUMP, Takeover.PICKUP, Takeover.SCALE


def test_jump_goes_where_the_knob_is() -> None:
    assert take_over(JUMP, None, 0.2, 0.9, held=False) == 0.2


def test_pickup_waits_until_the_knob_meets_the_value_from_either_side() -> None:
    assert take_over(PICKUP, 0.1, 0.3, 0.6, held=False) is None
    assert take_over(PICKUP, 0.3, 0.7, 0.6, held=False) == 0.7
    assert take_over(PICKUP, 0.9, 0.5, 0.6, held=False) == 0.5
    assert take_over(PICKUP, None, 0.61, 0.6, held=False) == 0.61
    assert take_over(PICKUP, None, 0.9, 0.6, held=False) is None


def test_pickup_lets_go_of_nothing_that_nobody_else_has_moved() -> None:
    assert take_over(PICKUP, 0.2, 0.9, 0.2, held=True) == 0.9


def test_scale_moves_by_the_share_of_the_way_that_is_left() -> None:
    assert take_over(SCALE, 0.5, 0.75, 0.2, held=False) == pytest.approx(0.6)  # half of what is left above
    assert take_over(SCALE, 0.5, 0.25, 0.2, held=False) == pytest.approx(0.1)  # half of what is left below
    assert take_over(SCALE, None, 0.25, 0.2, held=False) is None


@given(before=UNIT, now=UNIT, beneath=UNIT)
@example(before=5e-324, now=0.0, beneath=0.2)  # the smallest number there is: a product of it is it or nothing
def test_scale_arrives_at_the_ends_with_the_knob_and_never_leaves_the_travel(
    before: float, now: float, beneath: float
) -> None:
    taken = take_over(SCALE, before, now, beneath, held=False)
    assert taken is None or -1e-9 <= taken <= 1 + 1e-9
    if before > 0:
        assert take_over(SCALE, before, 0.0, beneath, held=False) == pytest.approx(0.0, abs=1e-9)
    if before < 1:
        assert take_over(SCALE, before, 1.0, beneath, held=False) == pytest.approx(1.0)


@given(before=UNIT, now=UNIT)
def test_scale_is_the_knob_itself_where_both_agree(before: float, now: float) -> None:
    taken = take_over(SCALE, before, now, before, held=True)
    assert before == now or taken == pytest.approx(now, abs=1e-9)
