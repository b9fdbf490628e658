import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from installation.control.midi import control as midi
from installation.control.midi import link as midi_link
from installation.control.midi.control import MidiControl, split_device
from installation.control.midi.link import PortLink
from installation.control.midi.map import MidiMap
from installation.control.midi.store import MapStore
from installation.desk import Desk
from installation.values import Beat, Features
from tests.midi_server import Controller, JackServer
from tests.waiting import wait_until

MAP = MidiMap.parse([{"cc": 7, "to": "/audio/gain"}, {"cc": 1, "to": "/latent/blend"}])


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
        self.on_report({"ports": ["Desk:knobs", "Desk:keys"], "open": self.open, "feedback": None})

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

    def __init__(self, desk: Desk, control: MidiControl) -> None:
        self.desk, self.control = desk, control

    def until(self, happened: Callable[[], object]) -> bool:
        def turn() -> object:
            self.control.poll(time.monotonic())
            self.desk.tick(time.monotonic(), Features())
            return happened()

        return wait_until(turn, within_s=30.0)

    def sees(self, **wanted: object) -> bool:
        return self.until(lambda: all(getattr(self.control.status(), key) == wanted[key] for key in wanted))

    def has(self, address: str, value: object) -> bool:
        return self.until(lambda: self.desk.get(address) == value)


@pytest.mark.proc
def test_a_port_process_that_hangs_is_told_what_there_is_without_waiting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "stuck.py"
    script.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(midi_link, "_SCRIPT", script)
    link = PortLink("jack", lambda report: None)
    link.start()
    for _ in range(1_000):  # more than a pipe holds
        link.send({"send": [[0xB0, 7, 127]] * 32})
    link.close()


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
    yield Show(desk, control)
    control.close()


@pytest.mark.device
def test_a_controller_moves_gain_and_blend_and_may_be_pulled_and_put_back(server: JackServer, show: Show) -> None:
    assert show.sees(problem="no MIDI input for device 'knobs'")

    with Controller(server, "Other", "keys"), Controller(server, "Desk", "knobs") as controller:
        assert show.sees(open="Desk:knobs", problem="")
        controller.control_change(7, 127)
        controller.control_change(1, 0x7F, channel=3)
        assert show.has("/audio/gain", 24.0) and show.has("/latent/blend", 1.0)
        controller.send(0xB0, 7)  # a message cut short
        controller.control_change(7, 0)
        assert show.has("/audio/gain", -60.0)

    assert show.sees(open=None, problem="no MIDI input for device 'knobs'")
    with Controller(server, "Desk", "knobs") as controller:
        assert show.sees(open="Desk:knobs", problem="")
        controller.control_change(7, 127)
        assert show.has("/audio/gain", 24.0)


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
def test_a_loop_back_is_left_for_a_real_controller(server: JackServer, desk: Desk) -> None:
    control = MidiControl(desk, MAP, "jack:auto")
    show = Show(desk, control)
    control.start()
    with Controller(server, "a2j", "Midi Through [14] (capture): Midi Through Port-0") as loop:
        assert show.sees(ports=("a2j:Midi Through [14] (capture): Midi Through Port-0",), open=None)
        loop.control_change(7, 127)
        with Controller(server) as controller:
            assert show.sees(open="Desk:knobs")
            controller.control_change(1, 127)
            assert show.has("/latent/blend", 1.0)
    control.close()
    assert desk.get("/audio/gain") == 0.0


@pytest.mark.device
def test_a_control_that_was_learnt_moves_after_the_next_start_and_its_lamp_is_told(
    server: JackServer, tmp_path: Path
) -> None:
    store = MapStore(tmp_path / "midi")
    with Controller(server, "Desk out", "knobs", lamps="Desk in") as controller:
        with playing(Desk(), store) as show:
            assert show.sees(open="Desk out:knobs", feedback="Desk in:knobs")
            show.desk.post("/show/learn", "/latent/blend", "osc")
            assert show.sees(learning="/latent/blend")
            for fine in (3, 9):  # one of fourteen bits
                controller.control_change(21, 64)
                controller.control_change(53, fine)
            assert show.sees(learning="", learnt="learnt: cc 21 with its partner, channel 1 → /latent/blend (14 bits)")
        with playing(Desk(), store) as show:
            assert show.until(lambda: [0xB0, 53, 0] in controller.shown())
            controller.control_change(21, 127)
            controller.control_change(53, 127)
            assert show.has("/latent/blend", 1.0)
            show.desk.post("/latent/blend", 0.0, "osc")
            assert show.until(lambda: [0xB0, 21, 0] in controller.shown())


