import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from installation.control import midi, midi_link
from installation.control.bindings import EventKind, MidiEvent, MidiMap
from installation.control.midi import MidiControl, read_event, split_device
from installation.desk import Desk
from installation.values import Beat
from tests.midi_server import Controller, JackServer
from tests.waiting import wait_until

MAP = MidiMap.parse([{"cc": 7, "to": "/audio/gain"}, {"cc": 1, "to": "/latent/blend"}])


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ({"type": "control_change", "channel": 0, "control": 7, "value": 9}, MidiEvent(EventKind.CC, 7, 1, 9)),
        ({"type": "note_on", "channel": 15, "note": 36, "velocity": 0}, MidiEvent(EventKind.NOTE, 36, 16, 0)),
        ({"type": "program_change", "channel": 0, "program": 2}, MidiEvent(EventKind.PROGRAM, 2, 1)),
        ({"type": "clock"}, None),
        ({"type": "pitchwheel", "channel": 0, "pitch": 0}, None),
    ],
)
def test_messages_that_can_be_bound_are_read(message: dict[str, object], event: MidiEvent | None) -> None:
    assert read_event(message) == event


@pytest.mark.parametrize(
    ("device", "backend", "split"),
    [
        ("jack:LPD8", "", ("jack", "LPD8")),
        ("jack:", "", ("jack", "auto")),
        ("alsa:auto", "mido.backends.rtmidi/UNIX_JACK", ("alsa", "auto")),
        ("auto", "mido.backends.rtmidi/UNIX_JACK", ("jack", "auto")),
        ("LPD8:MIDI 1", "mido.backends.rtmidi/UNIX_JACK", ("jack", "LPD8:MIDI 1")),
    ],
)
def test_the_device_may_name_its_api(device: str, backend: str, split: tuple[str, str]) -> None:
    assert split_device(device, backend) == split


def test_without_midi_wanted_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    control = MidiControl(Desk(), MAP, "none")
    control.start()
    control.poll(0.0)
    control.close()

    assert control.status().problem == ""


def test_a_machine_without_a_sequencer_is_one_quiet_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(midi, "_ALSA_SEQUENCER", tmp_path / "seq")
    monkeypatch.setattr(subprocess, "Popen", None)
    caplog.set_level(logging.INFO)
    control = MidiControl(Desk(), MAP, "alsa:auto")
    control.start()
    for second in range(10):
        control.poll(float(second))
    control.close()

    assert "kernel module snd-seq" in str(control.status().problem)
    assert len(caplog.records) == 1


class FakeLink:
    """A port process with two controllers."""

    problem = ""

    def __init__(self, _api: str, on_report: Callable[[Mapping[str, Any]], None]) -> None:
        self.on_report, self.running = on_report, False
        self.open: str | None = None

    def start(self) -> None:
        self.running = True

    def poll(self, _now: float) -> None:
        self.running = True
        self.on_report({"ports": ["Desk:knobs", "Desk:keys"], "open": self.open})

    def send(self, request: Mapping[str, Any]) -> None:
        self.open = request["open"]

    def close(self) -> None:
        self.running, self.open = False, None


def test_another_preset_may_listen_to_another_device_to_none_and_to_one_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(midi, "PortLink", FakeLink)
    control = MidiControl(Desk(), MAP, "jack:knobs")
    control.start()
    first = cast(FakeLink, control._link)
    opened = []
    for turn, device in enumerate(["jack:knobs", "jack:keys", "none", "jack:knobs"]):
        control.select(device)
        control.poll(turn + 0.0)
        control.poll(turn + 0.5)
        opened.append(control.status().open)
    assert opened == ["Desk:knobs", "Desk:keys", None, "Desk:knobs"]
    assert not first.running and control.status().problem == ""


@pytest.mark.proc
def test_a_driver_that_is_stuck_is_ended_and_started_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    script = tmp_path / "stuck.py"
    script.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(midi_link, "_SCRIPT", script)
    control = MidiControl(Desk(), MAP, "jack:auto")
    control.start()
    stuck = control._link.pid
    for second in range(9):
        control.poll(float(second))
    restarted = control._link.pid
    control.close()

    assert stuck is not None and restarted is not None and restarted != stuck
    assert not Path(f"/proc/{stuck}").exists()
    assert "has not answered" in caplog.text


