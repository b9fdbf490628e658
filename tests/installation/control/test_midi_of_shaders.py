"""Controllers on the inputs of shaders: bound by a map or learnt, moved while the shader is drawn, and told."""

import pytest

from installation.control.midi.events import EventKind, MidiEvent
from installation.control.midi.feedback import shown_position
from installation.control.midi.learning import Learner
from installation.control.midi.map import MidiMap, MidiMapError
from installation.control.midi.takeover import Grip
from installation.desk import Desk
from installation.isf.header import IsfHeader, IsfInput
from installation.isf.inputs import IsfInputs
from installation.parameter import ParameterError
from installation.values import Features

AMOUNT = "/isf/veil/amount"
VEIL = IsfHeader((IsfInput("amount", "float", 0.0, 0.0, 2.0), IsfInput("bang", "event", False)), filters=True)


@pytest.fixture
def inputs() -> IsfInputs:
    return IsfInputs({"veil": VEIL})


@pytest.fixture
def desk(inputs: IsfInputs) -> Desk:
    desk = Desk()
    desk.join(inputs)
    inputs.load(["veil"])
    desk.tick(0.0, Features())
    return desk


def turn(desk: Desk, entry: dict[str, object], value: int, kind: EventKind = EventKind.CC) -> None:
    (binding,) = MidiMap.parse([entry]).bindings
    binding.act(MidiEvent(kind, 7, 1, value), desk, Grip(), 0.0, lambda _place: None)


def test_a_knob_moves_an_input_through_its_range_and_a_key_sets_off_an_event(desk: Desk, inputs: IsfInputs) -> None:
    turn(desk, {"cc": 7, "to": AMOUNT}, 127)
    assert desk.get(AMOUNT) == 2.0
    turn(desk, {"note": 7, "to": "/isf/veil/bang"}, 90, EventKind.NOTE)
    assert inputs.uniforms(0.0)["/isf/veil/bang"] is True
    turn(desk, {"note": 7, "to": AMOUNT, "value": 0.5}, 90, EventKind.NOTE)
    assert desk.get(AMOUNT) == 0.5


def test_a_map_may_name_a_shader_that_is_not_drawn_yet_and_says_so_when_it_is_moved(
    desk: Desk, inputs: IsfInputs
) -> None:
    inputs.load([])
    desk.tick(0.1, Features())
    with pytest.raises(ParameterError, match="there is no parameter '/isf/veil/amount'"):
        turn(desk, {"cc": 7, "to": AMOUNT}, 127)


@pytest.mark.parametrize(
    "entry", [{"cc": 7, "to": "/isf/veil"}, {"cc": 7, "to": "/isf/a/b/c/d"}, {"note": 7, "to": AMOUNT, "value": [1]}]
)
def test_what_no_shader_can_have_is_refused(entry: dict[str, object]) -> None:
    with pytest.raises(MidiMapError):
        MidiMap.parse([entry])


def test_the_controller_is_told_where_an_input_stands(desk: Desk, inputs: IsfInputs) -> None:
    (binding,) = MidiMap.parse([{"cc": 7, "to": AMOUNT}]).bindings
    desk.post(AMOUNT, 1.0, "page")
    assert shown_position(binding, desk) == 64
    inputs.load([])
    desk.tick(0.1, Features())
    assert shown_position(binding, desk) is None


def test_an_input_is_learnt_while_it_is_there(desk: Desk) -> None:
    learner = Learner(desk.row)
    learner.begin(AMOUNT, 0.0)
    for step in range(5):
        learner.take((MidiEvent(EventKind.CC, 21, 1, 20 * step),), 0.1 * step)
    found = learner.binding(3.0, desk.get(AMOUNT))
    assert found is not None and (found.number, found.address) == (21, AMOUNT)
    with pytest.raises(ParameterError):
        learner.begin("/isf/veil/nothing", 4.0)
