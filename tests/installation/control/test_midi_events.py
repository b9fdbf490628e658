"""What messages may mean: alone, and together with those before them."""

from typing import Any

import pytest

from installation.control.midi.events import EventKind, MessageReader, MidiEvent

CC, CC_14, NRPN = EventKind.CC, EventKind.CC_14, EventKind.NRPN


def control(number: int, value: int, channel: int = 1) -> dict[str, Any]:
    return {"type": "control_change", "channel": channel - 1, "control": number, "value": value}


def read(*messages: dict[str, Any]) -> list[MidiEvent]:
    """All events of `messages` in turn."""
    reader = MessageReader()
    return [event for message in messages for event in reader.read(message)]


@pytest.mark.parametrize(
    ("message", "event"),
    [
        (control(70, 9), MidiEvent(CC, 70, 1, 9)),
        ({"type": "note_on", "channel": 15, "note": 36, "velocity": 0}, MidiEvent(EventKind.NOTE, 36, 16, 0)),
        ({"type": "note_off", "channel": 0, "note": 36, "velocity": 127}, MidiEvent(EventKind.NOTE, 36, 1, 0)),
        ({"type": "pitchwheel", "channel": 4, "pitch": 8191}, MidiEvent(EventKind.PITCH, 5, 5, 16_383)),
        ({"type": "program_change", "channel": 0, "program": 2}, MidiEvent(EventKind.PROGRAM, 2, 1)),
    ],
)
def test_messages_that_can_be_bound_are_read(message: dict[str, Any], event: MidiEvent) -> None:
    assert read(message) == [event]


@pytest.mark.parametrize(
    "message",
    [
        {"type": "clock"},
        {"type": "sysex", "data": (1, 2)},
        {"type": "control_change"},
        control(123, 0),  # all notes off
    ],
)
def test_what_is_no_control_is_left_out(message: dict[str, Any]) -> None:
    assert read(message) == []


def test_a_controller_and_its_partner_above_are_one_position_of_fourteen_bits() -> None:
    events = [event for event in read(control(7, 64), control(39, 3)) if event.kind is CC_14]
    assert events == [MidiEvent(CC_14, 7, 1, 64 << 7, whole=False), MidiEvent(CC_14, 7, 1, 64 << 7 | 3)]


def test_a_fine_half_without_a_coarse_one_on_its_channel_is_a_controller_alone() -> None:
    assert read(control(7, 64, channel=2), control(39, 3))[-1] == MidiEvent(CC, 39, 1, 3)


def test_a_parameter_that_was_named_is_moved_by_data_entry() -> None:
    events = read(control(99, 9), control(98, 48), control(6, 127), control(38, 127), control(6, 0))
    assert [event for event in events if event.kind is NRPN] == [
        MidiEvent(NRPN, 1200, 1, 127 << 7, whole=False),
        MidiEvent(NRPN, 1200, 1, 16_383),
        MidiEvent(NRPN, 1200, 1, 0, whole=False),
    ]


@pytest.mark.parametrize(
    "before",
    [
        [],
        [control(99, 9, channel=2), control(98, 48, channel=2)],
        [control(99, 127), control(98, 127)],
        [control(99, 1), control(98, 2), control(101, 0), control(100, 0)],
    ],
    ids=["none", "another channel", "the null parameter", "a registered one"],
)
def test_data_entry_is_a_controller_where_no_parameter_was_named(before: list[dict[str, Any]]) -> None:
    assert not [event for event in read(*before, control(6, 5)) if event.kind is NRPN]
    assert read(*before, control(6, 5))[-1] == MidiEvent(CC, 6, 1, 5)
