"""What a control does to what it is bound to: knobs, endless knobs, keys and programs."""

from dataclasses import dataclass, field

import pytest

from installation.control.bindings import Binding, chooser
from installation.control.midi.events import TOP_14, EventKind, MidiEvent
from installation.control.midi.map import read_entry
from installation.control.midi.takeover import Grip
from installation.desk import Desk
from installation.parameter import ParameterError
from installation.values import Features

CC, CC_14, NRPN, NOTE, PROGRAM = EventKind.CC, EventKind.CC_14, EventKind.NRPN, EventKind.NOTE, EventKind.PROGRAM
PRESETS = ["gallery", "performance", "rehearsal"]


@dataclass
class CountingDesk(Desk):
    posts: list[tuple[str, object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def post(self, address: str, value: object, origin: str, at: float | None = None) -> None:
        self.posts.append((address, value))
        super().post(address, value, origin, at)


class Hand:
    """Moves one control that is bound by `entry`."""

    def __init__(self, **entry: object) -> None:
        self.desk, self.grip, self.now = CountingDesk(), Grip(), 0.0
        self.binding: Binding = read_entry("test", entry)

    def does(self, *events: MidiEvent, every_s: float = 1.0) -> CountingDesk:
        for event in events:
            self.now += every_s
            assert self.binding.meets(event)
            self.binding.act(event, self.desk, self.grip, self.now, chooser(PRESETS, self.desk))
        return self.desk

    def turns(self, *positions: int) -> float:
        """Turn a knob of 7 bits; return the value it moves."""
        return float(self.does(*(MidiEvent(CC, 7, value=value) for value in positions)).get(self.binding.address))


def preset_moves(desk: Desk, address: str, value: float) -> None:
    desk.tick(0.0, Features())  # what was posted before
    desk.morph({address: value}, 0.0)
    desk.tick(0.0, Features())


@pytest.mark.parametrize(("value", "gain"), [(0, -60.0), (127, 24.0)])
def test_a_fader_travels_the_whole_range(value: int, gain: float) -> None:
    assert Hand(cc=7, to="/audio/gain").turns(value) == gain


def test_fourteen_bits_travel_the_whole_range_in_their_finer_steps() -> None:
    hand = Hand(cc=7, bits=14, to="/latent/blend")
    assert hand.does(MidiEvent(CC_14, 7, value=TOP_14)).get("/latent/blend") == 1.0
    assert hand.does(MidiEvent(CC_14, 7, value=TOP_14 - 1)).get("/latent/blend") == pytest.approx(1 - 1 / TOP_14)


def test_a_motor_fader_of_a_mackie_desk_travels_the_whole_range() -> None:
    hand = Hand(pitch=3, to="/latent/blend")
    assert hand.does(MidiEvent(EventKind.PITCH, 3, 3, TOP_14)).get("/latent/blend") == 1.0


def test_a_parameter_of_seven_bits_moves_by_its_coarse_half_alone() -> None:
    hand = Hand(nrpn=1200, bits=7, to="/latent/blend")
    assert hand.does(MidiEvent(NRPN, 1200, value=127 << 7, whole=False)).get("/latent/blend") == 1.0
    assert not hand.binding.meets(MidiEvent(NRPN, 1200, value=5))


@pytest.mark.parametrize(("value", "on"), [(0, False), (63, False), (64, True), (127, True)])
def test_a_fader_turns_a_switch_in_the_middle(value: int, on: bool) -> None:
    assert Hand(cc=7, to="/latent/hold").does(MidiEvent(CC, 7, value=value)).get("/latent/hold") is on


@pytest.mark.parametrize(("value", "fit"), [(0, "crop"), (42, "crop"), (63, "fit"), (127, "extend")])
def test_a_fader_goes_through_the_choices(value: int, fit: str) -> None:
    assert Hand(cc=7, to="/render/fit").does(MidiEvent(CC, 7, value=value)).get("/render/fit") == fit


def test_a_position_that_says_what_is_so_rounds_nothing() -> None:
    hand = Hand(cc=7, to="/audio/gain")
    hand.desk.post("/audio/gain", -6.3, "osc")
    assert hand.turns(81) == -6.3


def test_pickup_waits_for_the_value_and_again_after_a_preset_has_moved_it() -> None:
    hand = Hand(cc=7, to="/latent/blend", takeover="pickup")
    hand.desk.post("/latent/blend", 0.5, "osc")
    assert hand.turns(10, 40) == 0.5
    assert hand.turns(70, 127) == 1.0
    preset_moves(hand.desk, "/latent/blend", 0.25)
    assert hand.turns(120, 90) == 0.25
    assert hand.turns(20, 0) == 0.0


def test_of_two_knobs_on_one_number_each_picks_up_what_the_other_left() -> None:
    one, other = Hand(cc=7, to="/latent/blend", takeover="pickup"), Hand(cc=7, to="/latent/blend", takeover="pickup")
    other.desk = one.desk
    assert one.turns(0, 127) == 1.0
    assert other.turns(0, 50) == 1.0
    assert one.turns(100) == pytest.approx(100 / 127)
    assert other.turns(127, 50) == pytest.approx(50 / 127)


def test_scale_closes_the_gap_on_the_way_and_again_after_a_preset_has_opened_one() -> None:
    hand = Hand(cc=7, to="/latent/blend", takeover="scale")
    hand.desk.post("/latent/blend", 0.8, "osc")
    assert hand.turns(0) == 0.8
    assert 0.8 < hand.turns(64) < 1.0
    assert hand.turns(127) == 1.0
    preset_moves(hand.desk, "/latent/blend", 0.5)
    assert hand.turns(96) == pytest.approx(0.5 * 96 / 127)
    assert hand.turns(0) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("relative", "up", "down"), [("twos-complement", 1, 127), ("binary-offset", 65, 63), ("sign-magnitude", 1, 65)]
)
def test_an_endless_knob_moves_from_where_the_value_is(relative: str, up: int, down: int) -> None:
    hand = Hand(cc=7, relative=relative, to="/latent/blend")
    hand.desk.post("/latent/blend", 0.5, "osc")
    assert hand.turns(*[up] * 10) == pytest.approx(0.5 + 10 / 127)
    preset_moves(hand.desk, "/latent/blend", 0.25)
    assert hand.turns(*[down] * 10) == pytest.approx(0.25 - 10 / 127)
    assert hand.turns(*[down] * 99) == 0.0


def test_an_endless_knob_goes_through_whole_numbers_and_choices_in_a_few_steps() -> None:
    cued = Hand(cc=7, relative="twos-complement", to="/show/version")
    assert [round(cued.turns(1)) for _ in range(8)][-1] == 2
    fitted = Hand(cc=7, relative="twos-complement", to="/render/fit")  # at its last choice
    assert fitted.does(*[MidiEvent(CC, 7, value=127)] * 4).get("/render/fit") == "fit"


def test_an_endless_knob_turned_fast_goes_further_where_that_is_wanted() -> None:
    slow, fast = (Hand(cc=7, relative="twos-complement", acceleration=4, to="/latent/blend") for _ in range(2))
    slow.does(*[MidiEvent(CC, 7, value=1)] * 5, every_s=1.0)
    fast.does(*[MidiEvent(CC, 7, value=1)] * 5, every_s=0.01)
    assert float(fast.desk.get("/latent/blend")) > 3 * float(slow.desk.get("/latent/blend"))


DOWN, UP = MidiEvent(NOTE, 36, value=100), MidiEvent(NOTE, 36, value=0)


def test_a_key_turns_a_switch_on_and_off_and_its_release_does_nothing() -> None:
    hand = Hand(note=36, to="/show/blackout")
    assert hand.does(DOWN, UP).get("/show/blackout") is True
    assert hand.does(DOWN, UP).get("/show/blackout") is False


def test_a_key_may_hold_a_switch_or_only_ever_turn_it_on() -> None:
    held, fired = (
        Hand(note=36, to="/show/blackout", press="momentary"),
        Hand(note=36, to="/latent/hold", press="trigger"),
    )
    assert held.does(DOWN).get("/show/blackout") is True
    assert held.does(UP).get("/show/blackout") is False
    assert fired.does(DOWN, UP, DOWN, UP).get("/latent/hold") is True


def test_a_button_that_is_a_controller_turns_a_switch_over_at_each_press() -> None:
    hand = Hand(cc=20, press="toggle", to="/show/blackout")
    on, off = MidiEvent(CC, 20, value=127), MidiEvent(CC, 20, value=0)
    assert hand.does(on, off).get("/show/blackout") is True
    assert hand.does(on, off).get("/show/blackout") is False
    assert hand.does(on, on).get("/show/blackout") is False  # a button that says nothing when it is let go


def test_a_knob_on_its_way_through_the_upper_half_is_one_press() -> None:
    hand = Hand(cc=7, to="/audio/tap")
    hand.does(*(MidiEvent(CC, 7, value=value) for value in range(50, 90)))
    assert hand.desk.posts == [("/audio/tap", True)]


def test_a_pad_sets_a_value_when_it_is_hit_not_when_it_is_released() -> None:
    hand = Hand(note=40, to="/latent/blend", value=0.5)
    hand.binding.act(MidiEvent(NOTE, 40, value=0), hand.desk, hand.grip, 0.0, chooser(PRESETS, hand.desk))
    assert hand.desk.posts == []
    assert hand.does(MidiEvent(NOTE, 40, value=1)).posts == [("/latent/blend", 0.5)]


@pytest.mark.parametrize(("press", "back_by"), [("momentary", UP), ("toggle", DOWN)])
def test_a_value_that_is_held_or_toggled_goes_back_to_what_was_there(press: str, back_by: MidiEvent) -> None:
    hand = Hand(note=36, to="/render/zoom", value=1.5, press=press)
    hand.desk.post("/render/zoom", 1.2, "osc")
    assert hand.does(DOWN).get("/render/zoom") == 1.5
    assert hand.does(back_by).get("/render/zoom") == 1.2


def test_velocity_moves_a_number_and_a_release_does_not() -> None:
    hand = Hand(note=36, to="/latent/blend", value="velocity")
    assert hand.does(MidiEvent(NOTE, 36, value=127), UP).get("/latent/blend") == 1.0


def test_a_key_goes_through_the_choices() -> None:
    hand = Hand(note=36, to="/render/fit")
    assert [hand.does(DOWN, UP).get("/render/fit") for _ in range(3)] == ["crop", "fit", "extend"]


def test_a_program_goes_to_a_preset_by_name_or_by_its_place_in_the_list() -> None:
    named = Hand(program=3, to="/show/preset", value="performance")
    assert named.does(MidiEvent(PROGRAM, 3)).get("/show/preset") == "performance"
    listed = Hand(program="any", to="/show/preset")
    assert listed.does(MidiEvent(PROGRAM, 2)).get("/show/preset") == "rehearsal"
    with pytest.raises(ParameterError, match="program 7 is no preset: there are 3"):
        listed.does(MidiEvent(PROGRAM, 7))


@pytest.mark.parametrize("event", [MidiEvent(CC, 8), MidiEvent(NOTE, 7), MidiEvent(CC, 7, channel=2)])
def test_another_number_kind_or_channel_is_not_met(event: MidiEvent) -> None:
    assert not read_entry("test", {"cc": 7, "channel": 1, "to": "/audio/gain"}).meets(event)


def test_without_a_channel_every_channel_is_met() -> None:
    assert Hand(cc=7, to="/audio/gain").does(MidiEvent(CC, 7, channel=16)).get("/audio/gain") == 24.0


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"cc": 21, "channel": 1, "to": "/audio/gain"}, "cc 21, channel 1 → /audio/gain"),
        ({"cc": 7, "bits": 14, "to": "/audio/gain"}, "cc 7 with its partner → /audio/gain (14 bits)"),
        ({"nrpn": 9, "to": "/audio/gain", "takeover": "scale"}, "nrpn 9 → /audio/gain (14 bits, scale)"),
        ({"pitch": 3, "to": "/audio/gain", "takeover": "pickup"}, "pitch 3 → /audio/gain (14 bits, pickup)"),
        ({"program": "any", "to": "/show/preset"}, "program of any number → /show/preset"),
        ({"note": 1, "to": "/render/zoom", "value": 2, "press": "toggle"}, "note 1 → /render/zoom (sets 2.0, toggle)"),
    ],
)
def test_a_binding_is_told_in_words_and_says_itself_as_an_entry(entry: dict[str, object], words: str) -> None:
    binding = read_entry("test", entry)
    assert binding.words == words
    assert read_entry("test", binding.entry()) == binding


