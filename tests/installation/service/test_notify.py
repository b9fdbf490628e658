"""A show tells that it lives as long as it shows pictures, and a listener believes nobody else."""

import os
import socket
from pathlib import Path

import pytest

from installation.service.listening import Listener
from installation.service.notify import Notifier
from installation.service.watchdog import Watchdog


def told_by(pictures: list[int], times: list[float]) -> list[list[str]]:
    """Return what a watchdog tells at each of `times`, with so many pictures presented by then."""
    listener = Listener(10.0)
    environment = {**listener.environment}
    count = iter(pictures)
    watchdog = Watchdog(Notifier.of_environment(environment), lambda: next(count), lambda: "ok: Gallery")
    said = []
    for now in times:
        watchdog.poll(now)
        said.append(list(listener.lines(os.getpid())))
    listener.close()
    return said


def test_it_is_ready_with_the_first_picture_and_beats_with_later_ones() -> None:
    assert told_by([0, 1, 9], [0.0, 0.1, 2.0]) == [
        [],
        ["READY=1", "WATCHDOG=1", "STATUS=ok: Gallery"],
        ["WATCHDOG=1"],
    ]


def test_a_loop_that_turns_and_shows_nothing_does_not_beat() -> None:
    assert told_by([1, 1, 1, 2], [0.0, 5.0, 9.0, 9.1])[1:] == [[], [], ["WATCHDOG=1"]]


def test_it_beats_once_a_second_however_fast_the_loop_turns() -> None:
    said = told_by(list(range(1, 200)), [turn / 60 for turn in range(180)])
    assert sum("WATCHDOG=1" in lines for lines in said) == 3


def test_a_shorter_limit_is_kept_with_room_to_spare() -> None:
    notifier = Notifier.of_environment({"NOTIFY_SOCKET": "@nobody", "WATCHDOG_USEC": "400000"})
    assert notifier.watchdog_s == 0.4
    watchdog = Watchdog(notifier, iter(range(1, 100)).__next__, lambda: "ok")
    for now in (0.0, 0.05, 0.1):
        watchdog.poll(now)
    assert watchdog._beaten == 2


def test_what_only_the_show_may_say_is_taken_out_of_the_environment() -> None:
    environment = {"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "10000000", "WATCHDOG_PID": str(os.getpid()), "HOME": "/"}
    assert Notifier.of_environment(environment).watchdog_s == 10.0
    assert environment == {"HOME": "/"}


@pytest.mark.parametrize("usec", ["", "0", "-1", "ten", "1e6"])
def test_a_limit_that_is_none_is_none(usec: str) -> None:
    assert Notifier.of_environment({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": usec}).watchdog_s is None


def test_the_limit_of_another_process_is_not_ours() -> None:
    assert Notifier.of_environment({"WATCHDOG_USEC": "5", "WATCHDOG_PID": "1"}).watchdog_s is None


def test_nobody_listening_and_a_listener_that_has_gone_cost_nothing(tmp_path: Path) -> None:
    assert not Notifier().is_heard and not Notifier().tell("READY=1")
    assert not Notifier(str(tmp_path / "gone")).tell("READY=1")


def test_a_listener_that_reads_nothing_does_not_hold_up_the_show() -> None:
    listener = Listener(10.0)
    notifier = Notifier.of_environment({**listener.environment})
    assert [notifier.tell("WATCHDOG=1") for _ in range(20_000)][-1] is False
    listener.close()


def test_a_file_is_an_address_too(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as system:
        system.bind(str(tmp_path / "notify"))
        assert Notifier(str(tmp_path / "notify")).tell("READY=1", "STATUS=ok")
        assert system.recv(100) == b"READY=1\nSTATUS=ok"


def test_what_another_process_says_is_thrown_away() -> None:
    listener = Listener(10.0)
    Notifier.of_environment({**listener.environment}).tell("WATCHDOG=1")
    assert list(listener.lines(os.getpid() + 1)) == []
    listener.close()
