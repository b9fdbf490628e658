"""Workers in real child processes: they live, die, hang, are stopped, and come back for ever."""

import multiprocessing.process
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
import pytest

from installation.hosting import ChildHost, Core, InlineHost
from installation.mailbox import JsonBox
from installation.watching import back_off, vigil
from installation.watching.expectations import NothingMore

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.proc


class WantedError(Exception):
    """What was asked for cannot be had."""

    exit_code = 4


@dataclass(frozen=True)
class Steps:
    """How far a core has come."""

    steps: int = 0


class Counter:
    """A core that counts its steps and misbehaves on request."""

    def __init__(self, fault: str = "", orders: JsonBox | None = None, closed: Path | None = None) -> None:
        if fault == "demanded":
            raise WantedError("there is no such thing")
        if fault == "stillborn":
            raise ValueError("cannot be made\nfor reasons on a second line")
        self.steps, self._fault, self._orders, self._closed = 0, fault, orders, closed

    def step(self, now: float) -> float:
        self.steps += 1
        if self._orders is not None and self._orders.serial:
            if self._fault == "hang":
                time.sleep(60.0)
            raise RuntimeError("something broke")
        return 0.01

    def status(self) -> Steps:
        return Steps(self.steps)

    def close(self) -> None:
        if self._closed is not None:
            self._closed.touch()


def wait_until(host: ChildHost[Steps], happened: Callable[[], bool], limit_s: float = 20.0) -> None:
    """Supervise as the show does until something happened."""
    ends_at = time.monotonic() + limit_s
    while not happened():
        assert time.monotonic() < ends_at, f"it did not happen; status {host.status()}, failure {host.failure}"
        host.supervise(time.monotonic())
        time.sleep(0.01)


def alive(host: ChildHost[Steps]) -> bool:
    return host.status().steps > 0


def test_an_inline_host_steps_when_due_and_only_then() -> None:
    core = Counter()
    host = InlineHost("inline", core)
    for now in (0.0, 0.005, 0.011, 0.012, 0.03):
        host.supervise(now)
    assert core.steps == 3


def test_a_child_lives_reports_and_closes_when_told(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    host = ChildHost("worker", partial(Counter, closed=closed), Steps())
    wait_until(host, lambda: alive(host))
    host.close()
    assert closed.exists() and host.restarts == 0 and host.failure is None


def test_a_child_that_is_killed_is_started_again() -> None:
    host = ChildHost("worker", Counter, Steps())
    wait_until(host, lambda: alive(host))
    first = host.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    wait_until(host, lambda: host.restarts == 1)
    assert host.failure is not None and "exit code -9" in host.failure.message
    wait_until(host, lambda: host.pid not in (None, first))
    host.close()


def test_a_child_that_raises_leaves_its_reason_in_one_line() -> None:
    orders = JsonBox()
    host = ChildHost("worker", partial(Counter, orders=orders), Steps())
    wait_until(host, lambda: alive(host))
    orders.put({})
    wait_until(host, lambda: host.failure is not None)
    assert host.failure is not None and host.failure.message == "worker: something broke"
    assert "RuntimeError" in host.failure.traceback
    host.close()
    orders.close()


def test_a_child_that_hangs_is_killed_and_started_again() -> None:
    orders = JsonBox()
    host = ChildHost("worker", partial(Counter, "hang", orders), Steps(), expects=NothingMore(0.6))
    wait_until(host, lambda: alive(host))
    orders.put({})
    wait_until(host, lambda: host.restarts == 1)
    assert host.failure is not None and "no sign of life for 0.6 s" in host.failure.message
    host.close()
    orders.close()


def test_a_child_that_is_stopped_from_outside_is_noticed_in_seconds_and_started_again() -> None:
    host = ChildHost("worker", Counter, Steps(), expects=NothingMore(60.0), still_limit_s=60.0)
    wait_until(host, lambda: alive(host))
    stopped = host.pid
    assert stopped is not None
    os.kill(stopped, signal.SIGSTOP)
    wait_until(host, lambda: host.restarts == 1)
    assert host.failure is not None and host.failure.message == "worker was stopped from outside"
    wait_until(host, lambda: host.failure is None)
    assert host.pid != stopped
    host.close()


def test_a_child_whose_pulse_stands_still_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vigil, "is_stopped", lambda process: False)  # as where the system does not tell
    host = ChildHost("worker", Counter, Steps(), expects=NothingMore(60.0), still_limit_s=0.6)
    wait_until(host, lambda: alive(host))
    assert host.pid is not None
    os.kill(host.pid, signal.SIGSTOP)
    wait_until(host, lambda: host.restarts == 1)
    assert host.failure is not None and host.failure.message == "worker stood still for 0.6 s"
    host.close()


def test_a_show_that_was_stopped_itself_blames_no_child() -> None:
    host = ChildHost("worker", Counter, Steps(), expects=NothingMore(1.0), still_limit_s=1.0)
    wait_until(host, lambda: alive(host))
    host.supervise(time.monotonic() + 3_600.0)
    assert host.failure is None and host.restarts == 0
    host.close()


