import itertools
import logging
import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest

from installation.control.osc.control import OscControl
from installation.control.osc.echo import MAX_SUBSCRIBERS
from installation.control.osc.messages import read_packet, write_message
from installation.desk import Desk
from installation.parameter import Kind
from installation.parameters import PARAMETERS
from installation.values import Features, ParameterValue
from tests.waiting import wait_until

VALUES = {address: row.default for address, row in PARAMETERS.items() if row.kind is not Kind.TRIGGER}


class Peer:
    """A program that speaks OSC with the show."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(10)
        self.socket.connect(("127.0.0.1", port))
        self.port = int(self.socket.getsockname()[1])

    def say(self, address: str, *values: ParameterValue | None) -> None:
        empty = address.encode() + bytes(4 - len(address) % 4)
        given = [value for value in values if value is not None]
        self.socket.send(write_message(address, *given) if given else empty)

    def hear(self) -> tuple[str, object]:
        """Return address and first argument of the next message."""
        return heard(self.socket.recv(9000))


def heard(packet: bytes) -> tuple[str, object]:
    (((_, message)),) = read_packet(packet).messages
    return message.address, message.arguments[0] if message.arguments else None


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
def connect(control: OscControl) -> Iterator[Callable[[], Peer]]:
    peers: list[Peer] = []

    def make() -> Peer:
        peers.append(Peer(control.port))
        return peers[-1]

    yield make
    for peer in peers:
        peer.socket.close()


def test_a_value_that_arrives_is_set(desk: Desk, connect: Callable[[], Peer]) -> None:
    connect().say("/audio/gain", -6.0)

    assert wait_until(lambda: desk.get("/audio/gain") == -6.0)


@pytest.mark.parametrize(
    ("address", "sent", "held"),
    [
        ("/latent/glide", 12, 12.0),
        ("/latent/hold", 1.0, True),
        ("/show/hud", True, True),
        ("/show/blackout", 1, True),
        ("/render/feedback", 0.97, 0.97),
        ("/show/preset", "rehearsal", "rehearsal"),
        ("/audio/gain", "-6", -6.0),
        ("/audio/gain", 100.0, 24.0),
        ("/audio/gain/", -1, -1.0),
        ("/latent/hold", 127, True),
        ("/latent/hold", "on", True),
    ],
)
def test_every_kind_of_parameter_takes_what_senders_send(
    desk: Desk, connect: Callable[[], Peer], address: str, sent: ParameterValue, held: ParameterValue
) -> None:
    connect().say(address, sent)

    assert wait_until(lambda: desk.get(address.rstrip("/")) == held)


def test_an_address_alone_is_answered_with_its_value(desk: Desk, connect: Callable[[], Peer]) -> None:
    desk.post("/latent/blend", 0.4, "test")
    peer = connect()
    peer.say("/latent/blend")

    assert peer.hear() == ("/latent/blend", 0.4)


def test_every_parameter_that_holds_a_value_can_be_asked_for(connect: Callable[[], Peer]) -> None:
    peer = connect()
    for address, row in PARAMETERS.items():
        if row.kind is Kind.TRIGGER:  # the message alone is the event
            continue
        peer.say(address)
        assert peer.hear() == (address, row.default)


def test_a_subscriber_hears_how_everything_stands_and_then_what_anyone_sets(
    desk: Desk, control: OscControl, connect: Callable[[], Peer]
) -> None:
    listener, other = connect(), connect()
    other.say("/subscribe", listener.port)
    state = [listener.hear() for _ in VALUES]
    assert sorted(state) == sorted(VALUES.items())
    assert control.status().subscribers == 1

    desk.post("/render/hue", 90.0, "midi")
    desk.tick(0.0, Features())
    assert listener.hear() == ("/render/hue", 90.0)

    other.say("/latent/blend", 0.25)
    assert wait_until(lambda: desk.get("/latent/blend") == 0.25)
    desk.tick(0.1, Features())
    assert listener.hear() == ("/latent/blend", 0.25)


def test_who_names_no_port_is_told_where_it_asks_from(connect: Callable[[], Peer]) -> None:
    peer = connect()
    peer.say("/subscribe")

    assert sorted(peer.hear() for _ in VALUES) == sorted(VALUES.items())


def test_a_subscription_may_be_for_some(desk: Desk, connect: Callable[[], Peer]) -> None:
    peer = connect()
    peer.say("/subscribe", peer.port, "/latent/{blend,edit}")
    assert sorted([peer.hear(), peer.hear()]) == [("/latent/blend", 0.0), ("/latent/edit", 0.0)]

    desk.post("/render/hue", 90.0, "test")
    desk.post("/latent/edit", 1.0, "test")
    desk.tick(0.0, Features())
    assert peer.hear() == ("/latent/edit", 1.0)


def test_a_subscriber_that_takes_its_leave_hears_no_more(
    desk: Desk, control: OscControl, connect: Callable[[], Peer]
) -> None:
    leaving, staying = connect(), connect()
    for peer in (leaving, staying):
        peer.say("/subscribe", peer.port, "/audio/gain")
        assert peer.hear() == ("/audio/gain", 0.0)
    leaving.say("/unsubscribe", leaving.port)
    assert wait_until(lambda: control.status().subscribers == 1)

    desk.post("/audio/gain", 1.0, "test")
    desk.tick(0.0, Features())
    assert staying.hear() == ("/audio/gain", 1.0)
    leaving.socket.settimeout(0.1)
    with pytest.raises(TimeoutError):
        leaving.hear()


def test_a_ping_is_answered(connect: Callable[[], Peer]) -> None:
    peer = connect()
    peer.say("/ping")

    assert peer.hear() == ("/pong", None)


def test_a_pattern_sets_all_that_take_the_value(desk: Desk, connect: Callable[[], Peer]) -> None:
    peer = connect()
    peer.say("/render/{bloom,grain,between}", 0.75)
    assert wait_until(lambda: desk.get("/render/grain") == 0.75)

    assert desk.get("/render/bloom") == 0.75
    assert desk.get("/render/between") == "fade"


def test_a_pattern_that_asks_is_answered_for_all_and_pulls_no_trigger(desk: Desk, connect: Callable[[], Peer]) -> None:
    told: list[str] = []
    desk.watch(lambda address, *_: told.append(address))
    peer = connect()
    peer.say("/*/*")

    assert [peer.hear() for _ in VALUES] == list(VALUES.items())
    desk.tick(0.0, Features())
    assert told == []


@pytest.mark.parametrize("argument", [None, True, 0, 7.5, "now"])
def test_a_trigger_takes_any_argument(desk: Desk, connect: Callable[[], Peer], argument: ParameterValue | None) -> None:
    told: list[str] = []
    desk.watch(lambda address, *_: told.append(address))
    connect().say("/audio/tap", argument)

    def tapped() -> bool:
        desk.tick(0.0, Features())
        return told == ["/audio/tap"]

    assert wait_until(tapped)


def bundle(unix_s: float, *messages: bytes) -> bytes:
    time_tag = round((unix_s + 2_208_988_800) * 2**32)
    return (
        b"#bundle\0" + struct.pack(">Q", time_tag) + b"".join(struct.pack(">i", len(each)) + each for each in messages)
    )


def test_a_bundle_for_later_waits_and_those_of_the_past_do_not(desk: Desk) -> None:
    now_s = 1_800_000_000.0
    control = OscControl(desk, 0, unix_time_s=lambda: now_s)
    control.start()
    peer = Peer(control.port)
    try:
        peer.socket.send(bundle(now_s + 0.3, write_message("/audio/gain", 2.0)))
        assert wait_until(lambda: control.status().waiting == 1)
        peer.socket.send(bundle(now_s - 5.0, write_message("/audio/gain", 1.0)))
        assert wait_until(lambda: desk.get("/audio/gain") == 1.0)
        assert wait_until(lambda: desk.get("/audio/gain") == 2.0)
        assert control.status().waiting == 0

        peer.socket.send(bundle(now_s + 3600.0, write_message("/audio/gain", 3.0)))
        assert wait_until(lambda: control.status().refused == 1)
        assert "do both clocks agree?" in control.status().last_refusal
    finally:
        peer.socket.close()
        control.close()


def test_subscribers_without_end_are_a_line_now_and_then(
    control: OscControl, connect: Callable[[], Peer], caplog: pytest.LogCaptureFixture
) -> None:
    peer = connect()
    for port in range(20_001, 20_031):
        peer.say("/subscribe", port, "/audio/gain")  # of all, the state told to thirty would be another refusal
    assert wait_until(lambda: control.status().refused == 30 - MAX_SUBSCRIBERS)
    for turn in range(300):  # five seconds of the show
        control.poll(turn / 60)

    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    words = f"to tell 127.0.0.1:{20_030 - MAX_SUBSCRIBERS} any more: there are {MAX_SUBSCRIBERS} subscribers"
    assert lines == [f"OSC refused {30 - MAX_SUBSCRIBERS}, the last: {words}"]


@pytest.mark.parametrize("name", ["x" * 300, "x" * 7000, "../../etc/passwd", "a\nb"])
def test_a_text_that_is_no_name_is_refused_in_a_short_line(
    desk: Desk, control: OscControl, connect: Callable[[], Peer], name: str
) -> None:
    connect().say("/show/preset", name)

    assert wait_until(lambda: control.status().refused == 1)
    assert "/show/preset takes up to 100 letters" in str(control.status().last_refusal)
    assert desk.get("/show/preset") == ""


@pytest.mark.parametrize(
    ("address", "value", "words"),
    [
        ("/audio/gian", 1.0, "did you mean '/audio/gain'?"),
        ("/show/version", 11, "/show/version takes 0..10, got 11"),
        ("/audio/gain", float("nan"), "got nan"),
        ("/audio/gain", "loud", "got 'loud'"),
        ("/latent/hold", "maybe", "/latent/hold takes true or false, got 'maybe'"),
        ("/latnet/*", 0.5, "there is no parameter '/latnet/*'"),
        ("/latent/{a", 0.5, "has a { without its end"),
        ("/render/fit", "stretch", "crop | fit"),
        ("/subscribe", 0, "1..65535"),
        ("/subscribe", "me", "1..65535"),
        ("/subscribe", True, "1..65535"),
        ("/subscribe", "/latnet/*", "there is no parameter '/latnet/*'"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    control: OscControl, connect: Callable[[], Peer], address: str, value: ParameterValue | None, words: str
) -> None:
    connect().say(address, value)

    assert wait_until(lambda: control.status().refused == 1)
    assert words in str(control.status().last_refusal)


def test_two_values_for_one_parameter_are_refused(control: OscControl, connect: Callable[[], Peer]) -> None:
    connect().socket.send(b"/audio/gain\0,ff\0" + bytes(8))

    assert wait_until(lambda: control.status().last_refusal == "/audio/gain takes one value, got 2")


def test_after_garbage_and_oversize_it_still_listens(
    desk: Desk, control: OscControl, connect: Callable[[], Peer]
) -> None:
    peer = connect()
    rubbish = [b"", b"\xff" * 100, b"#bundle\0" + bytes(8) + b"\xff\xff\xff\xfc", b"/a" + b"b" * 60_000]
    for packet in rubbish:
        peer.socket.send(packet)
    peer.say("/audio/gain", 3.0)

    assert wait_until(lambda: desk.get("/audio/gain") == 3.0)
    assert control.status().refused == len(rubbish)


def test_under_a_flood_it_rests_and_then_listens_again(
    desk: Desk, control: OscControl, connect: Callable[[], Peer]
) -> None:
    peer = connect()
    for step in range(3000):
        peer.say("/latent/blend", str(step / 3000))  # of numbers all but the newest would be passed over
    assert wait_until(lambda: control.status().rests != 0)

    def heard_after_all() -> bool:
        peer.say("/audio/gain", 3.0)
        return desk.get("/audio/gain") == 3.0

    assert wait_until(heard_after_all)


def test_a_taken_port_is_said_once_and_got_when_it_is_free(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as squatter:
        squatter.bind(("127.0.0.1", 0))
        port = int(squatter.getsockname()[1])
        control = OscControl(desk, port)
        control.start()
        for second in range(20):
            control.poll(float(second))
        assert control.status().port == port
        assert f"cannot receive OSC at 127.0.0.1:{port}: Address already in use" in str(control.status().problem)
        assert sum("cannot receive" in record.getMessage() for record in caplog.records) == 1

    seconds = itertools.count(23)

    def is_there() -> bool:
        control.poll(float(next(seconds)))  # the last attempt may be on its way still
        return control.status().problem == ""

    try:
        assert wait_until(is_there)
        peer = Peer(port)
        peer.say("/audio/gain", 2.0)
        peer.socket.close()
        assert wait_until(lambda: desk.get("/audio/gain") == 2.0)
    finally:
        control.close()


def test_an_address_that_is_no_address_of_this_machine_does_not_stop_the_show(desk: Desk) -> None:
    control = OscControl(desk, 0, host="203.0.113.7")
    control.start()
    control.poll(0.0)

    assert "203.0.113.7" in str(control.status().problem)
    control.close()


def test_beyond_this_machine_it_listens_with_one_warning(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    control = OscControl(desk, 0, host="0.0.0.0")
    control.start()
    for second in range(20):
        control.poll(float(second))
    control.close()

    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warnings) == 1 and "OSC at 0.0.0.0: whoever reaches this machine" in warnings[0]


@pytest.mark.parametrize("host", ["no.such.host.invalid", "a" * 70 + ".example", "::1%nowhere"])
def test_a_host_that_is_none_is_said_in_one_line(desk: Desk, caplog: pytest.LogCaptureFixture, host: str) -> None:
    control = OscControl(desk, 9000, host=host)
    control.start()
    control.close()

    assert control.status().problem.startswith(f"cannot receive OSC at {host}:9000: ")
    assert len(caplog.records) == 1


def test_closing_gives_the_port_back(desk: Desk) -> None:
    control = OscControl(desk, 0)
    control.start()
    port = control.port
    control.close()
    control.poll(time.monotonic())

    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as successor:
            successor.bind(("127.0.0.1", port))
