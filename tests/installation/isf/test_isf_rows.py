"""The inputs of ISF shaders as rows of the table while their passes are drawn, moved like any other parameter."""

from collections.abc import Sequence

import pytest

from installation.desk import Desk
from installation.isf.header import IsfHeader, IsfInput
from installation.isf.inputs import IsfInputs
from installation.isf.rows import rows_of
from installation.parameter import Kind, ParameterError
from installation.parameters import PARAMETERS
from installation.values import Features, ParameterValue

AMOUNT = IsfInput("amount", "float", 0.25, 0.0, 2.0, label="How much")
ON = IsfInput("on", "bool", True, False, True)
COUNT = IsfInput("count", "long", 3, 0.0, 9.0)
MODE = IsfInput("mode", "long", 2, 0.0, 5.0, (0, 2, 5), labels=("round", "square"))
TINT = IsfInput("tint", "color", (1.0, 0.5, 0.0, 1.0), 0.0, 1.0)
PLACE = IsfInput("place", "point2D", (0.5, 0.25), (0.0, -1.0), (1.0, 1.0))
BANG = IsfInput("bang", "event", False)
FIXED = IsfInput("fixed", "float", 1.0, 1.0, 1.0)
RIPPLE = IsfHeader((AMOUNT, ON, COUNT, MODE, TINT, PLACE, BANG, FIXED), filters=True)
VEIL = IsfHeader((IsfInput("amount", "float", 0.0),), filters=True)
HEADERS = {"soft ripple": RIPPLE, "veil": VEIL}
AT = "/isf/soft_ripple/"


class Show:
    """A desk with the inputs of two shaders, of which the first is drawn."""

    def __init__(self) -> None:
        self.inputs = IsfInputs(HEADERS)
        self.desk = Desk()
        self.desk.join(self.inputs)
        self.heard: list[tuple[str, ParameterValue, str]] = []
        self.came: list[str] = []
        self.went: list[str] = []
        self.desk.watch(lambda *told: self.heard.append(told))
        self.desk.watch_rows(self._note)
        self.now = 0.0
        self.inputs.load(["grade", "soft ripple"])
        self.turn()

    def turn(self, seconds: float = 0.02) -> None:
        self.now += seconds
        self.heard.clear()
        self.came.clear()
        self.went.clear()
        self.desk.tick(self.now, Features())

    def _note(self, came: Sequence[str], went: Sequence[str]) -> None:
        self.came.extend(came)
        self.went.extend(went)

    def drawn(self) -> dict[str, object]:
        return dict(self.inputs.uniforms(self.now))


def test_every_kind_of_input_is_a_row_with_range_default_and_words() -> None:
    rows = rows_of("soft ripple", RIPPLE)
    amount, on, count = (rows[AT + name].row for name in ("amount", "on", "count"))
    assert (amount.kind, amount.low, amount.high, amount.default) == (Kind.FLOAT, 0.0, 2.0, 0.25)
    assert amount.description.startswith("How much") and "soft ripple" in amount.description
    assert (on.kind, on.default) == (Kind.BOOL, True)
    assert (count.kind, count.low, count.high, count.default) == (Kind.INT, 0, 9, 3)
    mode = rows[AT + "mode"].row
    assert (mode.kind, mode.choices, mode.default) == (Kind.CHOICE, ("0", "2", "5"), "2")
    assert "0 round, 2 square" in mode.description
    assert rows[AT + "bang"].row.kind is Kind.TRIGGER


def test_a_colour_and_a_point_are_a_row_for_each_number() -> None:
    rows = rows_of("soft ripple", RIPPLE)
    tint = {name: rows[f"{AT}tint/{name}"].row.default for name in ("red", "green", "blue", "alpha")}
    assert tint == {"red": 1.0, "green": 0.5, "blue": 0.0, "alpha": 1.0}
    down = rows[AT + "place/y"].row
    assert (down.low, down.high, down.default) == (-1.0, 1.0, 0.25)


def test_what_has_no_room_to_move_is_no_control() -> None:
    assert AT + "fixed" not in rows_of("soft ripple", RIPPLE)


