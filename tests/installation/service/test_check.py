"""The check says of each thing whether it is there, and what to do where it is not."""

import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from installation.options import Arguments, ShowConfig, resolve
from installation.service import check
from installation.service.check import Finding, check_devices, check_model, check_ports, check_room
from installation.venue import Venue
from s2s.card import DEFAULT_BUNDLE

NOTHING = {"microphones": ["none: no sound server"], "midi": [], "monitors": ["none: no display"]}


@pytest.fixture
def config(tmp_path: Path) -> ShowConfig:
    return resolve(Arguments(venue=tmp_path / "venue", page=None, oscquery=None, osc_port=("127.0.0.1", 0)))


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def test_a_model_that_is_there_is_named_and_one_that_is_not_is_said(tmp_path: Path) -> None:
    (good,), (bad,) = list(check_model(DEFAULT_BUNDLE)), list(check_model(tmp_path))
    assert good.line.startswith("ok  model: ") and bad.line.startswith("NO  model: ") and "--model" in bad.to_do


def test_the_venues_folder_need_not_exist_but_must_be_possible(tmp_path: Path) -> None:
    assert [f.to_do for f in check_room(Venue(tmp_path / "a" / "b"), tmp_path)] == ["", ""]
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    found = by_name(list(check_room(Venue(tmp_path / "file" / "b"), tmp_path)))
    assert "--venue" in found["venue's folder"].to_do


def test_a_taken_port_is_said_with_its_option(config: ShowConfig) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        page = ("127.0.0.1", int(other.getsockname()[1]))
        taken = replace(config, arguments=replace(config.arguments, page=page))
        found = by_name(list(check_ports(taken)))
    assert found["OSC"].to_do == "" and "--page" in found["page"].to_do


def test_what_has_a_stand_in_may_be_missing(config: ShowConfig) -> None:
    found = list(check_devices(config, NOTHING))
    assert [finding.to_do for finding in found] == ["", "", ""]
    assert "no sound server" in found[0].found


def test_what_the_command_line_names_may_not(config: ShowConfig) -> None:
    arguments = replace(config.arguments, output="window:1")
    named = replace(config, arguments=arguments, source="mic:USB", source_demanded=True, midi_device="LPD8")
    assert all(finding.to_do for finding in check_devices(named, NOTHING))
    there = {"microphones": ["USB audio"], "midi": ["AKAI LPD8 MIDI 1"], "monitors": ["0: HDMI-1"]}
    assert not any(finding.to_do for finding in check_devices(named, there))


def test_a_port_that_a_running_show_holds_is_no_fault(config: ShowConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        page = ("127.0.0.1", int(other.getsockname()[1]))
        monkeypatch.setattr(check, "ports_of_shows", lambda: {page[1]})
        held = replace(config, arguments=replace(config.arguments, page=page))
        assert by_name(list(check_ports(held)))["page"].line.endswith("held by a show that runs")


@pytest.mark.proc
def test_the_ports_of_a_program_of_this_name_are_known(tmp_path: Path) -> None:
    show = tmp_path / "run_show.py"
    show.write_text("import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1]); input()")
    command = [sys.executable, "-u", str(show)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        port = int(running.stdout.readline())
        assert port in check.ports_of_shows()
        running.kill()
