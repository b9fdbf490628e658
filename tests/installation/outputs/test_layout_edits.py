"""Changes of a layout as page, REST and OSC say them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.outputs.edits import added, changed, joined, output_document, removed
from installation.outputs.layout import Layout, LayoutError, Output, Point

TRIANGLE = [[0.1, 0.1], [0.2, 0.1], [0.1, 0.2]]
TWO = Layout((Output("wall"), Output("balcony", 1)))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.sampled_from(["wall", "1", "17", "left"]),
    lambda inside: st.lists(inside, max_size=5) | st.dictionaries(st.sampled_from(["1", "2", "99", "left"]), inside),
    max_leaves=8,
)
KEYS = st.sampled_from(["corner", "corners", "mask", "masks", "blend", "part", "monitor", "rotate", "name", "colour"])


def test_one_corner_is_moved_and_the_other_three_stay() -> None:
    wall = changed(TWO, "wall", {"corner": {"2": [0.9, 0.1]}}).output("wall")
    assert wall.corners == (Point(0, 0), Point(0.9, 0.1), Point(1, 1), Point(0, 1))


def test_one_side_of_the_blend_is_set_and_the_others_stay() -> None:
    layout = changed(TWO, "balcony", {"blend": {"left": 0.1}})
    blend = changed(layout, "balcony", {"blend": {"gamma": 1.8}}).output("balcony").blend
    assert (blend.left, blend.right, blend.gamma) == (0.1, 0.0, 1.8) and layout.output("wall") == TWO.output("wall")


def test_masks_come_move_and_go_by_their_number() -> None:
    layout = changed(TWO, "wall", {"mask": {"1": TRIANGLE, "2": TRIANGLE}})
    layout = changed(layout, "wall", {"mask": {"1": None}})
    layout = changed(layout, "wall", {"mask": {"1": [[0, 0], [1, 0], [1, 1]]}})
    assert layout.output("wall").masks == ((Point(0, 0), Point(1, 0), Point(1, 1)),)


def test_an_output_is_renamed_added_and_removed() -> None:
    layout = added(changed(TWO, "wall", {"name": "front"}), {"name": "floor", "rotate": 90})
    assert [output.name for output in layout.outputs] == ["front", "balcony", "floor"]
    assert output_document(layout.output("floor"))["rotate"] == 90
    assert removed(layout, "balcony").outputs == (layout.outputs[0], layout.outputs[2])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"corner": {"5": [0, 0]}}, "numbers 1 to 4"),
        ({"corner": [0, 0]}, "numbers 1 to 4"),
        ({"corner": {"1": [7, 0]}}, "corners.0.0"),
        ({"corner": {"1": [1, 1]}}, "bulge outwards"),
        ({"mask": {"3": TRIANGLE}}, "1 to 1, got '3'"),
        ({"mask": {"1": TRIANGLE[:2]}}, "masks.0"),
        ({"mask": TRIANGLE}, "mask takes numbers"),
        ({"blend": {"left": 0.7}}, "blend.left"),
        ({"blend": 3}, "blend"),
        ({"name": "balcony"}, "another one called 'balcony'"),
        ({"name": "Wall!"}, "name takes a-z"),
        ({"colour": 1}, "unknown key 'colour'"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_one_line(change: dict[str, Any], words: str) -> None:
    with pytest.raises(LayoutError) as refused:
        changed(TWO, "wall", change)
    assert words in str(refused.value) and str(refused.value).isprintable() and len(str(refused.value)) < 300


def test_the_last_output_stays_and_there_are_never_more_than_eight() -> None:
    with pytest.raises(LayoutError, match="the only output"):
        removed(Layout(), "wall")
    layout = Layout(tuple(Output(f"wall-{number}") for number in range(8)))
    with pytest.raises(LayoutError):
        added(layout, {"name": "one-more"})
    with pytest.raises(LayoutError, match="there is no output 'roof'"):
        changed(layout, "roof", {})


@settings(max_examples=50)
@given(st.dictionaries(KEYS, PLAIN, max_size=4))
def test_no_change_does_more_than_be_refused(change: dict[str, Any]) -> None:
    try:
        layout = changed(TWO, "wall", change)
    except LayoutError:
        return
    assert len(layout.outputs) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"corner": {"1": [0.1, 0.1]}}, {"corner": {"2": [0.9, 0.1]}}),
        ({"corner": {"1": [0.1, 0.1]}, "flip": "both"}, {"corners": [[0, 0.1], [1, 0], [1, 1], [0, 1]]}),
        ({"mask": {"1": TRIANGLE}}, {"masks": []}),
        ({"masks": []}, {"mask": {"1": TRIANGLE}}),
        ({"blend": {"left": 0.1, "right": 0.2}}, {"blend": {"left": 0.3}}),
    ],
)
def test_two_changes_that_are_joined_do_what_both_do_in_a_row(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert changed(TWO, "wall", joined(before, after)) == changed(changed(TWO, "wall", before), "wall", after)
