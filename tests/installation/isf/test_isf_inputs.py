"""Where the inputs of ISF passes stand: they glide, stay in bounds, and outlive an edited header."""

import pytest

from installation.isf.header import IsfHeader, IsfInput
from installation.isf.inputs import IsfInputs
from installation.parameter import ParameterError

AMOUNT = IsfInput("amount", "float", 0.25, 0.0, 1.0)
TINT = IsfInput("tint", "color", (1.0, 1.0, 1.0, 1.0), 0.0, 1.0)
MODE = IsfInput("mode", "long", 0, 0.0, 2.0, (0, 1, 2))
BANG = IsfInput("bang", "event", False)
HEADERS = {"soft edge": IsfHeader((AMOUNT, TINT, MODE, BANG), filters=True)}
ADDRESS = "/isf/soft_edge/amount"


def test_a_preset_sets_what_it_names_and_the_rest_is_at_its_default() -> None:
    inputs = IsfInputs(HEADERS, {"soft edge": {"amount": 0.75}})
    assert inputs.uniforms(0.0)[ADDRESS] == 0.75 and inputs.uniforms(0.0)["/isf/soft_edge/mode"] == 0


def test_another_preset_is_gone_to_in_its_time_and_a_choice_is_there_at_once() -> None:
    inputs = IsfInputs(HEADERS)
    inputs.uniforms(10.0)
    inputs.go_to({"soft edge": {"amount": 0.75, "tint": (0.0, 1.0, 1.0, 1.0), "mode": 2}}, 2.0)
    half = inputs.uniforms(11.0)
    assert half[ADDRESS] == pytest.approx(0.5) and half["/isf/soft_edge/mode"] == 2
    assert half["/isf/soft_edge/tint"] == pytest.approx((0.5, 1.0, 1.0, 1.0))
    assert inputs.uniforms(12.0)[ADDRESS] == 0.75


def test_only_what_an_edit_changes_moves() -> None:
    before = {"soft edge": {"amount": 0.5, "mode": 1}}
    inputs = IsfInputs(HEADERS, before)
    inputs.post(ADDRESS, [1.0])
    inputs.uniforms(1.0)
    inputs.change(before, {"soft edge": {"amount": 0.5, "mode": 2}}, 0.0)
    assert inputs.get(ADDRESS) == (1.0,) and inputs.get("/isf/soft_edge/mode") == (2,)
    inputs.change({"soft edge": {"amount": 0.5}}, {}, 0.0)
    assert inputs.get(ADDRESS) == (0.25,)


def test_a_hand_is_brought_into_bounds_and_glides() -> None:
    inputs = IsfInputs(HEADERS)
    inputs.uniforms(5.0)
    inputs.post(ADDRESS, [7.0])
    inputs.uniforms(5.0)
    assert 0.25 <= float(str(inputs.uniforms(5.01)[ADDRESS])) < 1.0 and inputs.uniforms(6.0)[ADDRESS] == 1.0


def test_an_event_is_true_once() -> None:
    inputs = IsfInputs(HEADERS)
    inputs.post("/isf/soft_edge/bang", [])
    assert [inputs.uniforms(now)["/isf/soft_edge/bang"] for now in (1.0, 2.0)] == [True, False]


@pytest.mark.parametrize(
    ("address", "arguments", "words"),
    [
        ("/isf/soft_edge/amont", [1.0], "there are /isf/soft_edge/amount, "),
        ("/isf/", [1.0], "there is no ISF input"),
        (ADDRESS, ["loud"], "takes 0…1"),
        (ADDRESS, [0.1, 0.2], "takes 0…1"),
        (ADDRESS, [float("inf")], "takes 0…1"),
        ("/isf/soft_edge/tint", [1.0, 0.0], "4 numbers"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(address: str, arguments: list[object], words: str) -> None:
    inputs = IsfInputs(HEADERS)
    with pytest.raises(ParameterError, match=words):
        inputs.post(address, arguments)


def test_an_edited_header_keeps_what_was_set_within_its_new_bounds() -> None:
    inputs = IsfInputs(HEADERS)
    inputs.post(ADDRESS, [1.0])
    inputs.uniforms(1.0)
    narrow = IsfInput("amount", "float", 0.1, 0.0, 0.5)
    inputs.declare({"soft edge": IsfHeader((narrow, TINT), filters=True)})
    assert inputs.get(ADDRESS) == (0.5,) and inputs.uniforms(9.0)[ADDRESS] == 0.5
    with pytest.raises(ParameterError):
        inputs.get("/isf/soft_edge/mode")


def test_an_edited_default_shows_where_nobody_moved_it() -> None:
    inputs = IsfInputs(HEADERS)
    inputs.declare({"soft edge": IsfHeader((IsfInput("amount", "float", 0.6),), filters=True)})
    assert inputs.get(ADDRESS) == (0.6,)


def test_what_is_saved_is_what_differs_from_the_defaults() -> None:
    inputs = IsfInputs(HEADERS, {"soft edge": {"mode": 2}})
    inputs.post("/isf/soft_edge/bang", [1])
    assert inputs.settings(["soft edge", "grade"]) == {"soft edge": {"mode": 2}}
