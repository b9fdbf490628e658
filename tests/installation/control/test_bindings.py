from dataclasses import dataclass, field

import pytest

from installation.control.bindings import EventKind, MidiEvent, MidiMap, MidiMapError, choose_port
from installation.desk import Desk

CC, NOTE, PROGRAM = EventKind.CC, EventKind.NOTE, EventKind.PROGRAM


@dataclass
class CountingDesk(Desk):
    posts: list[tuple[str, object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def post(self, address: str, value: object, origin: str, at: float | None = None) -> None:
        self.posts.append((address, value))
        super().post(address, value, origin, at)


def applied(entry: dict[str, object], *events: MidiEvent) -> CountingDesk:
    desk = CountingDesk()
    for event in events:
        MidiMap.parse([entry]).apply(event, desk)
    return desk


@pytest.mark.parametrize(("value", "gain"), [(0, -60.0), (127, 24.0)])
def test_a_fader_travels_the_whole_range(value: int, gain: float) -> None:
    assert applied({"cc": 7, "to": "/audio/gain"}, MidiEvent(CC, 7, value=value)).get("/audio/gain") == gain


@pytest.mark.parametrize(("value", "on"), [(0, False), (63, False), (64, True), (127, True)])
def test_a_fader_turns_a_switch_in_the_middle(value: int, on: bool) -> None:
    assert applied({"cc": 7, "to": "/latent/hold"}, MidiEvent(CC, 7, value=value)).get("/latent/hold") is on


@pytest.mark.parametrize(("value", "fit"), [(0, "crop"), (42, "crop"), (63, "fit"), (127, "extend")])
def test_a_fader_goes_through_the_choices(value: int, fit: str) -> None:
    assert applied({"cc": 7, "to": "/render/fit"}, MidiEvent(CC, 7, value=value)).get("/render/fit") == fit


def test_a_key_turns_a_switch_on_and_off_and_its_release_does_nothing() -> None:
    entry = {"note": 36, "to": "/show/blackout"}
    down, up = MidiEvent(NOTE, 36, value=100), MidiEvent(NOTE, 36, value=0)

    assert applied(entry, down, up).get("/show/blackout") is True
    assert applied(entry, down, up, down, up).get("/show/blackout") is False


def test_a_program_change_goes_to_a_preset() -> None:
    entry = {"program": 3, "to": "/show/preset", "value": "performance"}

    assert applied(entry, MidiEvent(PROGRAM, 3)).get("/show/preset") == "performance"


def test_a_pad_sets_a_value_when_it_is_hit_not_when_it_is_released() -> None:
    entry = {"note": 40, "to": "/latent/blend", "value": 0.5}

    assert applied(entry, MidiEvent(NOTE, 40, value=0)).posts == []
    assert applied(entry, MidiEvent(NOTE, 40, value=1)).posts == [("/latent/blend", 0.5)]


@pytest.mark.parametrize("event", [MidiEvent(CC, 8), MidiEvent(NOTE, 7), MidiEvent(CC, 7, channel=2)])
def test_another_number_kind_or_channel_is_not_met(event: MidiEvent) -> None:
    assert applied({"cc": 7, "channel": 1, "to": "/audio/gain"}, event).posts == []


def test_without_a_channel_every_channel_is_met() -> None:
    assert applied({"cc": 7, "to": "/audio/gain"}, MidiEvent(CC, 7, channel=16)).get("/audio/gain") == 24.0


def test_one_knob_may_move_two_parameters() -> None:
    midi_map = MidiMap.parse([{"cc": 1, "to": "/latent/blend"}, {"cc": 1, "to": "/render/zoom"}])
    desk = Desk()

    assert midi_map.apply(MidiEvent(CC, 1), desk) == 2
    assert (desk.get("/latent/blend"), desk.get("/render/zoom")) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"cc": 7, "to": "/audio/gian"}, "there is no parameter '/audio/gian', did you mean '/audio/gain'?"),
        ({"cc": 128, "to": "/audio/gain"}, "cc takes 0..127, got 128"),
        ({"cc": "7", "to": "/audio/gain"}, "cc takes 0..127, got '7'"),
        ({"cc": 7, "channel": 0, "to": "/audio/gain"}, "channel takes 1..16, got 0"),
        ({"cc": 7, "chanel": 1, "to": "/audio/gain"}, "has no 'chanel', did you mean 'channel'?"),
        ({"cc": 7, "note": 3, "to": "/audio/gain"}, "one of cc, note and program"),
        ({"to": "/audio/gain"}, "one of cc, note and program"),
        ({"cc": 7}, "lacks 'to'"),
        ({"note": 7, "to": "/audio/gain"}, "only with a 'value' beside 'to'"),
        ({"cc": 7, "to": "/show/preset"}, "only with a 'value' beside 'to'"),
        ({"note": 7, "to": "/audio/gain", "value": 99}, "/audio/gain takes -60..24 dB, got 99"),
        ("cc 7", "an entry such as"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named_with_the_reason(entry: object, words: str) -> None:
    with pytest.raises(MidiMapError) as refused:
        MidiMap.parse([{"cc": 1, "to": "/latent/blend"}, entry])

    assert str(refused.value).startswith("midi.map[1]")
    assert words in str(refused.value)


PORTS = ["Midi Through:Midi Through Port-0 14:0", "nanoKONTROL2:MIDI 1 20:0", "LPD8:MIDI 1 24:0"]


@pytest.mark.parametrize(
    ("wanted", "chosen"), [("auto", PORTS[1]), ("lpd8", PORTS[2]), ("through", PORTS[0]), ("Launchpad", None)]
)
def test_a_port_is_chosen_by_a_part_of_its_name(wanted: str, chosen: str | None) -> None:
    assert choose_port(PORTS, wanted) == chosen


def test_a_port_in_use_stays_in_use_when_another_appears() -> None:
    assert choose_port(PORTS, "auto", current=PORTS[2]) == PORTS[2]
    assert choose_port(PORTS[:2], "auto", current=PORTS[2]) == PORTS[1]
