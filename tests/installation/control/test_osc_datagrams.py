import socket
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from installation.control.osc import datagrams
from installation.control.osc.datagrams import MOST_DATAGRAMS, DatagramReader

Pair = tuple[DatagramReader, socket.socket, tuple[str, int]]


@pytest.fixture(params=["at once", "one by one"])
def pair(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Pair]]:
    if request.param == "one by one":
        monkeypatch.setattr(datagrams, "_recvmmsg", lambda: None)
    opened: list[socket.socket] = []

    def connect(host: str) -> Pair:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        receiver, sender = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_DGRAM)
        opened.extend((receiver, sender))
        receiver.setblocking(False)
        receiver.bind((host, 0))
        sender.bind((host, 0))
        sender.connect(receiver.getsockname())
        return DatagramReader(receiver, 100), sender, sender.getsockname()[:2]

    yield connect
    for each in opened:
        each.close()


def test_datagrams_come_in_order_with_where_they_come_from(pair: Callable[[str], Pair]) -> None:
    reader, sender, address = pair("127.0.0.1")
    sent = [b"", b"x", *(str(number).encode() for number in range(100))]
    for each in sent:
        sender.send(each)

    assert reader.read() == [(each, address) for each in sent]
    assert reader.read() == []


def test_no_more_come_at_once_than_agreed_and_none_is_lost(pair: Callable[[str], Pair]) -> None:
    reader, sender, _ = pair("127.0.0.1")
    read: list[bytes] = []
    for number in range(2 * MOST_DATAGRAMS):
        sender.send(str(number).encode())
        if number % 100 == 0:  # a small buffer holds some hundred
            read += [packet for packet, _ in reader.read()]
    read += [packet for packet, _ in reader.read()]

    assert read == [str(number).encode() for number in range(2 * MOST_DATAGRAMS)]


def test_a_long_one_is_cut_and_the_next_is_whole(pair: Callable[[str], Pair]) -> None:
    reader, sender, _ = pair("127.0.0.1")
    sender.send(b"x" * 5000)
    sender.send(b"y")

    assert [packet for packet, _ in reader.read()] == [b"x" * 100, b"y"]


def test_senders_are_told_apart(pair: Callable[[str], Pair]) -> None:
    reader, sender, address = pair("127.0.0.1")
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as other:
        other.connect(sender.getpeername())
        sender.send(b"a")
        other.send(b"b")
        assert reader.read() == [(b"a", address), (b"b", other.getsockname())]


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
def test_the_newer_addresses_are_read_as_well(pair: Callable[[str], Pair]) -> None:
    try:
        reader, sender, address = pair("::1")
    except OSError:
        pytest.skip("this machine has no ::1")
    sender.send(b"a")

    assert reader.read() == [(b"a", address)]


def test_a_socket_that_is_closed_has_nothing(pair: Callable[[str], Pair]) -> None:
    reader, _, _ = pair("127.0.0.1")
    reader._socket.close()

    assert reader.read() == []
