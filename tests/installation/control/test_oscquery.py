"""OSCQuery as its clients meet it: over real sockets, by a walker that knows only the proposal."""

import json
import logging
import socket
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from unittest.mock import patch

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

import run_show
from installation.control.discovery import local_name, own_name
from installation.control.osc.control import OscControl
from installation.control.oscquery.listeners import MAX_CLIENTS
from installation.control.oscquery.service import OscQuery
from installation.control.page.page_token import PageToken
from installation.desk import Desk
from installation.values import Features
from s2s.serving.keys import View
from tests.oscquery_walker import WRITABLE, Walker, ends_of, near, packet
from tests.waiting import wait_until


class Room:
    """A desk with OSC and OSCQuery before it; time passes when it is told to."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, token: PageToken | None = None) -> None:
        self.desk = Desk()
        self.osc = OscControl(self.desk, 0)
        self.osc.start()
        self.presets: Sequence[str] = ("dawn", "dusk")
        where = lambda: ("127.0.0.1", self.osc.port)  # noqa: E731
        self.query = OscQuery(
            self.desk,
            osc=where,
            presets=lambda: self.presets,
            models=lambda: ["default"],
            host=host,
            port=port,
            token=token,
        )
        with patch("installation.control.web_thread._HEAD_START_S", 0.0):  # there is no first picture to wait for
            self.query.start()
            assert wait_until(lambda: self.query._web.server is not None and self.query._web.server.started)
        self._now = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.query.port}"

    def tick(self) -> None:
        """One turn of the show."""
        self._now += 0.02
        self.desk.tick(self._now, Features())

    def close(self) -> None:
        self.query.close()
        self.osc.close()


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with closing(Room()) as room:
        yield room


@pytest.fixture
def walker(room: Room) -> Iterator[Walker]:
    with Walker(room.url) as walker:
        yield walker


def test_everything_that_can_be_set_takes_its_ends_over_osc_and_over_the_socket(walker: Walker) -> None:
    settable = [node for node in walker.methods() if node["ACCESS"] & WRITABLE]
    ends = [(node["FULL_PATH"], tag, value) for node in settable for tag, value in ends_of(node)]
    assert len(settable) > 50 and len(ends) > 80
    for path, tag, value in ends:
        walker.set_over_udp(path, tag, value)
    for path, tag, value in reversed(ends):
        walker.set_over_socket(path, tag, value)


def test_what_lies_beyond_the_ends_is_clipped_as_the_nodes_say(walker: Walker) -> None:
    clipping = [node for node in walker.methods() if node.get("CLIPMODE") == ["both"]]
    assert len(clipping) > 30
    for node in clipping:
        (limits,) = node["RANGE"]
        for sent, taken in ((limits["MAX"] + 1, limits["MAX"]), (limits["MIN"] - 1, limits["MIN"])):
            walker.send(packet(node["FULL_PATH"], node["TYPE"], sent))
            assert wait_until(lambda: near(walker.value(node["FULL_PATH"]), taken)), node  # noqa: B023


def test_a_pattern_sets_all_that_it_means(room: Room, walker: Walker) -> None:
    walker.send(packet("/show/{freeze,blackout}", "T", True))
    assert wait_until(lambda: room.desk.get("/show/freeze") is True and room.desk.get("/show/blackout") is True)


def test_the_nodes_answer_as_the_proposal_says(walker: Walker) -> None:
    assert walker.ask("/nowhere")[0] == 404
    assert walker.ask("/audio/gain?COLOUR")[0] == 400
    assert walker.ask("/audio?VALUE") == (204, b"")  # a container has none
    assert walker.ask("/audio/tap?VALUE") == (204, b"")  # nor has a trigger
    assert walker.ask("/show/save?RANGE") == (204, b"")
    assert walker.get("/audio/gain?RANGE") == {"RANGE": [{"MIN": -60.0, "MAX": 24.0}]}
    assert walker.get("/nowhere?HOST_INFO") == walker.host_info
    assert b"did you mean '/audio/gain'" in walker.ask("/audio/gian")[1]


def test_who_listens_hears_the_value_of_now_and_every_change_until_told_to_ignore(room: Room, walker: Walker) -> None:
    walker.set_over_socket("/latent/glide", "f", 2.0)
    room.tick()
    walker.command("LISTEN", "/latent/glide")
    assert walker.receive() == ("/latent/glide", 2.0)

    room.desk.post("/latent/glide", 7.0, "midi")
    room.desk.post("/latent/drift", 0.5, "midi")  # nobody listens to that
    room.tick()
    assert walker.receive() == ("/latent/glide", 7.0)

    walker.command("IGNORE", "/latent/glide")
    walker.command("LISTEN", "/show/freeze")
    assert walker.receive()[0] == "/show/freeze"
    room.desk.post("/latent/glide", 8.0, "midi")
    room.desk.post("/show/freeze", not room.desk.get("/show/freeze"), "midi")
    room.tick()
    assert walker.receive()[0] == "/show/freeze"


def test_a_trigger_is_heard_as_an_impulse(room: Room, walker: Walker) -> None:
    walker.command("LISTEN", "/audio/tap")
    walker.send(packet("/audio/tap", "I", None))
    assert wait_until(lambda: bool(room.desk._pending_updates))
    room.tick()
    assert walker.receive() == ("/audio/tap", None)


def test_whoever_connects_hears_that_presets_have_come(room: Room, walker: Walker) -> None:
    walker.command("LISTEN", "/audio/gain")
    assert walker.receive()[0] == "/audio/gain"  # it is connected
    room.presets = ("dawn", "dusk", "rain")
    changed = {walker.receive(), walker.receive(), walker.receive()}
    assert changed == {("PATH_CHANGED", f"/show/{name}") for name in ("preset", "a", "b")}
    assert walker.get("/show/preset?RANGE") == {"RANGE": [{"VALS": ["dawn", "dusk", "rain"]}]}


NONSENSE: list[bytes | str] = [
    "no JSON",
    "[]",
    '{"COMMAND": "LISTEN"}',
    '{"COMMAND": "LISTEN", "DATA": "/nowhere"}',
    '{"COMMAND": "LISTEN", "DATA": {"a": 1}}',
    '{"COMMAND": ["LISTEN"], "DATA": "/audio/gain"}',
    '{"COMMAND": "DANCE", "DATA": "/audio/gain"}',
    "[" * 900,
    "x" * 3_000,
    b"",
    b"no OSC",
    b"#bundle\0",
    b"/nowhere\0\0\0\0,f\0\0\0\0\0\0",
    b"/audio/gain\0,s\0\0loud\0\0\0\0",
    b"/audio/gain\0,ff\0\0\0\0\0\0\0\0\0\0\0\0\0",
]


def test_nonsense_is_counted_and_costs_neither_the_connection_nor_a_line_each(
    room: Room, walker: Walker, caplog: pytest.LogCaptureFixture
) -> None:
    before = room.query.status().refused
    for message in NONSENSE:
        walker.send(message)
    assert wait_until(lambda: room.query.status().refused == before + len(NONSENSE))
    walker.set_over_socket("/audio/gain", "f", -12.0)
    for turn in range(100):
        room.query.poll(turn * 0.02)
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) <= 1
    assert "refused" in caplog.text or room.query.status().refused


def test_a_message_that_is_too_long_ends_its_own_connection_alone(room: Room, walker: Walker) -> None:
    with connect(room.url.replace("http", "ws"), compression=None) as other:
        other.send(b"/" + b"x" * 100_000)
        with pytest.raises(ConnectionClosed) as closed:
            other.recv(30)
        assert closed.value.rcvd is None or closed.value.rcvd.code == 1009
    walker.set_over_socket("/audio/gain", "f", -11.0)


def test_a_crowd_does_not_keep_out_the_http_side_and_is_let_in_when_others_leave(room: Room) -> None:
    address = room.url.replace("http", "ws")
    assert wait_until(lambda: room.query.status().clients == 0)
    with ExitStack() as held:
        for _ in range(MAX_CLIENTS):
            held.enter_context(connect(address, compression=None))
        with pytest.raises(InvalidStatus), connect(address, compression=None):
            pass
        assert Walker(room.url).value("/audio/gain") is not None
    assert wait_until(lambda: room.query.status().clients == 0)
    with connect(address, compression=None):
        pass


@pytest.mark.parametrize("host", ["evil.example", "evil.example:9002"])
def test_a_foreign_name_is_turned_away(room: Room, host: str) -> None:
    request = urllib.request.Request(room.url, headers={"Host": host})
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        urllib.request.urlopen(request, timeout=30)
    refused.value.close()


def test_a_foreign_site_opens_no_socket_also_under_the_name_that_was_announced(room: Room) -> None:
    name = local_name(own_name(socket.gethostname()))
    with socket.create_connection(("127.0.0.1", room.query.port), timeout=30) as raw:
        raw.sendall(f"GET /?HOST_INFO HTTP/1.1\r\nHost: {name}:9002\r\nConnection: close\r\n\r\n".encode())
        assert raw.makefile("rb").read().startswith(b"HTTP/1.1 200")
    for headers, host in (({"Origin": "http://evil.example"}, "127.0.0.1"), ({"Origin": f"http://{name}"}, name)):
        with ExitStack() as opened:
            raw = opened.enter_context(socket.create_connection(("127.0.0.1", room.query.port), timeout=30))
            opened.enter_context(pytest.raises(InvalidStatus))
            opened.enter_context(connect(f"ws://{host}/", sock=raw, additional_headers=headers, compression=None))


def test_away_from_loopback_the_page_s_token_is_asked_for_and_no_log_has_it(caplog: pytest.LogCaptureFixture) -> None:
    view = View.TOKEN
    token = PageToken(None, lambda: view)
    full, read = token.keys.tokens.full, token.keys.tokens.read
    with closing(Room(host="0.0.0.0", token=token)) as room:
        address = room.url.replace("http", "ws")
        with pytest.raises(urllib.error.HTTPError, match="401") as refused:
            urllib.request.urlopen(room.url, timeout=30)
        refused.value.close()
        with pytest.raises(InvalidStatus), connect(address, compression=None):
            pass
        with urllib.request.urlopen(f"{room.url}/audio/gain?VALUE&token={full}", timeout=30) as answer:
            assert json.loads(answer.read()) == {"VALUE": [0.0]}
        with connect(f"{address}/?token={read}", compression=None) as looks:
            looks.send(packet("/audio/gain", "f", -9.0))
            assert wait_until(lambda: "only looks" in room.query.status().last_refusal)
            assert room.desk.get("/audio/gain") == 0.0
        with connect(f"{address}/?token={full}", compression=None) as opened:
            opened.send(json.dumps({"COMMAND": "LISTEN", "DATA": "/audio/gain"}))
            assert opened.recv(30) == packet("/audio/gain", "f", 0.0)
            token.renew()
            opened.send(packet("/audio/gain", "f", -9.0))
            opened.send(json.dumps({"COMMAND": "LISTEN", "DATA": "/audio/mix"}))
            with pytest.raises(ConnectionClosed):
                opened.recv(30)
            assert room.desk.get("/audio/gain") == 0.0
    assert "reached from the network" in caplog.text and full not in caplog.text and read not in caplog.text


def test_a_taken_port_is_said_once_and_got_when_it_is_free(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        query = OscQuery(Desk(), osc=lambda: ("127.0.0.1", 9000), port=int(squatter.getsockname()[1]))
        query.start()
        for second in range(20):
            query.poll(float(second))
        assert "cannot serve OSCQuery" in query.status().problem and "trying again" in query.status().problem
        assert len(caplog.records) == 1
    query.poll(23.0)
    try:
        assert query.status().problem == ""
        assert Walker(f"http://127.0.0.1:{query.port}").value("/audio/gain") == 0.0
    finally:
        query.close()
    with socket.create_server(("127.0.0.1", query.port)):
        pass


def test_it_is_there_on_loopback_unless_told_otherwise() -> None:
    said = run_show.build_parser().parse_args
    assert said([]).oscquery == ("127.0.0.1", 9002)
    assert said(["--oscquery", "0.0.0.0:9100"]).oscquery == ("0.0.0.0", 9100)
    assert said(["--oscquery", "none"]).oscquery is None
