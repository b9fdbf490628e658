"""The real program is taught a control over OSC, ended and started again: the control still moves, and is told so."""

import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from installation.control.osc.messages import write_message
from tests.midi_server import Controller, JackServer
from tests.show_runner import ShowRun

PRESET = "name: Knobs\ndescription: Of a controller.\nmidi: {map: [{cc: 1, to: /latent/blend}]}\n"


def show(tmp_path: Path, model: Path, environment: Mapping[str, str]) -> ShowRun:
    preset = tmp_path / "knobs.yaml"
    preset.write_text(PRESET, encoding="utf-8")
    stage = ("--source", "demo", "--output", "headless", "--size", "64x36", "--model", str(model))
    venue = ("--venue", str(tmp_path / "venue"), "--midi", "jack:auto")
    return ShowRun(tmp_path, "--preset", str(preset), *stage, *venue, environment=environment)


def ask(port: int, address: str, value: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(write_message(address, value), ("127.0.0.1", port))


@pytest.mark.slow
@pytest.mark.device
@pytest.mark.gl
def test_what_a_controller_was_taught_outlives_the_program(tmp_path: Path, tiny_model: Path) -> None:
    with JackServer() as jack, Controller(jack, "Desk out", "knobs", lamps="Desk in") as controller:
        with show(tmp_path, tiny_model, jack.environment) as first:
            first.wait_for("MIDI: listening to Desk out:knobs")
            ask(first.osc_port, "/show/learn", "/latent/blend")
            first.wait_for("MIDI: waiting for a control for /latent/blend")
            for value in (1, 2, 3):
                controller.control_change(44, value)
            first.wait_for("MIDI: learnt: cc 44, channel 1 → /latent/blend")
            assert first.stop() == 0, first.log

        assert (tmp_path / "venue" / "midi" / "Desk out knobs.yaml").is_file()
        controller.shown()
        with show(tmp_path, tiny_model, jack.environment) as second:
            second.wait_until(lambda: [0xB0, 44, 0] in controller.shown())
            controller.control_change(44, 127)
            second.wait_until(lambda: [0xB0, 1, 127] in controller.shown())  # the preset's knob for the same number
            assert second.stop() == 0, second.log
