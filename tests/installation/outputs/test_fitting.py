"""The whole picture on a monitor of another shape: filled, shown between bars, or stretched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.outputs.fitting import FitShares, picture_size, seen_part
from installation.outputs.layout import UNPINNED, Corners, Layout, Output, Part, Point

WIDE, TALL, SQUARISH = (1920, 1080), (1080, 1920), (1024, 768)
side = st.integers(100, 4000)


def part_of(output: Output, monitor: tuple[int, int], picture: tuple[int, int] = WIDE) -> Part:
    return seen_part(output, FitShares.of(output), monitor, picture)


def shape_of(part: Part, picture: tuple[int, int]) -> float:
    return (part[2] - part[0]) * picture[0] / ((part[3] - part[1]) * picture[1])


def boxed(high: float) -> Corners:
    """Return corners that a hand has moved in by as much above as below."""
    top, bottom = (1 - high) / 2, (1 + high) / 2
    return Point(0, top), Point(1, top), Point(1, bottom), Point(0, bottom)


@given(width=side, height=side, wide=side, high=side)
def test_it_keeps_its_shape_on_every_monitor_and_its_middle_in_the_middle(
    width: int, height: int, wide: int, high: int
) -> None:
    for fit in ("cover", "contain"):
        part = part_of(Output("a", fit=fit), (width, height), (wide, high))
        assert shape_of(part, (wide, high)) == pytest.approx(width / height, rel=1e-6)
        assert part[0] + part[2] == pytest.approx(1.0) and part[1] + part[3] == pytest.approx(1.0)


def test_covering_cuts_off_and_containing_shows_all_between_bars() -> None:
    assert part_of(Output("a"), SQUARISH) == pytest.approx((0.125, 0, 0.875, 1))
    assert part_of(Output("a", fit="contain"), SQUARISH) == pytest.approx((0, -1 / 6, 1, 7 / 6))
    assert part_of(Output("a", fit="stretch"), SQUARISH) == (0, 0, 1, 1)


def test_a_monitor_of_the_same_shape_shows_it_to_the_bit() -> None:
    assert part_of(Output("a"), WIDE) == (0, 0, 1, 1)
    assert part_of(Output("a", fit="contain"), (960, 540)) == (0, 0, 1, 1)


def test_a_monitor_on_end_has_the_shape_that_is_seen_on_it() -> None:
    assert part_of(Output("a", rotate=90), TALL) == (0, 0, 1, 1)
    left, top, right, bottom = part_of(Output("a"), TALL)
    assert (top, bottom) == (0, 1) and right - left == pytest.approx((9 / 16) ** 2)


def test_a_part_lies_edge_to_edge_for_its_neighbour_goes_on_there() -> None:
    half = (0.0, 0.0, 0.5, 1.0)
    assert part_of(Output("a", part=half), SQUARISH) == half
    assert part_of(Output("a", part=half, fit="contain"), TALL) == half


def test_who_has_moved_the_corners_in_to_the_picture_s_shape_sees_all_of_it() -> None:
    box = boxed(high=1024 / 768 * 9 / 16)
    assert part_of(Output("a", corners=box), SQUARISH) == pytest.approx((0, 0, 1, 1))
    assert part_of(Output("a", corners=boxed(0.6)), WIDE) == (0, 0, 1, 1), (
        "on a monitor of its shape, whatever is moved"
    )


def test_moving_the_corners_in_shows_little_by_little_more() -> None:
    widths = [part_of(Output("a", corners=boxed(high)), SQUARISH)[0] for high in (1.0, 0.95, 0.9, 0.85, 0.8, 0.7)]
    assert widths == sorted(widths, reverse=True) and widths[0] == pytest.approx(0.125) and widths[-1] == 0.0


def test_half_way_between_two_fits_lies_half_of_each() -> None:
    between = seen_part(Output("a"), FitShares(cover=0.5, contain=0.5), SQUARISH, WIDE)
    assert between == pytest.approx((0.0625, -1 / 12, 0.9375, 13 / 12))


@pytest.mark.parametrize(
    ("outputs", "sizes", "size"),
    [
        ((Output("a"), Output("b")), {"a": WIDE, "b": SQUARISH}, WIDE),
        ((Output("a"), Output("b")), {"a": SQUARISH, "b": WIDE}, (1440, 1080)),
        ((Output("a"), Output("b")), {"a": WIDE, "b": TALL}, WIDE),
        ((Output("a"), Output("b")), {"a": WIDE, "b": (3840, 2160)}, (3840, 2160)),
        ((Output("a"), Output("b", rotate=90)), {"a": WIDE, "b": TALL}, WIDE),
        ((Output("a", fit="stretch"), Output("b", fit="stretch")), {"a": WIDE, "b": TALL}, (1920, 1920)),
        ((Output("a", part=(0, 0, 0.5, 1)), Output("b")), {"a": WIDE, "b": SQUARISH}, (3840, 1080)),
        ((Output("a", part=(0, 0, 0.5, 1)), Output("b", part=(0.5, 0, 1, 1))), {"a": WIDE, "b": WIDE}, (3840, 1080)),
        ((Output("a", rotate=90),), {"a": WIDE}, (1080, 1920)),
        ((Output("a", part=(0, 0, 0.01, 1)),), {"a": WIDE}, (8192, 46)),
        ((Output("a"), Output("missing", part=(0, 0, 0.1, 1))), {"a": (800, 600)}, (800, 600)),
        ((Output("gone"), Output("b")), {"b": SQUARISH}, SQUARISH),
    ],
)
def test_the_picture_has_the_first_monitor_s_shape_and_is_as_large_as_the_outputs_need(
    outputs: tuple[Output, ...], sizes: dict[str, tuple[int, int]], size: tuple[int, int]
) -> None:
    assert picture_size(Layout(outputs), sizes) == size


def test_unpinned_corners_are_the_monitor_s() -> None:
    assert part_of(Output("a", corners=UNPINNED), SQUARISH) == part_of(Output("a"), SQUARISH)
