"""A gesture tells which control is meant, and how it speaks."""

from typing import Any

import pytest

from installation.control.midi.events import MessageReader
from installation.control.midi.learning import LIMIT_S, Learner, Reading, bind
from installation.control.midi.map import MidiMapError
from installation.parameter import ParameterError
from installation.parameters import parameter
from installation.values import ParameterValue


def control(number: int, value: int, channel: int = 1) -> dict[str, Any]:
    return {"type": "control_change", "channel": channel - 1, "control": number, "value": value}


def steps(*values: int) -> list[dict[str, Any]]:
    return [control(16, value) for value in values]


def note(number: int, velocity: int) -> dict[str, Any]:
    return {"type": "note_on", "channel": 0, "note": number, "velocity": velocity}


PROGRAM = {"type": "program_change", "channel": 0, "program": 5}
WHEEL = {"type": "pitchwheel", "channel": 0, "pitch": -20}
KNOB = [control(21, value) for value in (40, 41, 43)]
PAIR = [message for value in (40, 41) for message in (control(7, value), control(39, value))]
NRPN = [control(99, 9), control(98, 48), control(6, 1)]


def readings(messages: list[dict[str, Any]]) -> list[Reading]:
    reader = MessageReader()
    return [reader.read(message) for message in messages]


def learnt(messages: list[dict[str, Any]], address: str = "/audio/gain", value: ParameterValue = 0.0) -> dict[str, Any]:
    """The entry that is learnt from `messages`, all on channel 1."""
    entry = bind(readings(messages), parameter(address), value).entry()
    assert entry.pop("to") == address and entry.pop("channel", 1) == 1
    return entry


@pytest.mark.parametrize(
    ("messages", "entry"),
    [
        pytest.param(KNOB, {"cc": 21}, id="knob"),
        pytest.param([control(21, 64)], {"cc": 21}, id="once"),
        pytest.param(PAIR, {"cc": 7, "bits": 14}, id="pair"),
        pytest.param([control(7, 40), control(39, 1)], {"cc": 7, "bits": 14}, id="pair once"),
        pytest.param(NRPN, {"nrpn": 1200, "bits": 7}, id="nrpn of 7 bits"),
        pytest.param([*NRPN, control(38, 3)], {"nrpn": 1200}, id="nrpn of 14 bits"),
        pytest.param(steps(1, 1, 127), {"cc": 16, "relative": "twos-complement"}, id="two's complement"),
        pytest.param(steps(65, 65, 63), {"cc": 16, "relative": "binary-offset"}, id="binary offset"),
        pytest.param(steps(1, 1, 65), {"cc": 16, "relative": "sign-magnitude"}, id="sign and magnitude"),
        pytest.param(steps(1, 1, 1), {"cc": 16, "relative": "either"}, id="up alone"),
        pytest.param([note(36, 80), note(36, 0)], {"note": 36, "value": "velocity"}, id="pad"),
        pytest.param([note(104, 127), WHEEL, note(104, 0)], {"pitch": 1}, id="a motor fader"),
        pytest.param([note(104, 127), *KNOB, note(104, 0)], {"cc": 21}, id="a fader that is touched"),
        pytest.param([control(3, 9), *KNOB, control(3, 10)], {"cc": 21}, id="beside one that jitters"),
    ],
)
def test_a_number_is_moved_by_what_moved_most(messages: list[dict[str, Any]], entry: dict[str, Any]) -> None:
    assert learnt(messages) == entry


@pytest.mark.parametrize(
    ("messages", "entry"),
    [
        ([note(36, 80), note(36, 0)], {"note": 36}),
        ([control(20, 127), control(20, 0)], {"cc": 20, "press": "toggle"}),
        ([control(20, 127)], {"cc": 20}),
        ([control(0, 1), control(32, 2), PROGRAM], {"program": 5}),
    ],
    ids=["pad", "button", "latching button", "program with its bank"],
)
def test_a_switch_is_turned_by_keys(messages: list[dict[str, Any]], entry: dict[str, Any]) -> None:
    assert learnt(messages, "/show/blackout", False) == entry


def test_programs_go_through_the_list_of_presets_and_a_pad_goes_to_the_one_that_is_shown() -> None:
    assert learnt([PROGRAM], "/show/preset", "gallery") == {"program": "any"}
    assert learnt([note(36, 9)], "/show/preset", "gallery") == {"note": 36, "value": "gallery"}


def test_what_cannot_do_that_is_refused_in_one_line() -> None:
    with pytest.raises(MidiMapError, match="a program sets /audio/gain"):
        learnt([PROGRAM])
    with pytest.raises(MidiMapError, match="only with a 'value'"):
        learnt([note(36, 9)], "/show/a", "")


@pytest.mark.parametrize("address", ["/show/learn", "/show/save", "/audio/gian", "gain", ""])
def test_what_no_control_can_say_is_not_waited_for(address: str) -> None:
    learner = Learner()
    with pytest.raises(ParameterError):
        learner.begin(address, 0.0)
    assert learner.address == ""


def test_a_gesture_is_over_when_nothing_has_come_for_a_moment_or_when_it_has_lasted() -> None:
    learner = Learner()
    learner.begin("/audio/gain", 0.0)
    assert learner.binding(1.0, 0.0) is None
    for number, reading in enumerate(readings(KNOB)):
        learner.take(reading, 5.0 + 0.1 * number)
    assert learner.binding(5.3, 0.0) is None
    found = learner.binding(5.7, 0.0)
    assert found is not None and found.number == 21
    for number, reading in enumerate(readings([control(9, number % 100) for number in range(900)])):
        learner.take(reading, 10.0 + 0.01 * number)
    assert learner.binding(18.99, 0.0) is not None


def test_a_control_is_waited_for_only_so_long() -> None:
    learner = Learner()
    learner.begin("/audio/gain", 0.0)
    assert not learner.is_overdue(LIMIT_S)
    assert learner.is_overdue(LIMIT_S + 0.1)
    learner.cancel()
    assert not learner.is_overdue(LIMIT_S + 0.1)
