"""Maps over each other: an event is heard where it is bound, and what a map above takes is covered below."""

from installation.control.bindings import Binding
from installation.control.midi.events import EventKind, MidiEvent
from installation.control.midi.layers import Layer, uncovered
from installation.control.midi.map import read_entry


def bound(**entry: object) -> Binding:
    return read_entry("test", {"to": "/show/hud", **entry})


ANY, THIRD = bound(program="any"), bound(program=3)


def test_an_event_is_heard_by_its_number_and_by_any_number() -> None:
    layer = Layer([ANY, THIRD, bound(program=4), bound(note=3)])
    assert layer.hearing(MidiEvent(EventKind.PROGRAM, 3)) == [THIRD, ANY]


def test_a_control_that_a_map_above_has_is_covered_on_its_channels() -> None:
    above = Layer([bound(cc=7, bits=14, channel=1, to="/audio/gain"), THIRD])
    fine, other_channel, everywhere = bound(cc=39, channel=1), bound(cc=39, channel=2), bound(cc=7)
    below = Layer([fine, other_channel, everywhere, ANY, bound(note=7)])
    assert uncovered([above, below]) == [list(above.bindings), [other_channel, bound(note=7)]]


def test_in_one_map_a_control_may_have_several_entries() -> None:
    two = Layer([bound(cc=7), bound(cc=7, to="/show/freeze")])
    assert uncovered([two]) == [list(two.bindings)]
