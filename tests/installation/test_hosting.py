"""Workers in real child processes: they live, die, hang, come back and give up."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from installation.hosting import ChildHost, Core, InlineHost
from installation.mailbox import JsonBox

pytestmark = pytest.mark.proc


class WantedError(Exception):
    """What was asked for cannot be had."""

    exit_code = 4


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

    def status(self) -> Mapping[str, object]:
        return {"steps": self.steps}

    def close(self) -> None:
        if self._closed is not None:
            self._closed.touch()


def wait_until(host: ChildHost, happened: Callable[[], bool], limit_s: float = 20.0) -> None:
    """Supervise as the show does until something happened."""
    ends_at = time.monotonic() + limit_s
    while not happened():
        assert time.monotonic() < ends_at, f"it did not happen; status {host.status()}, failure {host.failure}"
        host.supervise(time.monotonic())
        time.sleep(0.01)


def alive(host: ChildHost) -> bool:
    return bool(host.status().get("steps", 0))


def test_an_inline_host_steps_when_due_and_only_then() -> None:
    core = Counter()
    host = InlineHost("inline", core)
    for now in (0.0, 0.005, 0.011, 0.012, 0.03):
        host.supervise(now)
    assert core.steps == 3


def test_a_child_lives_reports_and_closes_when_told(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    host = ChildHost("worker", partial(Counter, closed=closed))
    wait_until(host, lambda: alive(host))
    host.close()
    assert closed.exists() and host.restarts == 0 and host.failure is None


def test_a_child_that_is_killed_is_started_again() -> None:
    host = ChildHost("worker", Counter)
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
    host = ChildHost("worker", partial(Counter, orders=orders))
    wait_until(host, lambda: alive(host))
    orders.put({})
    wait_until(host, lambda: host.failure is not None)
    assert host.failure is not None and host.failure.message == "worker: something broke"
    assert "RuntimeError" in host.failure.traceback
    host.close()
    orders.close()


def test_a_child_that_hangs_is_killed_and_started_again() -> None:
    orders = JsonBox()
    host = ChildHost("worker", partial(Counter, "hang", orders), hang_limit_s=0.6)
    wait_until(host, lambda: alive(host))
    orders.put({})
    wait_until(host, lambda: host.restarts == 1)
    assert host.failure is not None and "no sign of life for 0.6 s" in host.failure.message
    host.close()
    orders.close()


def test_a_child_that_never_starts_makes_the_host_give_up_with_the_reason() -> None:
    host = ChildHost("worker", partial(Counter, "stillborn"), max_failures=2)
    wait_until(host, lambda: host.gave_up)
    assert host.failure is not None and host.failure.message == "worker: cannot be made"
    assert host.restarts == 1 and host.pid is None
    host.close()


def test_a_core_that_cannot_have_what_was_demanded_is_not_tried_again() -> None:
    host = ChildHost("worker", partial(Counter, "demanded"))
    wait_until(host, lambda: host.refused)
    for _ in range(50):
        host.supervise(time.monotonic() + 60.0)
    assert host.failure is not None and host.failure.exit_code == 4
    assert host.pid is None and host.restarts == 0
    host.close()


def test_a_child_outlives_a_sigint_that_is_meant_for_the_show() -> None:
    host = ChildHost("worker", Counter)
    wait_until(host, lambda: alive(host))
    assert host.pid is not None
    os.kill(host.pid, signal.SIGINT)
    steps = host.status()["steps"]
    wait_until(host, lambda: host.status()["steps"] > steps + 10)
    assert host.restarts == 0
    host.close()


def a_core(core: Core) -> Core:
    return core


def test_the_counter_is_a_core() -> None:
    assert a_core(Counter()).status() == {"steps": 0}


@pytest.mark.parametrize("count", [1, 3])
def test_closing_a_host_that_was_never_supervised_is_harmless(count: int) -> None:
    for _ in range(count):
        host = ChildHost("worker", Counter)
        host.close()
        assert (host.pid, host.failure, host.restarts) == (None, None, 0)
