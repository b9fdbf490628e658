"""`/api/live` on a real socket: several pages agree, slow and hostile ones cost nobody anything."""

import json
import logging
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from installation.control.page.service import OperatorPage
from installation.desk import Desk
from installation.events import Event
from installation.parameters import DEEDS, PARAMETERS
from installation.values import Features
from tests.installation.control.live_page import LivePage, Turns, live, served, sources_of
from tests.waiting import wait_until

GAIN = "/audio/gain"
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)


class StillWall:
    """A wall on which one picture is; remembers what it was asked for."""

    serial = 0
    jpeg = b"\xff\xd8 the wall"

    def __init__(self) -> None:
        self.asked: list[float] = []

    @property
    def newest(self) -> "StillWall | None":
        if self.asked and self.asked[-1] > 0.0:
            self.serial += 1
        return self if self.serial else None

    def ask(self, fps: float) -> None:
        self.asked.append(fps)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def wall() -> StillWall:
    return StillWall()


@pytest.fixture
def page(desk: Desk, wall: StillWall) -> Iterator[OperatorPage]:
    features = Features(bass=0.25, level_db=-20.04, heard_at=1.0, tempo_bpm=120.0)
    with served(
        sources_of(desk, wall=wall, features=lambda: features, events=lambda: [Event("sound: gone", 1.0)])
    ) as page:
        yield page


def test_a_page_is_greeted_with_everything_that_there_is(desk: Desk, page: OperatorPage) -> None:
    desk.post(GAIN, -6.0, "test")
    with live(page.port) as one:
        hello = json.loads(one.connection.recv())  # before anything else

    assert (hello["type"], hello["version"], hello["access"], hello["token"]) == ("hello", 1, "full", False)
    assert [row["address"] for row in hello["parameters"]] == list(PARAMETERS)
    assert next(row["value"] for row in hello["parameters"] if row["address"] == GAIN) == -6.0
    assert hello["presets"] == [{"name": "gallery", "description": "", "thumbnail": None, "from": "shipped"}]
    assert hello["deeds"] == sorted(DEEDS) and hello["product"].startswith("sound-to-scene ")


def test_a_page_is_told_what_is_heard_how_the_show_is_and_what_happened(page: OperatorPage) -> None:
    with live(page.port) as one:
        meters = one.hear("meters")
        assert (meters["level_db"], meters["bass"], meters["bpm"], meters["gate_open"]) == (-20.0, 0.25, 120.0, True)
        assert one.hear("status")["status"]["condition"] == "ok"
    with live(page.port) as one:
        (event,) = one.hear("events")["events"]
        assert event["what"] == "sound: gone" and event["since_s_ago"] > 0.0 and event["over"] is False


def test_what_one_page_sets_all_are_told_also_the_one_that_set_it(desk: Desk, page: OperatorPage) -> None:
    with live(page.port) as one, live(page.port) as other:
        one.set(GAIN, -3.5)
        one.hear_value(GAIN, -3.5)
        other.hear_value(GAIN, -3.5)
        assert desk.get(GAIN) == -3.5


def test_what_another_surface_sets_the_pages_are_told(desk: Desk, page: OperatorPage) -> None:
    with live(page.port) as one:
        one.hear("hello")
        desk.post(GAIN, 5.0, "osc")
        Turns(desk).tick()
        one.hear_value(GAIN, 5.0)


def test_a_value_that_is_what_it_was_is_answered_all_the_same(page: OperatorPage) -> None:
    with live(page.port) as one:
        for _ in range(3):
            one.set(GAIN, 1.0).hear_value(GAIN, 1.0)


def test_two_surfaces_that_cross_within_a_turn_leave_no_page_with_a_value_that_is_none(
    desk: Desk, page: OperatorPage
) -> None:
    with live(page.port) as one:
        one.set(GAIN, 7.0).hear_value(GAIN, 7.0)
        desk.post(GAIN, 0.0, "midi")  # what it was before: the desk sees no change
        Turns(desk).tick()
        one.hear_value(GAIN, 0.0)


