"""A show that starts itself again: what it leaves and takes up, when a display has come, and who starts it."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from installation.exit_codes import ExitCode
from installation.options import Arguments
from installation.parameters import DEFAULTS
from installation.restarting.again import is_supervised
from installation.restarting.display_watch import DisplayWatch, display_opens
from installation.restarting.handover import Handover, carried, leave, take
from installation.restarting.restart import Restarts, free_name
from tests.display import VirtualDisplay
from tests.show_runner import ROOT
from tests.waiting import wait_until

ARGUMENTS = ("--preset", "gallery", "--venue", "here")
NOW = 1_900_000_000.0


def left(path: Path, **more: object) -> Handover:
    handover = Handover(arguments=ARGUMENTS, at=NOW, preset="gallery", values={"/render/bloom": 0.4}, **more)  # type: ignore[arg-type]
    assert leave(path, handover) == ""
    return handover


def test_what_a_show_leaves_is_taken_up_once_by_the_same_command_line(tmp_path: Path) -> None:
    path = tmp_path / "venue" / "handover.json"
    handover = left(path, left_s=70.0, light=0.5)
    assert take(path, ("--preset", "performance"), NOW + 3.0) is None
    assert take(path, ARGUMENTS, NOW + 3.0) == handover
    assert take(path, ARGUMENTS, NOW + 3.0) is None and not path.exists()


@pytest.mark.parametrize("later_s", [-5.0, 3_600.0])
def test_what_was_left_on_another_evening_is_not_taken_up(tmp_path: Path, later_s: float) -> None:
    path = tmp_path / "handover.json"
    left(path)
    assert take(path, ARGUMENTS, NOW + later_s) is None and not path.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[]",
        "{}",
        "null",
        '{"arguments": 7}',
        '{"arguments": null, "at": "x"}',
        "[" * 5_000,
        '"' + "x" * 300_000,
    ],
)
def test_a_damaged_handover_is_said_and_the_show_begins(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    path = tmp_path / "handover.json"
    path.write_text(text)
    assert take(path, ARGUMENTS, NOW) is None
    assert len(caplog.records) == 1 and "\n" not in caplog.messages[0]


def test_of_a_handover_only_values_are_taken_that_the_table_allows(tmp_path: Path) -> None:
    path = tmp_path / "handover.json"
    left(path)
    told = json.loads(path.read_text())
    told["values"] |= {"/render/bloom": "much", "/render/nonsense": 1, "/show/record": True, "/show/save": "x"}
    told["values"] |= {"/render/zoom": 1e9, "/show/snapshot": True, "/show/preset": "/etc/passwd"}
    path.write_text(json.dumps(told))
    taken = take(path, ARGUMENTS, NOW)
    assert taken is not None and dict(taken.values) == {"/show/record": True}


def test_all_that_stands_is_carried_but_deeds() -> None:
    kept = carried(DEFAULTS)
    assert {"/show/blackout", "/show/playlist", "/show/cue", "/render/bloom", "/audio/gain"} <= set(kept)
    assert not {"/show/go", "/show/snapshot", "/show/save", "/show/light", "/show/preset"} & set(kept)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert leave(tmp_path / "file" / "handover.json", Handover()) != ""


def restarts(tmp_path: Path, handover: Handover, **typed: object) -> Restarts:
    venue = tmp_path / "venue"
    arguments = Arguments(venue=venue, **typed)  # type: ignore[arg-type]
    assert leave(venue / "handover.json", handover) == ""
    return Restarts(arguments, ARGUMENTS)


def test_a_show_begins_as_the_one_before_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installation.restarting.restart.unix_time_s", lambda: NOW + 2.0)
    film = tmp_path / "film.mp4"
    film.write_bytes(b"of before")
    handover = Handover(arguments=ARGUMENTS, at=NOW, preset="performance", left_s=7.0)
    again = restarts(tmp_path, handover, duration_s=3_600.0, record=film)
    config = again.mark(again.resolve())
    assert (config.preset.name, config.again, config.arguments.duration_s) == ("Performance", True, 7.0)
    assert config.arguments.preset == "gallery"  # as asked for
    assert config.arguments.record == tmp_path / "film-2.mp4"


def test_a_preset_of_before_that_has_gone_keeps_no_show_from_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("installation.restarting.restart.unix_time_s", lambda: NOW + 2.0)
    again = restarts(tmp_path, Handover(arguments=ARGUMENTS, at=NOW, preset="/gone.yaml"))
    config = again.mark(again.resolve())
    assert (config.preset.name, config.again) == ("Gallery", True)
    assert any("begins as its command line says" in message for message in caplog.messages)


def test_a_film_is_never_written_over(tmp_path: Path) -> None:
    assert free_name(tmp_path / "a.mp4") == tmp_path / "a.mp4"
    (tmp_path / "a.mp4").touch()
    (tmp_path / "a-2.mp4").touch()
    assert free_name(tmp_path / "a.mp4") == tmp_path / "a-3.mp4"
    assert free_name(tmp_path / "a-2.mp4") == tmp_path / "a-3.mp4"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [({}, False), ({"NOTIFY_SOCKET": "/run/systemd/notify"}, True)],
)
def test_who_is_watched_is_started_by_who_watches(environment: dict[str, str], expected: bool) -> None:
    assert is_supervised(environment) is expected


def test_a_display_that_comes_is_seen_once_it_opens() -> None:
    looked: list[float] = []
    there = False

    def opens() -> bool:
        looked.append(0.0)
        return there

    watch = DisplayWatch(opens=opens)
    assert not watch.has_come(0.0) and looked == []
    assert not watch.has_come(1.0)
    assert wait_until(lambda: len(looked) == 1)
    there = True
    assert wait_until(lambda: watch.has_come(2.0))


PROGRAM = """
import multiprocessing.shared_memory, os, pathlib, socket, sys
pathlib.Path(sys.argv[1]).open("a").write("begun\\n")
print(os.getpid(), len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task")), flush=True)
if pathlib.Path(sys.argv[1]).read_text().count("begun") == 1:
    memory = multiprocessing.shared_memory.SharedMemory(create=True, size=16)
    memory.close()
    memory.unlink()
    os.set_inheritable(socket.socket().detach(), True)
    from installation.restarting.again import become_anew
    become_anew()
try:
    print(os.waitpid(-1, os.WNOHANG))
except ChildProcessError:
    print("no children")
"""


@pytest.mark.proc
def test_a_program_becomes_itself_anew_with_its_arguments_and_keeps_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "times")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    first, second, children = ended.stdout.splitlines()
    assert first == second and children == "no children" and ended.stderr == ""


def test_a_first_start_says_nothing_of_it_and_writes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        first = Restarts(Arguments(venue=tmp_path / "venue"), ARGUMENTS)
    assert not first.mark(first.resolve()).again and caplog.messages == [] and not (tmp_path / "venue").exists()


def test_who_wants_the_end_while_a_show_ends_for_its_restart_gets_it(tmp_path: Path) -> None:
    path = tmp_path / "venue" / "handover.json"
    first = Restarts(Arguments(venue=tmp_path / "venue"), ARGUMENTS)
    left(path)
    assert first.conclude(ExitCode.RESTART, end_wanted=True) == ExitCode.OK and not path.exists()
    assert first.conclude(ExitCode.MODEL) == ExitCode.MODEL


@pytest.mark.parametrize("name", ["", ":", "nonsense", ":99999", ":7777", "127.0.0.1:59"])
def test_where_no_window_server_listens_there_is_no_display(name: str) -> None:
    assert not display_opens(name)


@pytest.mark.device
@pytest.mark.proc
def test_a_window_server_that_listens_is_a_display() -> None:
    with VirtualDisplay((64, 64)) as display:
        assert display_opens(display.name) and display_opens(f"unix{display.name}.0")
        display.kill()
        assert not display_opens(display.name)
