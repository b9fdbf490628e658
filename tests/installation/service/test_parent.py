"""The parent of our own, with real processes: kill -9, SIGSTOP, a show that hangs, fails at once, does not end."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

from installation.service.limits import Limits
from tests.show_runner import ROOT
from tests.waiting import wait_until

pytestmark = pytest.mark.proc

SHOW: Final = Path(__file__).with_name("small_show.py")
PATIENT: Final = {"hang_s": 20.0, "start_s": 20.0, "stop_s": 20.0, "tidy_s": 0.1, "waits_s": [0.05, 0.1]}
"""Each test shortens what it is about: a busy machine must not look like a show that hangs."""
PARENT: Final = """
import json, logging, sys
from installation.service.limits import Limits
from installation.service.parent import Parent
logging.basicConfig(format="%(message)s")
limits = json.loads(sys.argv[1])
sys.exit(Parent(sys.argv[2:], Limits(**{**limits, "waits_s": tuple(limits["waits_s"])})).run())
"""


class Family:
    """A parent, and the shows it has started in `folder`."""

    def __init__(self, folder: Path, behaviours: tuple[str, ...], limits: dict[str, Any]) -> None:
        self._starts = folder / "starts"
        show = [sys.executable, str(SHOW), str(folder), *behaviours]
        self.parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, json.dumps(limits), *show],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def shows(self) -> list[tuple[int, int]]:
        """The process of each show so far, and of its worker."""
        lines = self._starts.read_text().splitlines() if self._starts.exists() else []
        return [(int(show), int(worker)) for show, worker in map(str.split, lines)]

    def started(self, count: int) -> int:
        """Wait until the show has been started so often; return the newest's process."""
        assert wait_until(lambda: len(self.shows) >= count), self.shows
        return self.shows[-1][0]

    def ended(self) -> int:
        """Return the parent's exit code, once nothing of any show is left."""
        code = self.parent.wait(40.0)
        left = [pid for family in self.shows for pid in family if is_alive(pid)]
        assert left == []
        return code

    def next_line(self) -> str:
        """Wait for the next line the parent says."""
        assert self.parent.stderr is not None
        return self.parent.stderr.readline().rstrip()

    def said(self) -> str:
        assert self.parent.stderr is not None
        return self.parent.stderr.read()


@contextmanager
def family(folder: Path, *behaviours: str, **limits: Any) -> Iterator[Family]:
    members = Family(folder, behaviours, {**PATIENT, **limits})
    try:
        yield members
    finally:
        if members.parent.poll() is None:
            members.parent.kill()
        members.parent.wait(10.0)
        for pid in (pid for show in members.shows for pid in show):
            with contextlib.suppress(psutil.Error):
                psutil.Process(pid).kill()
        assert members.parent.stderr is not None
        members.parent.stderr.close()


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_killed_show_is_started_again_and_its_workers_end_with_it(tmp_path: Path) -> None:
    with family(tmp_path, "well") as members:
        os.kill(members.started(1), signal.SIGKILL)
        members.started(2)
        assert wait_until(lambda: not is_alive(members.shows[0][1]))
        members.parent.terminate()
        assert members.ended() == 0 and "SIGKILL" in members.said()


@pytest.mark.parametrize("how", ["stopped", "stuck", pytest.param("mute", marks=pytest.mark.slow)])
def test_a_show_that_shows_nothing_is_killed_and_started_again(tmp_path: Path, how: str) -> None:
    limits = {"start_s": 1.0} if how == "mute" else {"hang_s": 0.5}
    with family(tmp_path, "well" if how == "stopped" else how, "well", **limits) as members:
        first = members.started(1)
        if how == "stopped":
            assert wait_until(lambda: psutil.Process(first).num_threads() > 0)
            os.kill(first, signal.SIGSTOP)
        members.started(2)
        assert not is_alive(first)
        members.parent.terminate()
        assert members.ended() == 0
        assert ("shows nothing within" if how == "mute" else "has shown nothing for") in members.said()


def test_a_show_that_fails_at_once_is_started_for_ever_with_pauses(tmp_path: Path) -> None:
    with family(tmp_path, "exit5", waits_s=[0.05, 0.05, 0.05, 600.0]) as members:
        said = [members.next_line() for _ in range(4)]
        assert [line.rsplit(" in ", 1)[1] for line in said] == ["0.05 s", "0.05 s", "0.05 s", "600 s"]
        members.parent.terminate()  # in the pause: a show that is just failing would pass its own code on
        assert members.ended() == 0 and len(members.shows) == 4
        assert all("exit code 5" in line for line in said)


def test_a_wanted_end_ends_the_parent(tmp_path: Path) -> None:
    with family(tmp_path, "exit0") as members:
        assert members.ended() == 0 and len(members.shows) == 1


def test_wrong_arguments_end_it_at_the_first_start_and_later_do_not(tmp_path: Path) -> None:
    with family(tmp_path, "exit2") as members:
        assert members.ended() == 2 and len(members.shows) == 1
    (tmp_path / "starts").unlink()
    with family(tmp_path, "exit1", "exit2", "well") as members:
        members.started(3)
        members.parent.terminate()
        assert members.ended() == 0


def test_the_restart_at_night_comes_at_once(tmp_path: Path) -> None:
    with family(tmp_path, "exit75ready", "well", waits_s=[60.0]) as members:
        members.started(2)
        members.parent.terminate()
        assert members.ended() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGHUP, marks=pytest.mark.slow)])
def test_a_signal_is_passed_on(tmp_path: Path, number: signal.Signals) -> None:
    with family(tmp_path, "well") as members:
        members.started(1)
        members.parent.send_signal(number)
        assert members.ended() == 0
        assert (tmp_path / "signal").read_text() == number.name and len(members.shows) == 1


@pytest.mark.slow
def test_a_show_that_does_not_end_is_killed(tmp_path: Path) -> None:
    with family(tmp_path, "deaf", stop_s=0.4) as members:
        members.started(1)
        members.parent.terminate()
        assert members.ended() == 1 and "does not end within" in members.said()


@pytest.mark.slow
def test_the_end_is_wanted_during_a_pause(tmp_path: Path) -> None:
    with family(tmp_path, "exit1", waits_s=[60.0]) as members:
        show = members.started(1)
        assert wait_until(lambda: not is_alive(show))
        members.parent.terminate()
        assert members.ended() == 0


def test_a_show_whose_parent_is_killed_ends_in_order(tmp_path: Path) -> None:
    with family(tmp_path, "well") as members:
        members.started(1)
        members.parent.kill()
        assert wait_until(lambda: not any(is_alive(pid) for pid in members.shows[0]))


@pytest.mark.slow
def test_another_start_can_be_asked_for(tmp_path: Path) -> None:
    with family(tmp_path, "well", waits_s=[60.0]) as members:
        first = members.started(1)
        os.kill(members.parent.pid, signal.SIGUSR1)
        assert members.started(2) != first
        members.parent.terminate()
        assert members.ended() == 0


def test_the_limits_are_those_that_the_unit_has() -> None:
    assert (Limits().hang_s, Limits().stop_s) == (10.0, 30.0)
