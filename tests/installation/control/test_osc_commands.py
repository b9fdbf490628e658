"""What messages do to a desk, and that none of them does anything worse than to be refused."""

import contextlib
import logging
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.control.osc.commands import ADDRESSES, OscCommands
from installation.control.osc.echo import Echo
from installation.control.osc.messages import ControlMessage, OscFormatError, read_message, read_packet
from installation.control.osc.peers import Peer
from installation.control.rejections import RejectionCounter
from installation.desk import Desk
from installation.parameter import Kind, ParameterError
from installation.parameters import PARAMETERS

WORDS = st.sampled_from(
    ["/audio/gain", "/audio/*", "/*/*", "/subscribe", "/unsubscribe", "/ping", "/show/preset", "/x"]
)
ARGUMENTS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), WORDS)
MESSAGES = st.builds(
    lambda address, arguments: ControlMessage(address, tuple(arguments), is_empty=not arguments),
    st.one_of(WORDS, st.text(max_size=20).map("/".__add__)),
    st.lists(ARGUMENTS, max_size=3),
)


class Inputs:
    """Addresses beside the table's."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, list[object]]] = []

    def has(self, address: str) -> bool:
        return address.startswith("/isf/")

    def post(self, address: str, arguments: Sequence[object]) -> None:
        if "nothing" in address:
            raise ParameterError(f"there is no ISF input {address}")
        self.posted.append((address, list(arguments)))

    def get(self, _address: str) -> tuple[float, ...]:
        return (0.5, 1.0)


class Ear:
    """A peer that keeps what it is told, by address."""

    host, gone = "127.0.0.1", False

    def __init__(self) -> None:
        self.told: dict[str, tuple[object, ...]] = {}

    def send(self, packet: bytes) -> bool:
        message = read_message(packet)
        self.told[message.address] = message.arguments
        return True


class Stage:
    """Commands with what they act on."""

    def __init__(self) -> None:
        self.desk, self.echo, self.ear = Desk(), Echo(), Ear()
        self.rejections = RejectionCounter("OSC", logging.getLogger(__name__))
        self.reached: list[int] = []
        self.inputs = Inputs()
        self._commands = OscCommands(self.desk, self.echo, self.rejections, self._reach, others=[self.inputs])

    def say(self, address: str, *arguments: object, now: float = 0.0) -> int:
        return self._commands.do(ControlMessage(address, arguments, is_empty=not arguments), self.ear, now)

    def do(self, message: ControlMessage) -> int:
        return self._commands.do(message, self.ear, 0.0)

    def _reach(self, _sender: Peer, port: int) -> Peer:
        self.reached.append(port)
        return self.ear


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_group_is_asked_for_at_once(stage: Stage) -> None:
    stage.say("/latent/*")

    latent = {address: (row.default,) for address, row in PARAMETERS.items() if row.group == "latent"}
    assert stage.ear.told == latent


def test_addresses_beside_the_table_are_set_asked_for_and_refused(stage: Stage) -> None:
    stage.say("/isf/tint/amount", 0.5)
    stage.say("/isf/tint/tone", 1.0, 0.5, 0.0, 1.0)
    assert stage.inputs.posted == [("/isf/tint/amount", [0.5]), ("/isf/tint/tone", [1.0, 0.5, 0.0, 1.0])]
    stage.say("/isf/tint/place")
    assert stage.ear.told == {"/isf/tint/place": (0.5, 1.0)} and stage.rejections.count == 0
    stage.say("/isf/nothing", 1.0)
    assert stage.rejections.count == 1 and "there is no ISF input" in stage.rejections.last


@pytest.mark.parametrize(
    ("arguments", "ports"),
    [((), []), ((9001,), [9001]), ((9001.0,), [9001]), (("9001",), [9001]), ((9001, "/audio/*"), [9001])],
)
def test_a_subscription_names_a_port_or_means_who_asks(
    stage: Stage, arguments: tuple[object, ...], ports: list[int]
) -> None:
    stage.say("/subscribe", *arguments)
    assert stage.echo.subscribers == [stage.ear] and stage.reached == ports
    stage.say("/unsubscribe", *arguments)
    assert stage.echo.subscribers == [] and stage.rejections.count == 0


@pytest.mark.parametrize("arguments", [(0,), (65_536,), (1.5,), (True,), (None,), (9001, 9002), ("/a/*", "/b/*")])
def test_what_is_no_subscription_is_refused(stage: Stage, arguments: tuple[object, ...]) -> None:
    stage.say("/subscribe", *arguments)
    assert stage.echo.subscribers == []
    assert stage.rejections.count == 1 and "/subscribe" in stage.rejections.last


def test_a_message_of_which_nothing_is_of_use_is_refused_and_no_question(stage: Stage) -> None:
    stage.do(ControlMessage("/audio/gain", (), is_empty=False))

    assert stage.ear.told == {}
    assert stage.rejections.last == "/audio/gain takes one value, got 0"


def test_a_pattern_is_refused_only_where_nothing_takes_the_value(stage: Stage) -> None:
    stage.say("/render/*", 0.5)
    assert stage.rejections.count == 0 and stage.desk.get("/render/grain") == 0.5
    assert stage.desk.get("/render/fit") == "extend"  # no number is a choice
    stage.say("/render/*", "loud")
    assert stage.rejections.count == 1


def test_who_asks_on_and_on_is_answered_so_often_and_holds_up_nobody(stage: Stage) -> None:
    for _ in range(1000):
        stage.say("/*/*")
    assert stage.rejections.count > 900 and "more is asked" in stage.rejections.last
    assert stage.say("/audio/gain", 1.0) == 1
    assert stage.desk.get("/audio/gain") == 1.0

    stage.ear.told.clear()
    stage.say("/audio/gain", now=10.0)
    assert stage.ear.told == {"/audio/gain": (1.0,)}


@given(st.lists(MESSAGES, max_size=8))
def test_whatever_is_said_is_done_or_refused(messages: list[ControlMessage]) -> None:
    stage = Stage()
    assert all(stage.do(message) >= 1 for message in messages)
    assert len(stage.rejections.last) <= 201
    assert_desk_is_sound(stage.desk)


def _padded(text: str) -> bytes:
    encoded = text.encode("utf-8", "replace").replace(b"\0", b"")
    return encoded + bytes(4 - len(encoded) % 4)


@given(
    st.one_of(st.sampled_from(ADDRESSES), st.text("/*?[]{},-!abgiu", max_size=20).map("/".__add__)),
    st.text("ihfdsTFNIcrmtSb[]", max_size=6),
    st.binary(max_size=48),
)
def test_whatever_comes_as_bytes_is_done_or_refused(address: str, tags: str, data: bytes) -> None:
    stage = Stage()
    with contextlib.suppress(OscFormatError):
        for _, message in read_packet(_padded(address) + _padded("," + tags) + data).messages:
            stage.do(message)
    assert_desk_is_sound(stage.desk)


def assert_desk_is_sound(desk: Desk) -> None:
    held: Callable[[str], object] = desk.get
    for address, row in PARAMETERS.items():
        if row.kind is not Kind.TRIGGER:
            assert row.check(held(address)) == held(address)