def test_a_failure_is_over_as_soon_as_the_child_works_again() -> None:
    host = ChildHost("worker", Counter, Steps())
    wait_until(host, lambda: alive(host))
    assert host.pid is not None
    os.kill(host.pid, signal.SIGKILL)
    wait_until(host, lambda: host.failure is not None)
    wait_until(host, lambda: host.failure is None, limit_s=5.0)
    host.close()


def test_a_child_that_never_starts_makes_the_host_give_up_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back_off, "FIRST_S", (0.05,))
    host = ChildHost("worker", partial(Counter, "stillborn"), Steps(), max_failures=2)
    wait_until(host, lambda: host.gave_up)
    assert host.failure is not None and host.failure.message == "worker: cannot be made"
    wait_until(host, lambda: host.restarts > 2)  # whether the program ends is for its owner to say
    host.close()


def test_a_child_that_has_worked_once_is_started_again_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back_off, "FIRST_S", (0.05,))
    host = ChildHost("worker", Counter, Steps(), max_failures=2)
    for number in range(3):
        wait_until(host, lambda: host.pid is not None and host.failure is None and alive(host))
        assert host.pid is not None
        os.kill(host.pid, signal.SIGKILL)
        wait_until(host, lambda before=number: host.restarts == before + 1)  # type: ignore[misc]
        assert not host.gave_up
    host.close()


class Fussy(Counter):
    """A core that cannot be made before its file holds the right word."""

    def __init__(self, path: Path) -> None:
        if path.read_text() != "right":
            raise ValueError("the file holds the wrong word")
        super().__init__()


class Replaceable(Counter):
    """A core that refuses to be made, with an exit code, while a file is there."""

    def __init__(self, path: Path) -> None:
        super().__init__("demanded" if path.exists() else "")


def test_what_refuses_only_after_it_has_worked_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back_off, "FIRST_S", (0.05,))
    path = tmp_path / "damage"
    host = ChildHost("worker", partial(Replaceable, path), Steps())
    wait_until(host, lambda: alive(host))
    path.touch()
    assert host.pid is not None
    os.kill(host.pid, signal.SIGKILL)
    wait_until(host, lambda: host.failure is not None and host.failure.exit_code == 4)
    assert not host.refused and not host.gave_up
    path.unlink()
    wait_until(host, lambda: host.failure is None)
    host.close()


def test_a_mended_cause_is_tried_at_once_however_long_the_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back_off, "FIRST_S", (3_600.0,))
    path = tmp_path / "word"
    path.write_text("wrong")
    host = ChildHost("worker", partial(Fussy, path), Steps(), cause=path.read_text)
    wait_until(host, lambda: host.failure is not None)
    path.write_text("right")
    wait_until(host, lambda: alive(host), limit_s=10.0)
    host.close()


ORPHAN = """
import time
from functools import partial
from installation.hosting import ChildHost
if __name__ == "__main__":
    host = ChildHost("worker", partial(time.sleep, 600.0), None)
    while True:
        host.supervise(time.monotonic())
        print(host.pid, flush=True)
        time.sleep(0.05)
"""


@pytest.mark.parametrize("after_s", [0.0, pytest.param(0.3, marks=pytest.mark.slow), 2.0])
def test_a_child_whose_parent_is_killed_while_it_starts_is_gone_in_seconds(tmp_path: Path, after_s: float) -> None:
    script = tmp_path / "parent.py"
    script.write_text(ORPHAN)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, env=environment, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        time.sleep(after_s)
        parent.kill()
        assert psutil.wait_procs([child], timeout=20.0)[1] == []


def test_a_core_that_cannot_have_what_was_demanded_is_not_tried_again() -> None:
    host = ChildHost("worker", partial(Counter, "demanded"), Steps())
    wait_until(host, lambda: host.refused)
    for _ in range(50):
        host.supervise(time.monotonic() + 60.0)
    assert host.failure is not None and host.failure.exit_code == 4
    assert host.pid is None and host.restarts == 0
    host.close()


def test_a_child_outlives_a_sigint_that_is_meant_for_the_show() -> None:
    host = ChildHost("worker", Counter, Steps())
    wait_until(host, lambda: alive(host))
    assert host.pid is not None
    os.kill(host.pid, signal.SIGINT)
    steps = host.status().steps
    wait_until(host, lambda: host.status().steps > steps + 10)
    assert host.restarts == 0
    host.close()


def a_core(core: Core[Steps]) -> Core[Steps]:
    return core


def test_a_host_whose_child_cannot_be_started_is_closed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_process: object) -> None:
        raise OSError("no more processes")

    host = ChildHost("counter", Counter, Steps())
    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", refuse)
    with pytest.raises(OSError, match="no more processes"):
        host.supervise(time.monotonic())
    host.close()


def test_the_counter_is_a_core() -> None:
    assert a_core(Counter()).status() == Steps(0)


@pytest.mark.parametrize("count", [1, 3])
def test_closing_a_host_that_was_never_supervised_is_harmless(count: int) -> None:
    for _ in range(count):
        host = ChildHost("worker", Counter, Steps())
        host.close()
        assert (host.pid, host.failure, host.restarts) == (None, None, 0)