class Show:
    """Stands for the show's loop: time goes on while the test waits."""

    def __init__(self, control: MidiControl) -> None:
        self.control = control

    def sees(self, **wanted: object) -> bool:
        def turn() -> bool:
            self.control.poll(time.monotonic())
            return all(getattr(self.control.status(), key) == value for key, value in wanted.items())

        return wait_until(turn)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[JackServer]:
    with JackServer() as server:
        monkeypatch.setenv("JACK_DEFAULT_SERVER", server.name)
        yield server


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def show(desk: Desk) -> Iterator[Show]:
    control = MidiControl(desk, MAP, "jack:knobs")
    control.start()
    yield Show(control)
    control.close()


@pytest.mark.device
def test_a_controller_moves_gain_and_blend_and_may_be_pulled_and_put_back(
    server: JackServer, desk: Desk, show: Show
) -> None:
    assert show.sees(problem="no MIDI input for device 'knobs'")

    with Controller(server, "Other", "keys"), Controller(server, "Desk", "knobs") as controller:
        assert show.sees(open="Desk:knobs", problem="")
        controller.control_change(7, 127)
        controller.control_change(1, 0x7F, channel=3)
        assert wait_until(lambda: (desk.get("/audio/gain"), desk.get("/latent/blend")) == (24.0, 1.0))
        controller.send(0xB0, 7)  # a message cut short
        controller.control_change(7, 0)
        assert wait_until(lambda: desk.get("/audio/gain") == -60.0)

    assert show.sees(open=None, problem="no MIDI input for device 'knobs'")
    with Controller(server, "Desk", "knobs") as controller:
        assert show.sees(open="Desk:knobs", problem="")
        controller.control_change(7, 127)
        assert wait_until(lambda: desk.get("/audio/gain") == 24.0)


@pytest.mark.device
def test_the_clock_on_the_controllers_port_is_the_beat_and_moves_no_control(server: JackServer, show: Show) -> None:
    def hears_pulses() -> Beat | None:
        controller.send(0xF8)
        time.sleep(0.01)
        return show.control.clock.beat(time.monotonic())

    with Controller(server) as controller:
        assert show.sees(open="Desk:knobs")
        controller.send(0xFA)
        assert wait_until(hears_pulses)
        controller.send(0xFC)
        assert wait_until(lambda: (beat := hears_pulses()) is not None and beat.pulse == 0.0)
    assert show.control.status().received == 0


@pytest.mark.device
def test_the_ports_ask_after_their_server_as_often_as_they_like(server: JackServer) -> None:
    code = (
        "from installation.control.midi_ports import Ports; p = Ports('jack'); p.probe(); p.probe(); print(p.names())"
    )
    asked = subprocess.run((sys.executable, "-c", code), check=False, capture_output=True, timeout=20)

    assert asked.stdout == b"[]\n", asked.stderr


@pytest.mark.device
def test_a_sound_server_that_dies_is_found_again(server: JackServer, desk: Desk, show: Show) -> None:
    with Controller(server):
        assert show.sees(open="Desk:knobs")
        server.crash()
        assert show.sees(open=None)
    server.start()
    with Controller(server) as controller:
        assert show.sees(open="Desk:knobs", problem="")
        controller.control_change(7, 127)
        assert wait_until(lambda: desk.get("/audio/gain") == 24.0)


@pytest.mark.slow
@pytest.mark.device
def test_a_sound_server_that_hangs_does_not_hang_the_show(server: JackServer, show: Show) -> None:
    with Controller(server):
        assert show.sees(open="Desk:knobs")
    os.kill(server.pid, signal.SIGSTOP)
    try:  # opening a port in this process would not return before the server goes on
        assert show.sees(problem="the MIDI driver has not answered for 5 s")
    finally:
        os.kill(server.pid, signal.SIGCONT)

    assert show.sees(problem="no MIDI input for device 'knobs'")


@pytest.mark.device
def test_without_a_sound_server_it_says_so_and_stderr_stays_clean(
    monkeypatch: pytest.MonkeyPatch, desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "there-is-none")
    control = MidiControl(desk, MAP, "jack:auto")
    control.start()

    assert Show(control).sees(problem="MidiInJack::initialize: JACK server not running?")
    assert capfd.readouterr().err == ""
    control.close()
