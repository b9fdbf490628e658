"""The inputs of a shader on every surface while it is drawn: OSC, OSCQuery, the page's socket and REST."""

import json
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any
from unittest.mock import patch

import pytest

from installation.control.osc.control import OscControl
from installation.control.osc.messages import ControlMessage, read_message, write_message
from installation.control.oscquery.service import OscQuery
from installation.control.page.service import OperatorPage
from installation.desk import Desk
from installation.isf.header import IsfHeader, IsfInput
from installation.isf.inputs import IsfInputs
from installation.values import Features
from tests.installation.control.live_page import live, served, sources_of
from tests.oscquery_walker import Walker
from tests.waiting import wait_until

AMOUNT, TINT = "/isf/veil/amount", "/isf/veil/tint"
VEIL = IsfHeader(
    (
        IsfInput("amount", "float", 0.25, 0.0, 2.0, label="How much"),
        IsfInput("tint", "color", (1.0, 0.5, 0.0, 1.0), 0.0, 1.0),
        IsfInput("bang", "event", False),
    ),
    filters=True,
)


class Show:
    """A desk that is ticked all the while, whose chain of passes changes when it is told to."""

    def __init__(self) -> None:
        self.inputs, self.desk = IsfInputs({"veil": VEIL}), Desk()
        self.desk.join(self.inputs)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Show":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        now = 0.0
        while not self._ends.wait(0.005):
            now += 0.005
            self.desk.tick(now, Features())

    def draw(self, *names: str) -> None:
        self.inputs.load(names)
        assert wait_until(lambda: (AMOUNT in self.desk.rows) is ("veil" in names))


@pytest.fixture
def show() -> Iterator[Show]:
    with Show() as show:
        yield show


class Hand:
    """An OSC sender that hears."""

    def __init__(self, osc: OscControl) -> None:
        self._socket, self._osc = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), osc
        self._socket.settimeout(30.0)
        self.close = self._socket.close

    def say(self, address: str, *values: float | str) -> None:
        self._socket.sendto(write_message(address, *values), ("127.0.0.1", self._osc.port))

    def hear_until(self, address: str, *values: object) -> ControlMessage:
        while (message := read_message(self._socket.recv(4096))).address != address or message.arguments != values:
            pass
        return message


@pytest.fixture
def hand(show: Show) -> Iterator[Hand]:
    with ExitStack() as stack:
        osc = stack.enter_context(closing(OscControl(show.desk, 0, others=[show.inputs])))
        osc.start()
        yield stack.enter_context(closing(Hand(osc)))


def test_osc_sets_asks_by_pattern_and_subscribes_to_what_comes_later(show: Show, hand: Hand) -> None:
    hand.say("/subscribe")
    hand.hear_until("/audio/gain", 0.0)
    show.draw("veil")
    hand.hear_until(AMOUNT, 0.25)
    hand.say("/isf/*/amount", 1.5)
    hand.hear_until(AMOUNT, 1.5)
    show.desk.post(AMOUNT, 0.5, "page")
    hand.hear_until(AMOUNT, 0.5)


def test_a_colour_is_set_whole_or_number_by_number(show: Show, hand: Hand) -> None:
    show.draw("veil")
    hand.say(TINT, 0.0, 0.25, 0.5, 1.0)
    assert wait_until(lambda: show.desk.get(f"{TINT}/green") == 0.25)
    hand.say(f"{TINT}/blue", 0.75)
    assert wait_until(lambda: show.inputs.get(TINT) == (0.0, 0.25, 0.75, 1.0))
    hand.say(TINT)
    hand.hear_until(TINT, 0.0, 0.25, 0.75, 1.0)


def test_oscquery_lists_moves_and_tells_of_inputs_that_come_and_go(show: Show) -> None:
    with closing(OscQuery(show.desk, osc=lambda: ("127.0.0.1", 1), port=0)) as query:
        with patch("installation.control.web_thread._HEAD_START_S", 0.0):
            query.start()
        assert wait_until(lambda: query.status().problem == "")
        with Walker(f"http://127.0.0.1:{query.port}") as walker:
            assert walker.ask(AMOUNT)[0] == 404
            walker.command("LISTEN", "/audio/gain")
            assert walker.receive() == ("/audio/gain", 0.0)
            show.draw("veil")
            came = {walker.receive() for _ in range(6)}
            assert ("PATH_ADDED", AMOUNT) in came and ("PATH_ADDED", f"{TINT}/red") in came
            node = walker.get(AMOUNT)
            assert (node["TYPE"], node["VALUE"], node["RANGE"]) == ("f", [0.25], [{"MIN": 0.0, "MAX": 2.0}])
            assert "How much" in node["DESCRIPTION"] and walker.get("/isf/veil/bang")["TYPE"] == "I"
            walker.command("LISTEN", AMOUNT)
            assert walker.receive() == (AMOUNT, 0.25)
            walker.set_over_socket(AMOUNT, "f", 2.0)
            walker.wait_for(AMOUNT, 2.0)
            show.draw()
            assert ("PATH_REMOVED", AMOUNT) in {walker.receive() for _ in range(6)}
            assert "isf" not in walker.get("/")["CONTENTS"]


@pytest.fixture
def page(show: Show) -> Iterator[OperatorPage]:
    with served(sources_of(show.desk)) as page:
        yield page


def ask(page: OperatorPage, path: str, method: str = "GET", body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{page.url.rstrip('/')}/api{path}", data, method=method)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def test_a_page_is_told_the_table_when_shaders_come_and_go_and_moves_them(show: Show, page: OperatorPage) -> None:
    with live(page.port) as one:
        assert all(row["address"] != AMOUNT for row in one.hear("hello")["parameters"])
        show.draw("veil")
        table = {row["address"]: row for row in one.hear("parameters")["parameters"]}
        assert (table[AMOUNT]["value"], table[AMOUNT]["high"]) == (0.25, 2.0)
        one.set(AMOUNT, 1.0).hear_value(AMOUNT, 1.0)
        show.draw()
        one.hear("parameters", lambda told: all(row["address"] != AMOUNT for row in told["parameters"]))
        one.set(AMOUNT, 1.0)
        assert "there is no parameter" in one.hear("refused")["error"]


def test_rest_asks_and_sets_them_like_any_other(show: Show, page: OperatorPage) -> None:
    show.draw("veil")
    assert ask(page, f"/parameters{AMOUNT}")["default"] == 0.25
    ask(page, "/parameters", "PUT", {"values": {AMOUNT: 1.5, f"{TINT}/red": 0.5}})
    assert wait_until(lambda: ask(page, f"/parameters{AMOUNT}")["value"] == 1.5)
    assert AMOUNT in {row["address"] for row in ask(page, "/parameters")}
