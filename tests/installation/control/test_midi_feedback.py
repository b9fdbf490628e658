"""Controllers are told where their faders, rings and lamps stand: changes only, gently, and never against a hand."""

from collections.abc import Iterator

import pytest

from installation.control.bindings import Binding
from installation.control.midi.events import EventKind, MidiEvent
from installation.control.midi.feedback import Feedback
from installation.control.midi.map import read_entry
from installation.desk import Desk


def bound(**entry: object) -> Binding:
    return read_entry("test", entry)


GAIN = bound(cc=7, channel=2, to="/audio/gain")


class Told:
    """A controller with `bindings` that is looked after 100 times a second."""

    def __init__(self, *bindings: Binding) -> None:
        self.desk, self.feedback, self.now = Desk(), Feedback(), 0.0
        self.feedback.begin()
        self.feedback.remap(bindings)
        self.bindings = bindings

    def sets(self, address: str, value: object) -> None:
        self.desk.post(address, value, "osc")
        self.feedback.changed(binding for binding in self.bindings if binding.address == address)

    def hears(self, binding: Binding, value: int) -> None:
        self.feedback.heard(binding, MidiEvent(binding.kind, binding.number or 0, 1, value), self.now)

    def within(self, seconds: float) -> list[list[int]]:
        return [message for turn in self.turns(seconds) for message in turn]

    def turns(self, seconds: float) -> Iterator[list[list[int]]]:
        ends_at = self.now + seconds
        while self.now < ends_at:
            self.now += 0.01
            yield self.feedback.messages(self.desk, self.now)


def test_a_controller_that_comes_is_told_everything_once() -> None:
    told = Told(GAIN, bound(note=36, to="/show/blackout"), bound(cc=1, to="/render/fit"))
    assert told.within(0.1) == [[0xB1, 7, round(60 / 84 * 127)], [0x90, 36, 0], [0xB0, 1, round(5 / 6 * 127)]]
    assert told.within(5.0) == []


def test_only_what_differs_on_the_controller_is_a_change() -> None:
    told = Told(GAIN)
    told.within(0.1)
    told.sets("/audio/gain", 0.001)
    assert told.within(0.1) == []
    told.sets("/audio/gain", 24)
    assert told.within(0.1) == [[0xB1, 7, 127]]


def test_a_flood_of_changes_is_told_thirty_times_a_second_and_its_last_value_wins() -> None:
    told = Told(GAIN)
    messages = []
    for step in range(200):
        told.sets("/audio/gain", -60 + step % 84)
        messages += told.within(0.01)
    assert 50 <= len(messages) <= 61
    told.sets("/audio/gain", 24)
    assert told.within(0.1)[-1] == [0xB1, 7, 127]


def test_a_large_map_is_told_as_slowly_as_a_cable_takes_it() -> None:
    told = Told(*(bound(cc=number, to="/audio/gain") for number in range(100)))
    turns = [turn for turn in told.turns(1.0) if turn]
    assert max(map(len, turns)) <= 35 and sum(map(len, turns)) == 100


def test_a_fader_in_a_hand_is_left_alone_and_follows_when_the_hand_rests() -> None:
    told = Told(GAIN)
    told.within(0.1)
    for position in range(40):
        told.hears(GAIN, position)
        told.sets("/audio/gain", 24)
        assert told.within(0.1) == []
    assert told.within(1.0) == [[0xB1, 7, 127]]


def test_a_hand_that_sets_the_value_is_not_told_of_it() -> None:
    told = Told(GAIN)
    told.within(0.1)
    told.hears(GAIN, 127)
    told.sets("/audio/gain", 24)
    assert told.within(5.0) == []


def test_a_pad_that_was_let_go_is_told_again_whether_it_shines() -> None:
    pad = bound(note=36, to="/show/blackout")
    told = Told(pad)
    told.within(0.1)
    told.hears(pad, 100)
    told.sets("/show/blackout", True)
    assert told.within(0.1) == [[0x90, 36, 127]]
    told.hears(pad, 0)
    assert told.within(0.1) == [[0x90, 36, 127]]


def test_the_pad_of_what_is_shown_shines_and_the_others_do_not() -> None:
    pads = [bound(note=n, to="/show/preset", value=name) for n, name in enumerate(["gallery", "world"])]
    told = Told(*pads)
    told.within(0.1)
    told.sets("/show/preset", "gallery")
    assert told.within(0.1) == [[0x90, 0, 127]]
    told.sets("/show/preset", "world")
    assert told.within(0.1) == [[0x90, 0, 0], [0x90, 1, 127]]


def test_the_lamp_of_a_pad_that_means_nothing_any_more_goes_out() -> None:
    told = Told(bound(note=36, to="/show/blackout"), bound(note=37, to="/show/hud"), GAIN)
    told.sets("/show/blackout", True)
    told.within(0.1)
    told.feedback.remap([bound(note=37, to="/show/freeze")])
    assert told.within(1.0) == [[0x90, 36, 0]]


@pytest.mark.parametrize(
    ("entry", "messages"),
    [
        ({"cc": 7, "bits": 14}, [[0xB0, 7, 127], [0xB0, 39, 127]]),
        ({"nrpn": 1200}, [[0xB0, 99, 9], [0xB0, 98, 48], [0xB0, 6, 127], [0xB0, 38, 127]]),
        ({"nrpn": 1200, "bits": 7}, [[0xB0, 99, 9], [0xB0, 98, 48], [0xB0, 6, 127]]),
        ({"pitch": 3}, [[0xE2, 127, 127]]),
        ({"cc": 16, "relative": "either"}, [[0xB0, 16, 127]]),
        ({"note": 36, "value": "velocity"}, []),
        ({"cc": 7, "feedback": False}, []),
    ],
)
def test_each_kind_of_control_is_told_in_its_own_way(entry: dict[str, object], messages: list[list[int]]) -> None:
    told = Told(bound(**entry, to="/audio/gain"))
    told.sets("/audio/gain", 24)
    assert told.within(0.1) == messages


@pytest.mark.parametrize(
    "entry",
    [{"note": 1, "to": "/audio/tap"}, {"program": "any", "to": "/show/preset"}, {"program": 1, "to": "/show/hud"}],
)
def test_what_has_no_state_to_show_is_told_nothing(entry: dict[str, object]) -> None:
    told = Told(bound(**entry))
    told.feedback.heard(told.bindings[0], MidiEvent(EventKind.PROGRAM, 1), 0.0)
    assert told.within(1.0) == []


def test_an_entry_without_a_channel_is_told_on_the_one_that_it_spoke_on() -> None:
    ring = bound(cc=16, relative="either", to="/audio/gain")
    told = Told(ring)
    told.within(0.1)
    told.feedback.heard(ring, MidiEvent(EventKind.CC, 16, 5, 1), told.now)
    told.sets("/audio/gain", 24)
    assert told.within(0.1) == [[0xB4, 16, 127]]
