"""Ports by the names that ALSA, JACK with its bridges, PipeWire, macOS and Windows give them."""

import pytest

from installation.control.midi.names import choose_feedback, choose_port, device_name, file_stem, is_loop

PORTS = ["Midi Through:Midi Through Port-0 14:0", "nanoKONTROL2:MIDI 1 20:0", "LPD8:MIDI 1 24:0"]
LOOPS = [
    "Midi Through:Midi Through Port-0 14:0",
    "a2j:Midi Through [14] (capture): Midi Through Port-0",
    "Midi-Bridge:Midi Through:(capture_0) Midi Through Port-0",
    "IAC Driver Bus 1",
    "loopMIDI Port 1",
    "VirMIDI 2-0:VirMIDI 2-0 28:0",
    "Sound to Scene feedback:RtMidi output",
]


@pytest.mark.parametrize(
    ("wanted", "chosen"), [("auto", PORTS[1]), ("lpd8", PORTS[2]), ("through", PORTS[0]), ("Launchpad", None)]
)
def test_a_port_is_chosen_by_a_part_of_its_name(wanted: str, chosen: str | None) -> None:
    assert choose_port(PORTS, wanted) == chosen


def test_a_port_in_use_stays_in_use_when_another_appears() -> None:
    assert choose_port(PORTS, "auto", current=PORTS[2]) == PORTS[2]
    assert choose_port(PORTS[:2], "auto", current=PORTS[2]) == PORTS[1]


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_back_of_any_system_is_no_controller_and_is_left_for_a_real_one(loop: str) -> None:
    assert is_loop(loop)
    assert choose_port([loop], "auto") is None
    assert choose_port([loop, "Desk:knobs"], "auto", current=loop) == "Desk:knobs"
    assert choose_port([loop], loop[:8]) == loop  # who names it means it
    assert choose_feedback([loop], loop) is None


@pytest.mark.parametrize(
    ("port", "device"),
    [
        ("LPD8:LPD8 MIDI 1 24:0", "LPD8 MIDI 1"),
        ("LPD8:MIDI 1 24:0", "LPD8 MIDI 1"),
        ("a2j:LPD8 [24] (capture): LPD8 MIDI 1", "LPD8 MIDI 1"),
        ("Midi-Bridge:LPD8:(capture_0) LPD8 MIDI 1", "LPD8 MIDI 1"),
        ("Desk:knobs", "Desk knobs"),
        ("LPD8 mk2", "LPD8 mk2"),
        (":", ":"),
    ],
)
def test_a_device_is_called_the_same_wherever_it_is_plugged_in(port: str, device: str) -> None:
    assert device_name(port) == device


@pytest.mark.parametrize(
    ("heard", "outputs", "told"),
    [
        ("LPD8:LPD8 MIDI 1 28:0", ["LPD8:LPD8 MIDI 1 24:0", "LPD8:LPD8 MIDI 1 28:0"], "LPD8:LPD8 MIDI 1 28:0"),
        (
            "a2j:LPD8 [28] (capture): LPD8 MIDI 1",
            ["a2j:LPD8 [24] (playback): LPD8 MIDI 1", "a2j:LPD8 [28] (playback): LPD8 MIDI 1"],
            "a2j:LPD8 [28] (playback): LPD8 MIDI 1",
        ),
        ("system:midi_capture_2", ["system:midi_playback_1", "system:midi_playback_2"], "system:midi_playback_2"),
        ("X-Touch Out", ["Synth", "X-Touch In"], "X-Touch In"),
        ("Desk:knobs", ["Desk:lamps"], "Desk:lamps"),
        ("Desk:knobs", ["Desk:lamps", "Desk:display"], None),
        ("a2j:LPD8 [24] (capture): LPD8 MIDI 1", ["a2j:Synth [28] (playback): Synth MIDI 1"], None),
        (None, ["LPD8"], None),
    ],
)
def test_the_port_that_is_told_is_the_same_devices(heard: str | None, outputs: list[str], told: str | None) -> None:
    assert choose_feedback(outputs, heard) == told


def test_any_name_becomes_a_name_of_a_file() -> None:
    assert file_stem("LPD8 MIDI 1") == "LPD8 MIDI 1"
    assert file_stem("../../etc/passwd\n") == "______etc_passwd_"
    assert file_stem(" ") == "controller"
