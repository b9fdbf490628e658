import asyncio
import json
import logging
import socket
import urllib.request
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from installation.control.page import OperatorPage
from installation.control.page_app import Sources, make_app, plain
from installation.desk import Desk
from installation.parameters import PARAMETERS, Kind
from tests.waiting import wait_until

JPEG = b"\xff\xd8 a picture \xff\xd9"


class Client:
    """A browser without a network: asks the application itself."""

    def __init__(self, app: Starlette, base_url: str = "http://localhost") -> None:
        self._app = app
        self._base_url = base_url

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._ask("GET", path))

    def put(self, path: str, **body: Any) -> httpx.Response:
        return asyncio.run(self._ask("PUT", path, **body))

    async def _ask(self, method: str, path: str, **body: Any) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app), base_url=self._base_url) as client:
            return await client.request(method, path, **body)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def client(desk: Desk) -> Client:
    status = {"condition": "ok", "reasons": {}, "display": {"fps": float("nan")}}
    return Client(make_app(Sources(desk, lambda: status, lambda: JPEG, lambda: ["gallery", "rehearsal"])))


def test_the_page_is_one_file_that_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "://" not in page.text and "src=" not in page.text


def test_every_parameter_is_there_with_its_value_and_range(desk: Desk, client: Client) -> None:
    desk.post("/audio/gain", -6.0, "test")
    listed = {row["address"]: row for row in client.get("/api/parameters").json()}

    assert list(listed) == list(PARAMETERS)
    gain = listed["/audio/gain"]
    assert (gain["value"], gain["low"], gain["high"], gain["unit"], gain["kind"]) == (-6.0, -60, 24, "dB", "float")


def test_every_parameter_can_be_set_to_its_default(desk: Desk, client: Client) -> None:
    for address, row in PARAMETERS.items():
        answer = client.put(f"/api/parameters{address}", json={"value": row.default})
        assert answer.status_code == 200, answer.text
        assert row.kind is Kind.TRIGGER or desk.get(address) == row.default


def test_a_value_that_is_put_is_set(desk: Desk, client: Client) -> None:
    assert client.put("/api/parameters/latent/blend", json={"value": 0.5}).status_code == 200
    assert desk.get("/latent/blend") == 0.5


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"value": 99}', "/audio/gain takes -60..24 dB, got 99"),
        (b'{"value": NaN}', "got nan"),
        (b'{"value": "loud"}', "got 'loud'"),
        (b'{"value": null}', "got None"),
        (b'{"valeu": 1}', 'JSON such as {"value": 1}'),
        (b"[1]", 'JSON such as {"value": 1}'),
        (b"", 'JSON such as {"value": 1}'),
        (b"\xff\xfe", 'JSON such as {"value": 1}'),
        (b"[" * 4000, "JSON|nested"),
        (b" " * 100_000, "at most 4096 bytes"),
    ],
)
def test_a_bad_value_is_refused_in_one_line(desk: Desk, client: Client, body: bytes, words: str) -> None:
    answer = client.put("/api/parameters/audio/gain", content=body)

    assert answer.status_code == 400
    assert any(word in answer.json()["error"] for word in words.split("|"))
    assert "\n" not in answer.json()["error"]
    assert desk.get("/audio/gain") == 0.0


def test_an_unknown_parameter_is_refused_with_the_nearest(client: Client) -> None:
    answer = client.put("/api/parameters/audio/gian", json={"value": 1})

    assert answer.status_code == 404
    assert answer.json()["error"] == "there is no parameter '/audio/gian', did you mean '/audio/gain'?"


def test_the_status_is_strict_json(client: Client) -> None:
    assert client.get("/api/status").json() == {"condition": "ok", "reasons": {}, "display": {"fps": None}}


def test_values_of_any_type_become_plain() -> None:
    assert plain({1: (float("inf"), 2.5, None), "path": OSError("no")}) == {"1": [None, 2.5, None], "path": "no"}


def test_the_picture_is_served_fresh(client: Client) -> None:
    picture = client.get("/api/picture.jpg")

    assert (picture.content, picture.headers["content-type"]) == (JPEG, "image/jpeg")
    assert picture.headers["cache-control"] == "no-store"


def test_before_the_first_picture_there_is_no_content(desk: Desk) -> None:
    client = Client(make_app(Sources(desk, dict, lambda: None, list)))

    assert client.get("/api/picture.jpg").status_code == 204


def test_the_presets_are_listed(client: Client) -> None:
    assert client.get("/api/presets").json() == ["gallery", "rehearsal"]


def test_a_foreign_name_for_a_page_on_loopback_is_turned_away(desk: Desk) -> None:
    app = make_app(Sources(desk, dict, lambda: None, list), allowed_hosts=("127.0.0.1", "localhost"))

    assert Client(app, base_url="http://evil.example").get("/api/parameters").status_code == 400
    assert Client(app, base_url="http://localhost:8080").get("/api/parameters").status_code == 200


def make_page(desk: Desk, port: int = 0, host: str = "127.0.0.1") -> OperatorPage:
    return OperatorPage(desk, status=lambda: {"condition": "ok"}, picture=lambda: JPEG, host=host, port=port)


@pytest.fixture
def page(desk: Desk) -> Iterator[OperatorPage]:
    page = make_page(desk)
    page.start()
    yield page
    page.close()


def fetch(page: OperatorPage, path: str, value: object = None) -> bytes:
    body = None if value is None else json.dumps({"value": value}).encode()
    request = urllib.request.Request(page.url + path, data=body, method="GET" if body is None else "PUT")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return bytes(answer.read())


def test_a_real_server_answers_and_gives_its_port_back(
    desk: Desk, page: OperatorPage, caplog: pytest.LogCaptureFixture
) -> None:
    assert json.loads(fetch(page, "api/status")) == {"condition": "ok"}
    fetch(page, "api/parameters/audio/gain", 5)
    assert desk.get("/audio/gain") == 5.0
    page.close()

    with socket.create_server(("127.0.0.1", page.port)):
        pass
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_taken_port_is_said_once_and_got_when_it_is_free(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        page = make_page(desk, int(squatter.getsockname()[1]))
        page.start()
        for second in range(20):
            page.poll(float(second))
        assert f":{page.port}: Address already in use; trying again" in str(page.status()["problem"])
        assert len(caplog.records) == 1

    page.poll(23.0)
    try:
        assert page.status()["problem"] == ""
        assert json.loads(fetch(page, "api/status")) == {"condition": "ok"}
    finally:
        page.close()


def test_a_show_that_ends_at_once_does_not_wait_for_the_web(desk: Desk) -> None:
    page = make_page(desk)
    page.start()
    page.close()

    assert page._server is None


def test_a_server_that_died_is_started_again(desk: Desk, page: OperatorPage) -> None:
    fetch(page, "api/status")
    assert page._server is not None and page._thread is not None
    page._server.should_exit = True
    page._thread.join(10)

    assert wait_until(lambda: page.poll(100.0) or (page._thread is not None and page._thread.is_alive()))
    assert json.loads(fetch(page, "api/status")) == {"condition": "ok"}


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid"])
def test_a_host_that_is_not_ours_does_not_stop_the_show(desk: Desk, host: str) -> None:
    page = make_page(desk, host=host)
    page.start()
    page.poll(0.0)

    assert host in str(page.status()["problem"])