def test_an_event_of_a_trigger_is_told_when_it_has_happened(desk: Desk, page: OperatorPage) -> None:
    with live(page.port) as one:
        one.set("/audio/tap", True).say(type="ping", t=1)
        one.hear("pong")
        Turns(desk).tick()
        one.hear_value("/audio/tap", True)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"type": "set", "id": 9, "address": "/audio/gian", "value": 1}, "did you mean '/audio/gain'"),
        ({"type": "set", "id": 9, "address": GAIN, "value": "loud"}, "got 'loud'"),
        ({"type": "set", "id": 9, "address": "/show/preset", "value": "../../etc/passwd"}, "'/'"),
        ({"type": "set", "id": 9, "address": "/show/preset", "value": "x" * 300}, "100 letters"),
        ({"type": "set", "id": 9, "address": "/show/preset", "value": "\ud800"}, "surrogates"),
        ({"type": "set", "id": 9, "value": 1}, "address"),
        ({"type": "dance", "id": 9}, "set, picture or ping"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_by_its_number(
    desk: Desk, page: OperatorPage, message: dict[str, object], words: str
) -> None:
    with live(page.port) as one:
        one.say(**message)
        refused = one.hear("refused")
        assert words in refused["error"] and refused["error"].isprintable()
        assert refused["id"] in (9, None)
        one.set(GAIN, 2.0).hear_value(GAIN, 2.0)
    assert page.status().refused == 1


def test_a_ping_comes_back(page: OperatorPage) -> None:
    with live(page.port) as one:
        one.say(type="ping", t=12.5)
        assert one.hear("pong")["t"] == 12.5


def test_pictures_come_to_those_who_ask_and_none_are_taken_for_the_others(page: OperatorPage, wall: StillWall) -> None:
    with live(page.port) as one, live(page.port) as other:
        other.hear("status")
        assert not wall.asked or wall.asked[-1] == 0.0
        one.say(type="picture", fps=8)
        assert one.hear("picture") == wall.jpeg
        assert wall.asked[-1] == 8.0
        one.say(type="picture", fps=0)
        assert wait_until(lambda: wall.asked[-1] == 0.0)
        one.say(type="picture", fps=4)
        assert wait_until(lambda: wall.asked[-1] == 4.0)
    assert wait_until(lambda: wall.asked[-1] == 0.0)  # who has gone looks at nothing


def test_a_flood_of_sets_ends_with_the_newest_and_costs_one_remark(desk: Desk, page: OperatorPage) -> None:
    with live(page.port) as one:
        for number in range(1500):
            one.set(GAIN, round(-60 + number * 0.05, 2))
        one.set(GAIN, 12.0)
        one.hear_value(GAIN, 12.0)
    assert desk.get(GAIN) == 12.0 and page.status().refused <= 1


def is_closed(one: LivePage) -> bool:
    try:
        while True:
            one.connection.recv(timeout=30)
    except ConnectionClosed:
        return True


@pytest.mark.parametrize(
    "flood",
    [
        ["x" * 5_000],  # longer than a message may be
        [b"\x00" * 5_000],
        ["nonsense"] * 200,
        ['{"type":"ping"}'] * 20_000,
        [["{", *[""] * 500, "}"]],  # one message in very many pieces
    ],
    ids=["long", "long bytes", "nonsense", "pings", "pieces"],
)
def test_whoever_does_harm_is_hung_up_and_the_others_notice_nothing(
    page: OperatorPage, flood: list[str | bytes | list[str]]
) -> None:
    with live(page.port) as other:
        with live(page.port) as one:
            try:
                for message in flood:
                    one.connection.send(message)
            except ConnectionClosed:
                pass
            assert is_closed(one)
        other.set(GAIN, 3.0).hear_value(GAIN, 3.0)


def test_a_page_that_reads_nothing_holds_no_memory_and_the_others_go_on(desk: Desk, page: OperatorPage) -> None:
    with live(page.port) as other, socket.create_connection(("127.0.0.1", page.port)) as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.sendall(f"GET /api/live HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}\r\n".encode())
        assert wait_until(lambda: page.status().connected == 2)
        for number in range(40):
            other.set(GAIN, number / 10.0).hear_value(GAIN, number / 10.0)
        assert page._hub is not None
        assert all(len(client.outbox._values) <= len(PARAMETERS) for client in page._hub._clients)


def test_whoever_hangs_up_at_once_costs_no_line(page: OperatorPage, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", page.port), timeout=30) as client:
            client.sendall(f"GET /api/live HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}\r\n".encode())
    with live(page.port) as one:
        one.hear("hello")
    assert wait_until(lambda: page.status().connected == 0)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_whoever_does_harm_is_told_why(page: OperatorPage) -> None:
    with live(page.port) as one:
        for _ in range(101):
            one.connection.send("nonsense")
        with pytest.raises(ConnectionClosed) as ended:
            one.hear("nothing")
    assert ended.value.rcvd is not None and ended.value.rcvd.code == 1008


def test_those_who_only_look_keep_no_operator_out(page: OperatorPage) -> None:
    with ExitStack() as held:
        for _ in range(8):
            held.enter_context(live(page.port, "/api/live?view=read"))
        with pytest.raises(InvalidStatus), live(page.port, "/api/live?view=read"):
            pass
        for _ in range(16):
            held.enter_context(live(page.port)).hear("hello")


def test_no_more_pages_are_let_in_than_there_is_room_for(page: OperatorPage) -> None:
    with ExitStack() as held:
        for _ in range(16):
            held.enter_context(live(page.port))
        with pytest.raises(InvalidStatus) as refused, live(page.port):
            pass
        assert refused.value.response.status_code == 503
        assert refused.value.response.headers["Retry-After"] == "10"
    assert wait_until(lambda: page.status().connected == 0)
    with live(page.port) as one:
        one.hear("hello")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Host": "evil.example"}, 400),
    ],
)
def test_a_foreign_site_opens_no_socket(page: OperatorPage, headers: dict[str, str], status: int) -> None:
    with socket.create_connection(("127.0.0.1", page.port), timeout=30) as client:
        given = {"Host": f"127.0.0.1:{page.port}", **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        client.sendall(f"GET /api/live HTTP/1.1\r\n{lines}{UPGRADE}\r\n".encode())
        assert client.recv(65_536).startswith(f"HTTP/1.1 {status}".encode())


def test_the_picture_of_the_wall_is_there_for_a_single_request_too(page: OperatorPage, wall: StillWall) -> None:
    with urllib.request.urlopen(page.url + "api/picture.jpg", timeout=30) as answer:
        assert answer.read() == wall.jpeg
    assert wait_until(lambda: wall.asked[-1] == 0.0)


def test_without_a_wall_the_generated_picture_is_served(desk: Desk) -> None:
    with (
        served(sources_of(desk)) as page,
        urllib.request.urlopen(page.url + "api/picture.jpg", timeout=30) as answer,
    ):
        assert answer.read() == b"generated"
