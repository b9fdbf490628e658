"""Control over OSC along TCP, by real sockets of this machine."""

import socket
import struct
from collections.abc import Callable, Iterator

import pytest

from installation.control.osc.control import OscControl
from installation.control.osc.messages import read_message, write_message
from installation.control.osc.ports import MAX_CONNECTIONS
from installation.control.osc.stream import Framing, StreamReader, framed
from installation.desk import Desk
from installation.parameter import Kind
from installation.parameters import PARAMETERS
from installation.values import Features, ParameterValue
from tests.waiting import wait_until


class Line:
    """A connection to the show that frames its packets in one way."""

    def __init__(self, port: int, framing: Framing = Framing.SLIP) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._framing, self._reader = framing, StreamReader()
        self._packets: list[bytes] = []

    def say(self, address: str, *values: ParameterValue) -> None:
        packet = write_message(address, *values) if values else address.encode() + bytes(4 - len(address) % 4)
        self.socket.sendall(framed(packet, self._framing))

    def hear(self) -> tuple[str, object]:
        while not self._packets:
            received = self.socket.recv(4096)
            assert received, "the show hung up"
            self._packets += self._reader.feed(received)
            assert self._reader.framing is self._framing
        message = read_message(self._packets.pop(0))
        return message.address, message.arguments[0] if message.arguments else None

    def is_hung_up(self) -> bool:
        try:
            return self.socket.recv(100) == b""
        except ConnectionError:
            return True


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def control(desk: Desk) -> Iterator[OscControl]:
    control = OscControl(desk, 0)
    control.start()
    yield control
    control.close()


@pytest.fixture
def connect(control: OscControl) -> Iterator[Callable[..., Line]]:
    lines: list[Line] = []

    def make(framing: Framing = Framing.SLIP) -> Line:
        lines.append(Line(control.port, framing))
        return lines[-1]

    yield make
    for line in lines:
        line.socket.close()


@pytest.mark.parametrize("framing", Framing)
def test_a_stream_sets_asks_and_is_answered_in_its_own_framing(
    desk: Desk, connect: Callable[..., Line], framing: Framing
) -> None:
    line = connect(framing)
    line.say("/audio/gain", -6.0)
    line.say("/audio/gain")
    line.say("/ping")

    assert line.hear() == ("/audio/gain", -6.0)
    assert line.hear() == ("/pong", None)
    assert desk.get("/audio/gain") == -6.0


@pytest.mark.parametrize("port", [(), (9001,)], ids=["no port", "a port"])
def test_a_subscriber_with_a_connection_is_told_along_it(
    desk: Desk, control: OscControl, connect: Callable[..., Line], port: tuple[int, ...]
) -> None:
    line = connect()
    line.say("/subscribe", *port)
    values = {address: row.default for address, row in PARAMETERS.items() if row.kind is not Kind.TRIGGER}
    assert sorted(line.hear() for _ in values) == sorted(values.items())

    desk.post("/render/hue", 90.0, "midi")
    desk.tick(0.0, Features())
    assert line.hear() == ("/render/hue", 90.0)

    line.socket.close()
    assert wait_until(lambda: control.status().connections == 0)
    desk.post("/render/hue", 10.0, "midi")
    desk.tick(0.1, Features())
    assert wait_until(lambda: control.status().subscribers == 0)


def test_a_message_in_pieces_is_one_message(desk: Desk, connect: Callable[..., Line]) -> None:
    line = connect()
    stream = framed(write_message("/audio/gain", 3.0), Framing.SLIP)
    for index in range(len(stream)):
        line.socket.sendall(stream[index : index + 1])

    assert wait_until(lambda: desk.get("/audio/gain") == 3.0)


@pytest.mark.parametrize(
    "stream", [b"GET / HTTP/1.1\r\n\r\n", struct.pack(">I", 1 << 20), b"\xc0" + b"x" * 20_000], ids=str
)
def test_who_speaks_no_osc_is_hung_up_on_with_a_reason(
    desk: Desk, control: OscControl, connect: Callable[..., Line], stream: bytes
) -> None:
    stranger, friend = connect(), connect()
    friend.say("/ping")
    stranger.socket.sendall(stream)

    assert stranger.is_hung_up()
    assert control.status().refused == 1 and "hung up" in control.status().last_refusal
    assert friend.hear() == ("/pong", None)


def test_of_too_many_connections_the_one_that_was_silent_longest_makes_way(
    control: OscControl, connect: Callable[..., Line]
) -> None:
    lines = []
    for _ in range(MAX_CONNECTIONS):
        lines.append(connect())
        lines[-1].say("/ping")
        assert lines[-1].hear() == ("/pong", None)
    lines[0].say("/ping")
    assert lines[0].hear() == ("/pong", None)
    late = connect()
    late.say("/ping")

    assert late.hear() == ("/pong", None)
    assert lines[1].is_hung_up()
    assert control.status().connections == MAX_CONNECTIONS


def test_who_asks_and_never_reads_holds_up_nobody(
    desk: Desk, control: OscControl, connect: Callable[..., Line]
) -> None:
    deaf, friend = connect(), connect()
    deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    deaf.say("/subscribe")
    deaf.socket.setblocking(False)
    question = framed(b"/*/*" + bytes(4), Framing.SLIP)
    for _ in range(100):
        try:
            deaf.socket.send(question)
        except BlockingIOError:
            break
    friend.say("/latent/blend", 0.5)

    assert wait_until(lambda: desk.get("/latent/blend") == 0.5, within_s=60)


def test_a_flood_along_a_stream_ends_with_its_last_value(desk: Desk, connect: Callable[..., Line]) -> None:
    line = connect()
    packets = [framed(write_message("/latent/blend", step % 100 / 100), Framing.SLIP) for step in range(20_000)]
    line.socket.sendall(b"".join(packets))
    line.say("/latent/blend", 0.123)

    assert wait_until(lambda: desk.get("/latent/blend") == 0.123, within_s=60)
