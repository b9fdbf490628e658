"""What an ISF file says of itself: read in its bounds, or refused in one line."""

import json
from typing import Any

import pytest

from installation.isf.header import IsfError, IsfHeader, IsfInput, read_header

PICTURE = {"NAME": "inputImage", "TYPE": "image"}


def isf(*inputs: Any, **more: Any) -> str:
    return f"/*{json.dumps({'ISFVSN': '2', 'INPUTS': list(inputs), **more})}*/\nvoid main() {{ }}\n"


def number(**more: Any) -> dict[str, Any]:
    return {"NAME": "amount", "TYPE": "float", **more}


def only(header: IsfHeader) -> IsfInput:
    (item,) = header.inputs
    return item


def test_the_bounds_of_the_header_count() -> None:
    item = only(read_header(isf(PICTURE, number(MIN=-2, MAX=2, DEFAULT=0.5))))
    assert (item.default, item.low, item.high) == (0.5, -2.0, 2.0)
    assert item.check(1) == 1.0 and item.nearest(7) == 2.0
    with pytest.raises(IsfError, match="amount takes -2…2, got 7"):
        item.check(7)


def test_without_bounds_a_number_goes_from_0_to_1_and_to_where_it_begins() -> None:
    item = only(read_header(isf(number(DEFAULT=3))))
    assert (item.low, item.high, item.default) == (0.0, 3.0, 3.0)
    assert only(read_header(isf(number()))).default == 0.0


def test_a_default_out_of_bounds_is_brought_into_them() -> None:
    assert only(read_header(isf(number(MIN=0, MAX=1, DEFAULT=9)))).default == 1.0


def test_every_plain_kind_is_read() -> None:
    header = read_header(
        isf(
            PICTURE,
            {"NAME": "on", "TYPE": "bool", "DEFAULT": 1},
            {"NAME": "mode", "TYPE": "long", "VALUES": [0, 2, 5], "LABELS": ["a", "b", "c"], "DEFAULT": 2},
            {"NAME": "tint", "TYPE": "color", "DEFAULT": [1, 0.5, 0, 1]},
            {"NAME": "place", "TYPE": "point2D", "DEFAULT": [0.5, 0.5], "MIN": [0, 0], "MAX": [1, 1]},
            {"NAME": "bang", "TYPE": "event"},
        )
    )
    assert header.filters
    assert [item.default for item in header.inputs] == [True, 2, (1.0, 0.5, 0.0, 1.0), (0.5, 0.5), False]
    mode, tint = header.inputs[1], header.inputs[2]
    assert mode.nearest(4) == 5 and mode.range_text == "0 | 2 | 5"
    assert tint.nearest([2, 0, 0, 1]) == (1.0, 0.0, 0.0, 1.0) and tint.nearest([1, 2]) is None
    assert only(read_header(isf(number()))).nearest(float("nan")) is None


def test_a_shader_without_a_picture_is_a_generator() -> None:
    assert not read_header(isf(number())).filters
    assert not read_header("/*{}*/ void main() {}").filters


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("void main() {}", "begins with a comment"),
        ("/*", "begins with a comment"),
        ("int a; /*{}*/", "begins with a comment"),
        ("/* no JSON */", "not JSON"),
        ("/*[1]*/", "no JSON object"),
        ("/*" + "[" * 5_000 + "]" * 5_000 + "*/", "deep|levels"),
        ("/*" + " " * 70_000 + "*/ ", "JSON|KiB|long"),
        ('/*{"a": "' + "x" * 70_000 + '"}*/', "bytes|KiB|long"),
        (isf(number(), number()), "amount twice"),
        (isf(*[{"NAME": f"n{i}", "TYPE": "bool"} for i in range(65)]), "64 at most"),
        (isf({"NAME": "x" * 65, "TYPE": "bool"}), "64 at most"),
        (isf({"NAME": "a; discard", "TYPE": "bool"}), "letters"),
        (isf({"NAME": "gl_FragColor", "TYPE": "bool"}), "ISF's own"),
        (isf({"NAME": "TIME", "TYPE": "float"}), "ISF's own"),
        (isf({"NAME": "u_last", "TYPE": "float"}), "ISF's own"),
        (isf({"TYPE": "float"}), "NAME"),
        (isf("amount"), "objects with NAME"),
        (isf({"NAME": "fft", "TYPE": "audioFFT"}), "audioFFT"),
        (isf({"NAME": "a", "TYPE": ["float"]}), "TYPE"),
        (isf(number(MIN=1, MAX=0)), "MIN is above MAX"),
        (isf(number(DEFAULT="fast")), "DEFAULT is a number"),
        (isf(number(MAX=1e30)), "MAX is a number"),
        ('/*{"INPUTS": [{"NAME": "a", "TYPE": "float", "MAX": NaN}]}*/', "finite|number|NaN"),
        (isf({"NAME": "tint", "TYPE": "color", "DEFAULT": [1, 2]}), "list of 4 numbers"),
        (isf({"NAME": "mode", "TYPE": "long", "VALUES": ["a"]}), "whole numbers"),
        (isf({"NAME": "mask", "TYPE": "image"}), "called inputImage"),
        (isf(PICTURE, {"NAME": "other", "TYPE": "image"}), "inputImage, other"),
        (isf(PICTURE, PASSES=[{"TARGET": "a", "PERSISTENT": True}, {}]), "PASSES"),
        (isf(PICTURE, PASSES=[{"TARGET": "a", "PERSISTENT": True, "WIDTH": "16"}]), "size of its own"),
        (isf(number(), PASSES=[{"TARGET": "amount", "PERSISTENT": True}]), "amount twice"),
        (isf(PICTURE, PASSES=[{"TARGET": "a b", "PERSISTENT": True}]), "letters"),
        (isf(PICTURE, PASSES=[[]]), "PERSISTENT"),
        (isf(PICTURE, PERSISTENT_BUFFERS=["a"]), "buffers"),
        (isf(PICTURE, IMPORTED={"noise": {"PATH": "noise.png"}}), "IMPORTED"),
        ('/*{"INPUTS": 7}*/', "INPUTS is a list"),
    ],
)
def test_what_cannot_run_is_one_line(text: str, words: str) -> None:
    with pytest.raises(IsfError, match=words) as caught:
        read_header(text)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400
