"""The page's server against connections that are silent, slow, many, or gone."""

import contextlib
import json
import logging
import re
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Final

import pytest

from installation.control.page.service import OperatorPage
from installation.control.page.sources import Sources
from installation.desk import Desk
from installation.status import ShowStatus
from s2s.serving.protocol import MAX_CONNECTIONS, BoundedProtocol
from tests.waiting import wait_until

BODY = b'{"value": 5}'
PUT = b"PUT /api/parameters/audio/gain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\n"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def serve(desk: Desk, host: str = "127.0.0.1") -> OperatorPage:
    page = OperatorPage(Sources(desk, ShowStatus, lambda: None, list), host=host, port=0)
    page.start()
    assert wait_until(lambda: page._web.server is not None and page._web.server.started, within_s=60)
    return page


@pytest.fixture
def page(desk: Desk) -> Iterator[OperatorPage]:
    with closing(serve(desk)) as page:
        yield page


def connect(page: OperatorPage) -> socket.socket:
    return socket.create_connection(("127.0.0.1", page.port), timeout=30)


def is_served(page: OperatorPage) -> bool:
    with urllib.request.urlopen(page.url + "api/status", timeout=30) as answer:
        return bool(json.loads(answer.read())["condition"] == "ok")


def test_silent_connections_do_not_keep_the_others_out(page: OperatorPage) -> None:
    with ExitStack() as held:
        for _ in range(2 * MAX_CONNECTIONS):
            held.enter_context(connect(page))
        for _ in range(10):
            assert is_served(page)
        assert page._web.server is not None
        assert wait_until(lambda: page._web.server is not None and len(page._web.server.server_state.connections) <= 64)


@pytest.mark.parametrize(
    ("said", "dribbled"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: loc", b"a"),
        (PUT, b""),
        (PUT, b" "),
        (b"GET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n", b""),
    ],
    ids=["silent", "headers letter by letter", "no body", "a body letter by letter", "idle after an answer"],
)
def test_whoever_does_not_finish_a_request_in_time_is_hung_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, said: bytes, dribbled: bytes
) -> None:
    monkeypatch.setattr(BoundedProtocol, "patience_s", 1.0)
    with closing(serve(desk)) as page, connect(page) as client:
        client.sendall(said)
        client.settimeout(0.2)
        ends_at = time.monotonic() + 30

        def is_hung_up() -> bool:
            try:
                client.sendall(dribbled)
                return client.recv(65_536) == b""
            except TimeoutError:
                return False
            except OSError:
                return True

        assert wait_until(is_hung_up, within_s=ends_at - time.monotonic())
        assert is_served(page)


def test_a_client_that_hangs_up_within_its_body_costs_no_line(
    page: OperatorPage, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        with connect(page) as client:
            client.sendall(PUT + BODY[:5])
            time.sleep(0.05)
    with connect(page) as client:
        client.sendall(PUT + BODY)
        assert client.recv(65_536).startswith(b"HTTP/1.1 200")
    assert desk.get("/audio/gain") == 5.0
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


CHUNKED: Final = b"Host: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
NONSENSE: Final = b"zz\r\n"


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        ([b"GET /api/status HTTP/1.1\r\n" + CHUNKED + NONSENSE], [400]),
        ([b"GET /api/status HTTP/1.1\r\n" + CHUNKED, NONSENSE], [200]),
        ([b"HEAD /api/status HTTP/1.1\r\n" + CHUNKED + NONSENSE], [400]),
        ([b"TRACE /api/status HTTP/1.1\r\n" + CHUNKED + NONSENSE], [400]),
        ([b"GET /api/status HTTP/1.0\r\n" + CHUNKED, NONSENSE], [200]),
        ([b"PUT /api/parameters/audio/gain HTTP/1.1\r\n" + CHUNKED, NONSENSE], [400]),
        ([b"PUT /api/parameters/audio/gain HTTP/1.1\r\nExpect: 100-continue\r\n" + CHUNKED, NONSENSE], [100, 400]),
        ([b"GET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n", NONSENSE + b"\r\n"], [200, 400]),
    ],
    ids=[
        "within it",
        "after its answer",
        "of HEAD",
        "of no method",
        "of HTTP 1.0",
        "within its body",
        "expected",
        "as a second",
    ],
)
def test_nonsense_behind_a_request_is_answered_or_hung_up_and_costs_no_line(
    page: OperatorPage, caplog: pytest.LogCaptureFixture, said: list[bytes], answers: list[int]
) -> None:
    told = b""
    # Whoever hangs up before it has read all that was said to it resets the connection: that is hanging up, too.
    with connect(page) as client, contextlib.suppress(ConnectionResetError, BrokenPipeError):
        for piece in said:
            client.sendall(piece)
            if piece is not said[-1] and answers[0] != 400:
                told += client.recv(65_536)
        while piece := client.recv(65_536):
            told += piece
    assert [int(number) for number in re.findall(rb"HTTP/1\.1 (\d{3}) ", told)] == answers
    assert is_served(page) and page.status().refused == 0
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_strangers_nonsense_is_gathered_into_a_line_now_and_then(
    page: OperatorPage, caplog: pytest.LogCaptureFixture
) -> None:
    for nonsense in (
        b"\x16\x03\x01\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ):
        for _ in range(20):
            with connect(page) as client:
                client.sendall(nonsense)
                assert client.recv(65_536)
    for now in range(3):
        page.poll(float(now))
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert lines == ["the page refused 20, the last: this page is not called 'evil.example'"]