def test_rows_are_there_while_the_pass_is_drawn_and_no_longer() -> None:
    show = Show()
    assert AT + "amount" in show.desk.rows and "/isf/veil/amount" not in show.desk.rows
    show.inputs.load(["veil"])
    show.turn()
    assert show.came == ["/isf/veil/amount"] and AT + "amount" in show.went
    assert set(show.desk.rows) == {*PARAMETERS, "/isf/veil/amount"}
    with pytest.raises(ParameterError, match="there is no parameter '/isf/soft_ripple/amount'"):
        show.desk.post(AT + "amount", 1.0, "osc")
    show.inputs.load(["veil"])
    show.turn()
    assert show.came == show.went == []


def test_a_hand_moves_it_from_any_surface_and_all_others_hear_of_it() -> None:
    show = Show()
    show.drawn()
    show.desk.post(AT + "amount", 7, "page")  # a fader that overshoots means the end
    show.turn()
    assert show.heard == [(AT + "amount", 2.0, "page")] and show.desk.get(AT + "amount") == 2.0
    begin = float(str(show.drawn()[AT + "amount"]))
    show.turn(1.0)
    assert begin < 2.0 and show.drawn()[AT + "amount"] == 2.0 and show.heard == []


@pytest.mark.parametrize(
    ("address", "said", "stands", "drawn"),
    [
        ("on", 0.0, False, ("on", False)),
        ("count", 5.0, 5, ("count", 5)),
        ("mode", 5, "5", ("mode", 5)),
        ("mode", "0", "0", ("mode", 0)),
        ("tint/green", 1.0, 1.0, ("tint", (1.0, 1.0, 0.0, 1.0))),
        ("place/x", -3.0, 0.0, ("place", (0.0, 0.25))),
    ],
)
def test_each_kind_takes_what_surfaces_say(
    address: str, said: object, stands: ParameterValue, drawn: tuple[str, object]
) -> None:
    show = Show()
    show.desk.post(AT + address, said, "osc")
    show.turn()
    assert show.heard == [(AT + address, stands, "osc")] and show.desk.standing(AT + address) == stands
    show.drawn()
    show.turn(1.0)
    assert show.drawn()[AT + drawn[0]] == drawn[1]


def test_a_fader_reaches_it_by_its_travel_and_an_event_is_true_once() -> None:
    show = Show()
    show.desk.post_unit(AT + "amount", 0.5, "midi")
    show.desk.post_unit(AT + "bang", 1.0, "midi")
    show.desk.post_unit(AT + "bang", 0.0, "midi")  # the pad is let go
    show.turn()
    assert show.desk.get(AT + "amount") == 1.0 and (AT + "bang", True, "midi") in show.heard
    assert [show.drawn()[AT + "bang"], show.drawn()[AT + "bang"]] == [True, False]
    show.turn()
    assert show.heard == []


def test_what_a_preset_moves_is_told_too() -> None:
    show = Show()
    show.inputs.go_to({"soft ripple": {"amount": 1.5}}, 2.0)
    show.turn()
    assert show.heard == [(AT + "amount", 1.5, "preset")]


def test_an_edited_header_is_another_row() -> None:
    show = Show()
    show.inputs.declare({"soft ripple": IsfHeader((IsfInput("amount", "float", 0.1, 0.0, 0.5),), filters=True)})
    show.turn()
    assert show.desk.rows[AT + "amount"].high == 0.5 and AT + "mode" in show.went
    assert show.came == [AT + "amount"], "its range is another: who shows it draws it anew"


def test_two_passes_of_one_address_give_way_to_the_first() -> None:
    inputs = IsfInputs({"a b": VEIL, "a_b": IsfHeader((IsfInput("amount", "float", 0.9),), filters=True)})
    inputs.load(["a b", "a_b"])
    assert list(inputs.rows) == ["/isf/a_b/amount"]


def test_what_a_hand_has_moved_is_saved_with_the_look() -> None:
    show = Show()
    show.desk.post(AT + "mode", "5", "page")
    show.desk.post(AT + "tint/red", 0.5, "midi")
    show.desk.post(AT + "bang", True, "osc")
    assert show.inputs.settings(["soft ripple"]) == {"soft ripple": {"mode": 5, "tint": (0.5, 0.5, 0.0, 1.0)}}