@pytest.mark.device
def test_every_kind_of_control_moves_its_number_and_takes_over_as_its_map_says(
    server: JackServer, tmp_path: Path
) -> None:
    mapping = [
        {"cc": 1, "to": "/latent/blend", "takeover": "pickup"},
        {"cc": 2, "to": "/render/bloom", "takeover": "scale"},
        {"cc": 3, "to": "/latent/drift", "relative": "binary-offset"},
        {"nrpn": 1200, "to": "/latent/memory"},
        {"pitch": 2, "to": "/render/grain"},
        {"note": 36, "to": "/show/blackout", "press": "momentary"},
    ]
    with playing(Desk(), MapStore(tmp_path), mapping) as show, Controller(server) as controller:
        assert show.sees(open="Desk:knobs")
        for value in (100, 60):  # down towards the value, and not yet at it
            controller.control_change(1, value)
            controller.control_change(2, value)
        controller.control_change(3, 69)
        for number, value in ((99, 9), (98, 48), (6, 127), (38, 127)):
            controller.control_change(number, value)
        controller.send(0xE1, 127, 127)
        controller.send(0x90, 36, 100)
        assert show.has("/show/blackout", True)
        assert show.has("/latent/blend", 0.0)
        assert show.desk.get("/latent/drift") == pytest.approx(0.25 + 5 / 127)
        assert show.desk.get("/render/bloom") == pytest.approx(0.15 * 60 / 100)
        assert (show.desk.get("/latent/memory"), show.desk.get("/render/grain")) == (1.0, 1.0)
        controller.control_change(1, 0)
        controller.control_change(1, 127)
        controller.send(0x80, 36, 64)
        assert show.has("/show/blackout", False) and show.desk.get("/latent/blend") == 1.0


@pytest.mark.device
def test_a_controller_that_comes_back_is_told_everything_anew(server: JackServer, tmp_path: Path) -> None:
    with playing(Desk(), MapStore(tmp_path)) as show:
        for _ in range(2):
            assert sorted(what_is_told(server, show)) == [[0xB0, 1, 0], [0xB0, 7, 91]]
            assert show.sees(open=None, feedback=None)


def what_is_told(server: JackServer, show: Show) -> list[list[int]]:
    """Plug a controller in, and pull it when it has been told of two controls."""
    told: list[list[int]] = []

    def knows_both() -> bool:
        told.extend(controller.shown())
        return len(told) >= 2

    with Controller(server, "Desk out", "knobs", lamps="Desk in") as controller:
        assert show.until(knows_both)
    return told


@contextmanager
def playing(desk: Desk, store: MapStore, entries: Sequence[object] | None = None) -> Iterator[Show]:
    """A show that keeps what its controllers are taught in `store`; `entries` are its preset's map."""
    control = MidiControl(desk, MAP if entries is None else MidiMap.parse(entries), "jack:auto", store=store)
    control.start()
    yield Show(desk, control)
    control.close()


@pytest.mark.device
def test_the_ports_ask_after_their_server_as_often_as_they_like(server: JackServer) -> None:
    code = (
        "from installation.control.midi.ports import Ports; p = Ports('jack'); p.probe(); p.probe(); print(p.names())"
    )
    asked = subprocess.run((sys.executable, "-c", code), check=False, capture_output=True, timeout=20)

    assert asked.stdout == b"[]\n", asked.stderr


@pytest.mark.device
def test_a_sound_server_that_dies_is_found_again(server: JackServer, show: Show) -> None:
    with Controller(server):
        assert show.sees(open="Desk:knobs")
        server.crash()
        assert show.sees(open=None)
    server.start()
    with Controller(server) as controller:
        assert show.sees(open="Desk:knobs", problem="")
        controller.control_change(7, 127)
        assert show.has("/audio/gain", 24.0)


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

    assert Show(desk, control).sees(problem="MidiInJack::initialize: JACK server not running?")
    assert capfd.readouterr().err == ""
    control.close()