def test_controls_that_share_a_message_are_one() -> None:
    pair = read_entry("test", {"cc": 7, "bits": 14, "to": "/audio/gain"})
    fine = read_entry("test", {"cc": 39, "channel": 2, "to": "/audio/gain"})
    other = read_entry("test", {"cc": 8, "to": "/audio/gain"})
    assert pair.shares_control(fine) and fine.shares_control(pair)
    assert not pair.shares_control(other)


@pytest.mark.parametrize(
    ("entry", "event"),
    [
        ({"cc": 7, "to": "/audio/gain"}, MidiEvent(CC, 7, value=90)),
        ({"cc": 7, "to": "/audio/gain", "relative": "twos-complement"}, MidiEvent(CC, 7, value=3)),
        ({"note": 60, "to": "/show/blackout"}, MidiEvent(NOTE, 60)),
        ({"note": 60, "to": "/audio/gain", "value": "velocity"}, MidiEvent(NOTE, 60, value=80)),
    ],
    ids=["knob", "endless knob", "key", "velocity"],
)
def test_the_hand_waits_for_the_picture_since_it_moved(entry: dict[str, object], event: MidiEvent) -> None:
    desk = Hand(**entry).does(event, every_s=12.5)
    desk.tick(13.0, Features())
    assert [(post.origin, post.at) for post in desk.taken] == [("midi", 12.5)]
