"""Corner pins, turns and blends as numbers."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.outputs.geometry import at, blend_share, pin, to_picture, unpin
from installation.outputs.layout import UNPINNED, Corners, Output, Point

near = st.floats(-0.2, 0.2)
corners = st.tuples(
    *(
        st.builds(lambda dx, dy, x=x, y=y: Point(x + dx, y + dy), near, near)
        for x, y in (*((0, 0), (1, 0), (1, 1), (0, 1)),)
    )
)
share = st.floats(0, 1)


def xy(point: Point) -> tuple[float, float]:
    return point.x, point.y


@given(corners=corners)
def test_a_pin_takes_the_corners_where_they_were_dragged(corners: Corners) -> None:
    for square, corner in zip(UNPINNED, corners, strict=True):
        assert xy(at(pin(corners), square)) == pytest.approx((corner.x, corner.y), abs=1e-9)


@given(corners=corners)
def test_the_middle_lies_where_the_diagonals_cross_as_perspective_has_it(corners: Corners) -> None:
    one, two, three, four = (np.array([point.x, point.y]) for point in corners)
    along = np.linalg.solve(np.column_stack([three - one, two - four]), two - one)[0]
    x, y = one + along * (three - one)
    assert xy(at(pin(corners), Point(0.5, 0.5))) == pytest.approx((x, y), abs=1e-9)


@given(corners=corners, x=share, y=share)
def test_unpinning_undoes_it_and_the_monitor_lies_on_this_side_of_the_horizon(
    corners: Corners, x: float, y: float
) -> None:
    there = at(pin(corners), Point(x, y))
    assert xy(at(unpin(corners), there)) == pytest.approx((x, y), abs=1e-9)
    assert (unpin(corners) @ (there.x, there.y, 1.0))[2] > 0


def test_unpinned_corners_change_nothing() -> None:
    assert unpin(UNPINNED) == pytest.approx(np.eye(3))


@pytest.mark.parametrize(
    ("fields", "top_left", "top_right"),
    [
        ({}, (0, 0), (1, 0)),
        ({"flip": "horizontal"}, (1, 0), (0, 0)),
        ({"flip": "vertical"}, (0, 1), (1, 1)),
        ({"flip": "both"}, (1, 1), (0, 1)),
        ({"rotate": 90}, (0, 1), (0, 0)),
        ({"rotate": 180}, (1, 1), (0, 1)),
        ({"rotate": 270}, (1, 0), (1, 1)),
        ({"rotate": 90, "flip": "horizontal"}, (1, 1), (1, 0)),
        ({"part": (0.25, 0.5, 0.75, 1.0)}, (0.25, 0.5), (0.75, 0.5)),
        ({"part": (0.25, 0.5, 0.75, 1.0), "rotate": 90}, (0.25, 1.0), (0.25, 0.5)),
    ],
)
def test_what_is_seen_in_the_upper_corners_of_an_output(
    fields: dict[str, Any], top_left: tuple[float, float], top_right: tuple[float, float]
) -> None:
    matrix = to_picture(Output("a", **fields))
    assert at(matrix, Point(0, 0)) == Point(*top_left)
    assert at(matrix, Point(1, 0)) == Point(*top_right)


@given(place=share, width=st.floats(0.01, 0.5))
def test_two_fades_across_each_other_add_up_to_one(place: float, width: float) -> None:
    inside = place * width
    assert blend_share(inside, width) + blend_share(width - inside, width) == pytest.approx(1.0)
