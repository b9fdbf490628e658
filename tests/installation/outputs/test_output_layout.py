"""A venue's outputs as their file says them, what is said of a bad one, and that nothing else ever comes of a file."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from installation.outputs.layout import (
    Blend,
    Layout,
    LayoutError,
    Output,
    Point,
    layout_document,
    parse_layout,
    read_layout,
)
from installation.outputs.store import layout_text

WALLS = """\
outputs:
  - name: left
    monitor: DP-1
    part: [0, 0, 0.55, 1]
    corners: [[0.02, 0.01], [1, 0], [1, 1], [0, 0.98]]
    masks: [[[0.1, 0.1], [0.2, 0.1], [0.15, 0.3]]]
    blend: {right: 0.18}
  - {name: right, monitor: 1, part: [0.45, 0, 1, 1], flip: horizontal, rotate: 90, delay_frames: 2}
"""


def test_an_output_says_its_monitor_its_part_and_how_it_is_fitted_to_the_wall(tmp_path: Path) -> None:
    file = tmp_path / "outputs.yaml"
    file.write_text(WALLS, encoding="utf-8")
    left, right = read_layout(file).outputs
    assert (left.monitor, left.part, left.blend) == ("DP-1", (0, 0, 0.55, 1), Blend(right=0.18))
    assert (left.corners[0], left.masks) == (Point(0.02, 0.01), ((Point(0.1, 0.1), Point(0.2, 0.1), Point(0.15, 0.3)),))
    assert right == Output("right", 1, (0.45, 0, 1, 1), flip="horizontal", rotate=90, delay_frames=2)


def test_one_output_that_shows_the_picture_as_it_is_is_plain() -> None:
    assert Layout().is_plain
    assert Layout((Output("stage", "HDMI-1", blend=Blend(gamma=1.8)),)).is_plain
    assert not Layout((Output("wall", rotate=180),)).is_plain
    assert not Layout((Output("one"), Output("two", 1))).is_plain


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- a", "expected a mapping with a list of outputs, got ['a']"),
        ("output: []", "unknown key 'output', did you mean 'outputs'"),
        ("outputs: []", "outputs: list should have at least 1 item"),
        ("outputs: [7]", "output 1: expected a mapping with at least a name, got 7"),
        ("outputs: [{monitor: 0}]", "output 1: name is required"),
        ("outputs: [{name: a, corner: []}]", "output 1 'a': unknown key 'corner', did you mean 'corners'"),
        ("outputs: [{name: a, blend: {lef: 0.1}}]", "output 1 'a': unknown key 'blend.lef', did you mean 'left'"),
        ("outputs: [{name: A wall}]", "output 1: name takes a-z, 0-9 and -, got 'A wall'"),
        ("outputs: [{name: a}, {name: a}]", "output 2: there is another one called 'a'"),
        ("outputs: [{name: a, part: [0.5, 0, 0.2, 1]}]", "output 1 'a': part takes left, top, right, bottom"),
        ("outputs: [{name: a, part: [0, 0, 1, 1.2]}]", "output 1 'a': part.3: input should be less than or equal to 1"),
        ("outputs: [{name: a, rotate: 45}]", "output 1 'a': rotate: input should be 0, 90, 180 or 270, got 45"),
        ("outputs: [{name: a, flip: up}]", "output 1 'a': flip: input should be 'none', 'horizontal', 'vertical' or"),
        ("outputs: [{name: a, delay_frames: 31}]", "output 1 'a': delay_frames: input should be less than or equal"),
        ("outputs: [{name: a, blend: {left: .inf}}]", "outputs.yaml: outputs.0.blend.left: numbers are finite"),
        (
            "outputs: [{name: a, corners: [[0, 0], [1, 0], [0, 1], [1, 1]]}]",
            "'a': corners must bulge outwards",
        ),
        ("outputs: [{name: a, corners: [[0, 0], [1, 0], [0.4, 0.4], [0, 1]]}]", "look at the one bottom right"),
        ("outputs: [{name: a, masks: [[[0, 0], [1, 1]]]}]", "masks.0: list should have at least 3 items"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "outputs.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LayoutError) as refusal:
        read_layout(file)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).startswith("outputs.yaml: ")
    assert reason in str(refusal.value)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
outputs_of_anything = st.fixed_dictionaries(
    {"name": st.just("a") | plain},
    optional=dict.fromkeys(
        ("monitor", "part", "fit", "flip", "rotate", "corners", "masks", "blend", "delay_frames"), plain
    ),
)


@given(document=plain | st.fixed_dictionaries({"outputs": st.lists(outputs_of_anything, max_size=3) | plain}))
def test_whatever_is_said_is_a_layout_or_one_line(document: object) -> None:
    try:
        layout = parse_layout(document)
    except LayoutError as error:
        assert "\n" not in str(error)
    else:
        assert parse_layout(layout_document(layout)) == layout


@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_a_file_holds_it_is_a_layout_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, body: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "hostile-outputs.yaml"
    file.write_bytes(body)
    with pytest.raises(LayoutError, match=r"^hostile-outputs.yaml: [^\n]+$"):
        read_layout(file)


share = st.floats(0, 1).map(lambda value: round(value, 6))
near = st.floats(-0.2, 0.2).map(lambda value: round(value, 6))
points = st.builds(Point, share, share)
corners = st.tuples(
    st.builds(Point, near, near),
    st.builds(lambda x, y: Point(1 + x, y), near, near),
    st.builds(lambda x, y: Point(1 + x, 1 + y), near, near),
    st.builds(lambda x, y: Point(x, 1 + y), near, near),
)
outputs = st.builds(
    Output,
    name=st.just("a"),
    monitor=st.integers(0, 7) | st.sampled_from(["DP-1", "HDMI-A-0", "Écran 2", "0", "null", "on", "- x"]),
    flip=st.sampled_from(["none", "horizontal", "vertical", "both"]),
    fit=st.sampled_from(["cover", "contain", "stretch"]),
    rotate=st.sampled_from([0, 90, 180, 270]),
    corners=corners,
    masks=st.lists(st.lists(points, min_size=3, max_size=6).map(tuple), max_size=3).map(tuple),
    blend=st.builds(Blend, *[st.floats(0, 0.5)] * 4),
    delay_frames=st.integers(0, 30),
)
layouts = outputs.map(lambda output: Layout((output,)))


@given(layout=layouts)
def test_a_layout_is_read_as_it_was_written(layout: Layout) -> None:
    assert parse_layout(yaml.safe_load(layout_text(layout))) == layout
