"""The show is found in the network, by a browser that is not ours; nothing leaves the loopback interface here."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from zeroconf import IPVersion, ServiceBrowser, ServiceListener, Zeroconf

from installation.control import discovery
from installation.control.discovery import (
    OSC,
    OSC_QUERY,
    Discovery,
    Service,
    by_interfaces,
    interfaces_of,
    local_name,
    own_name,
)
from tests.waiting import wait_until

HERE = "127.0.0.1"


class Found(ServiceListener):
    """What a browser on the loopback interface sees now: names and ports, by type."""

    def __init__(self) -> None:
        self.ports: dict[tuple[str, str], int] = {}

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        info = zc.get_service_info(type_, name)
        assert info is not None and info.port is not None and info.parsed_addresses() == [HERE]
        self.ports[type_, name.removesuffix(f".{type_}")] = info.port

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None: ...

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self.ports.pop((type_, name.removesuffix(f".{type_}")), None)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Iterator[Found]:
    monkeypatch.setattr(discovery, "_HEAD_START_S", 0.0)
    monkeypatch.setattr(discovery, "_LOOK_EVERY_S", 0.1)
    found = Found()
    with closing(Zeroconf(interfaces=[HERE], ip_version=IPVersion.V4Only)) as zeroconf:
        browser = ServiceBrowser(zeroconf, [f"{OSC}.local.", f"{OSC_QUERY}.local."], found)
        yield found
        browser.cancel()


def named(found: Found, kind: str, name: str) -> int | None:
    return found.ports.get((f"{kind}.local.", name))


def test_both_listeners_are_found_a_second_show_has_another_name_and_both_are_gone_at_the_end(found: Found) -> None:
    first = Discovery(lambda: [Service(OSC, HERE, 9000), Service(OSC_QUERY, HERE, 9002)], "Twins (here)")
    second = Discovery(lambda: [Service(OSC, HERE, 9100)], "Twins (here)")
    with closing(first), closing(second):
        first.start()
        assert wait_until(lambda: named(found, OSC, "Twins (here)") == 9000, within_s=30)
        assert wait_until(lambda: named(found, OSC_QUERY, "Twins (here)") == 9002, within_s=30)
        assert wait_until(lambda: len(first.status().announced) == 2, within_s=30)
        assert first.status().interfaces == (HERE,) and first.status().problem == ""
        second.start()
        assert wait_until(lambda: named(found, OSC, "Twins (here)-2") == 9100, within_s=30)
        assert wait_until(lambda: second.status().announced == {OSC: "Twins (here)-2"}, within_s=30)
    assert wait_until(lambda: not [name for _, name in found.ports if name.startswith("Twins")], within_s=30)


def test_listeners_and_networks_that_come_go_and_come_back_are_followed_and_told(
    found: Found, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    network = threading.Event()
    network.set()

    def interfaces(_host: str) -> tuple[str, ...]:
        if not network.is_set():
            raise OSError("Network is unreachable")
        return (HERE,)

    monkeypatch.setattr(discovery, "interfaces_of", interfaces)
    services: list[Service] = []
    with closing(Discovery(lambda: list(services), "Away (here)")) as show:
        show.start()
        assert wait_until(lambda: show.status().problem == "") and show.status().announced == {}
        services.append(Service(OSC, "0.0.0.0", 9000))
        assert wait_until(lambda: named(found, OSC, "Away (here)") == 9000, within_s=30)

        network.clear()
        assert wait_until(lambda: "Network is unreachable" in show.status().problem, within_s=30)
        assert show.status().may_be_absent  # the show is none the worse for it
        for turn in range(100):
            show.poll(turn * 0.02)
        assert [r.message for r in caplog.records if r.levelno >= logging.WARNING] == [
            "discovery refused 1, the last: cannot announce the show: OSError: Network is unreachable"
        ]

        services[:] = [Service(OSC, "0.0.0.0", 9001)]
        network.set()
        assert wait_until(lambda: named(found, OSC, "Away (here)") == 9001, within_s=30)
        assert wait_until(lambda: show.status().problem == "" and bool(show.status().announced), within_s=30)


def test_a_show_that_ends_at_once_does_not_wait_for_the_network() -> None:
    show = Discovery(lambda: pytest.fail("nobody is asked before the show has begun"))
    show.start()
    show.close()
    assert not show._thread.is_alive()


def test_what_nobody_else_reaches_is_announced_to_nobody_else() -> None:
    assert interfaces_of("127.0.0.1") == interfaces_of("localhost") == ("127.0.0.1",)
    assert interfaces_of("::1") == ("::1",)
    assert interfaces_of("192.0.2.7") == ("192.0.2.7",)
    groups = by_interfaces([Service(OSC, HERE, 1), Service(OSC_QUERY, "192.0.2.7", 2), Service("_x._tcp", HERE, 3)])
    assert {key: [service.port for service in group] for key, group in groups.items()} == {
        (HERE,): [1, 3],
        ("192.0.2.7",): [2],
    }


def test_a_listener_at_every_address_is_announced_on_every_interface_but_loopback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(discovery, "reachable", lambda _host: ["192.0.2.9", "192.0.2.7"])
    assert interfaces_of("0.0.0.0") == ("192.0.2.7", "192.0.2.9")


def test_names_are_short_enough_for_the_network() -> None:
    assert own_name("stage-left.example.org") == "Sound to Scene (stage-left)"
    assert len(own_name("ü" * 200).encode()) <= 63
    assert local_name("Sound to Scene (Bühne 1)") == "sound-to-scene-b-hne-1.local"
    assert len(local_name("x" * 100).partition(".")[0]) == 63
    assert socket.gethostname()
