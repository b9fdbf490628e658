import asyncio
import base64
import hashlib
import json
import logging
import re
import socket
import urllib.request
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp, Message

from installation.control.page.app import Sources, make_app, plain
from installation.control.page.files import FOLDER
from installation.control.page.service import OperatorPage
from installation.desk import Desk
from installation.parameter import Kind
from installation.parameters import PARAMETERS
from installation.status import DisplayStatus, ShowStatus
from s2s.serving.access import Access
from tests.waiting import wait_until

JPEG = b"\xff\xd8 a picture \xff\xd9"


class Client:
    """A browser without a network: asks the application itself."""

    def __init__(self, app: ASGIApp, base_url: str = "http://localhost") -> None:
        self._app = app
        self._base_url = base_url

    def get(self, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self._ask("GET", path, **more))

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
    status = ShowStatus(display=DisplayStatus(fps=float("nan")))
    return Client(make_app(Sources(desk, lambda: status, lambda: JPEG, lambda: ["gallery", "rehearsal"])))


def test_the_page_and_its_files_load_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/")
    wanted = set(re.findall(r'(?:src|href)="/web/([^"]+)"', page.text))
    files = {file.name: client.get(f"/web/{file.name}") for file in FOLDER.iterdir()}

    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert wanted and wanted <= set(files)
    for name, answer in files.items():
        assert answer.status_code == 200, name
        text = answer.text.replace("http://www.w3.org/2000/svg", "")  # a name, not a place
        assert re.findall(r"https?://|@import|url\(", text) == [], name


def test_the_pages_scripts_find_each_other() -> None:
    for script in FOLDER.glob("*.js"):
        for names, other in re.findall(r'import (?:\{([^}]*)\} from )?"\./([^"]+)"', script.read_text("utf-8")):
            text = (FOLDER / other).read_text("utf-8")
            for name in names.split(",") if names else []:
                assert re.search(rf"export (?:async )?(?:const|function|class) {name.strip()}\b", text), (script, name)


def test_no_file_of_the_page_outgrows_one_idea() -> None:
    lines = {file.name: file.read_text("utf-8").splitlines() for file in FOLDER.iterdir()}
    assert {name for name, text in lines.items() if len(text) > 300 or max(map(len, text)) > 120} == set()


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
        (b'{"value": [1, 2]}', "/audio/gain takes -60..24 dB, got [1, 2]"),
        (b'{"value": NaN}', "numbers are finite, got nan"),
        (b'{"value": ' + b"9" * 4000 + b"}", "a number of 4000 letters"),
        (b'{"value": "' + b"x" * 3000 + b'"}', "got 'xxx"),
        (b'{"value": "\\ud800"}', "lone surrogates"),
        (b'{"value": "loud"}', "got 'loud'"),
        (b'{"value": null}', "got None"),
        (b'{"valeu": 1}', 'JSON such as {"value": 1}'),
        (b"[1]", 'JSON such as {"value": 1}'),
        (b"", 'JSON such as {"value": 1}'),
        (b"\xff\xfe", 'JSON such as {"value": 1}'),
        (b"[" * 4000, "JSON|nested"),
        (b" " * 100_000, "more than 4096 bytes"),
    ],
)
def test_a_bad_value_is_refused_in_one_line(desk: Desk, client: Client, body: bytes, words: str) -> None:
    answer = client.put("/api/parameters/audio/gain", content=body)

    assert answer.status_code == 400
    assert any(word in answer.json()["error"] for word in words.split("|"))
    assert answer.json()["error"].isprintable() and len(answer.json()["error"]) < 250
    assert desk.get("/audio/gain") == 0.0


def test_an_unknown_parameter_is_refused_with_the_nearest(client: Client) -> None:
    answer = client.put("/api/parameters/audio/gian", json={"value": 1})

    assert answer.status_code == 404
    assert answer.json()["error"] == "there is no parameter '/audio/gian', did you mean '/audio/gain'?"


def test_the_status_is_strict_json(client: Client) -> None:
    status = client.get("/api/status").json()
    assert (status["condition"], status["reasons"], status["display"]["fps"]) == ("ok", {}, None)


def test_values_of_any_type_become_plain() -> None:
    assert plain({1: (float("inf"), 2.5, None), "path": OSError("no")}) == {"1": [None, 2.5, None], "path": "no"}


def test_the_picture_is_served_fresh(client: Client) -> None:
    picture = client.get("/api/picture.jpg")

    assert (picture.content, picture.headers["content-type"]) == (JPEG, "image/jpeg")
    assert picture.headers["cache-control"] == "no-store"


def test_before_the_first_picture_there_is_no_content(desk: Desk) -> None:
    client = Client(make_app(Sources(desk, ShowStatus, lambda: None, list)))

    assert client.get("/api/picture.jpg").status_code == 204


def test_the_presets_are_listed(client: Client) -> None:
    assert client.get("/api/presets").json() == ["gallery", "rehearsal"]


def test_a_foreign_name_for_a_page_on_loopback_is_turned_away(desk: Desk) -> None:
    app = make_app(Sources(desk, ShowStatus, lambda: None, list))

    assert Client(app, base_url="http://evil.example").get("/api/parameters").status_code == 400
    assert Client(app, base_url="http://localhost:8080").get("/api/parameters").status_code == 200


@pytest.mark.parametrize("text", ["x" * 300, "\ud800", "../../etc/passwd", "a\x00b", "/dev/zero"])
def test_a_text_that_is_no_name_is_refused_and_the_parameters_are_told_as_before(client: Client, text: str) -> None:
    body = json.dumps({"value": text}).encode()

    assert client.put("/api/parameters/show/preset", content=body).status_code == 400
    assert client.get("/api/parameters").status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/status", "/api/picture.jpg", "/nowhere"])
def test_every_answer_allows_the_page_nothing_but_itself_and_no_frame(client: Client, path: str) -> None:
    headers = client.get(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store" and headers["referrer-policy"] == "no-referrer"


def test_nothing_stands_in_the_page_that_its_policy_would_not_let_through(client: Client) -> None:
    page = client.get("/").text

    assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", page) == []


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:9", "https://localhost.evil.example"]
)
def test_a_foreign_site_sets_nothing(desk: Desk, client: Client, origin: str) -> None:
    answer = client.put("/api/parameters/audio/gain", json={"value": 5}, headers={"Origin": origin})

    assert answer.status_code == 403 and "site" in answer.json()["error"]
    assert desk.get("/audio/gain") == 0.0


def test_the_page_itself_and_programs_without_an_origin_set(desk: Desk, client: Client) -> None:
    for headers in ({"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {}):
        assert client.put("/api/parameters/audio/gain", json={"value": 5}, headers=headers).status_code == 200
    crossing = client.put("/api/parameters/audio/gain", json={"value": 5}, headers={"Sec-Fetch-Site": "cross-site"})
    assert crossing.status_code == 403


TOKEN = "a-token-of-this-start"


@pytest.fixture
def wide(desk: Desk) -> Client:
    """The page as the whole network reaches it."""
    app = make_app(Sources(desk, ShowStatus, lambda: None, list), Access("0.0.0.0", TOKEN))
    return Client(app, base_url="http://192.168.1.5:8080")


@pytest.mark.parametrize("path", ["/", "/api/parameters", "/api/status", "/api/picture.jpg"])
@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {}),
        ("?token=", {}),
        ("?token=a-token-of-another", {}),
        ("?token=%FF%D8", {}),
        ("?" + "&".join(f"a{i}=1" for i in range(500)), {}),
        ("", {"Cookie": "show=guess"}),
        ("", {"Cookie": "show"}),
        ("", {"Authorization": "Bearer guess"}),
        ("", {"Authorization": f"Basic {TOKEN}"}),
    ],
)
def test_a_stranger_on_the_network_sees_nothing(wide: Client, path: str, query: str, headers: dict[str, str]) -> None:
    answer = wide.get(path + query, headers=headers)

    assert answer.status_code == 401 and "token" in answer.json()["error"]
    assert "set-cookie" not in answer.headers


def test_a_browser_without_a_token_is_shown_a_door_and_nothing_behind_it(wide: Client) -> None:
    answer = wide.get("/", headers={"Accept": "text/html,*/*;q=0.8"})

    assert answer.status_code == 401 and answer.headers["content-type"].startswith("text/html")
    style = answer.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert {"default-src 'none'", f"style-src 'sha256-{digest}'", "form-action 'self'"} <= set(policy.split("; "))
    assert '<form action="/" method="get">' in answer.text and "/web/" not in answer.text


def test_a_stranger_on_the_network_sets_nothing(desk: Desk, wide: Client) -> None:
    assert wide.put("/api/parameters/audio/gain", json={"value": 5}).status_code == 401
    assert desk.get("/audio/gain") == 0.0


def test_the_address_with_the_token_opens_the_page_and_the_cookie_goes_on(desk: Desk, wide: Client) -> None:
    first = wide.get(f"/?token={TOKEN}")
    assert first.status_code == 200
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie

    kept = {"Cookie": f"other=1; {cookie.partition(';')[0]}", "Origin": "http://192.168.1.5:8080"}
    assert wide.put("/api/parameters/audio/gain", json={"value": 5}, headers=kept).status_code == 200
    assert desk.get("/audio/gain") == 5.0
    assert wide.get("/api/status", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert "set-cookie" not in wide.get("/api/status", headers=kept).headers


def test_even_with_the_token_a_foreign_name_or_site_is_turned_away(desk: Desk, wide: Client) -> None:
    kept = {"Cookie": f"show={TOKEN}"}

    assert wide.get("/api/status", headers={**kept, "Host": "evil.example"}).status_code == 400
    foreign = {**kept, "Origin": "http://evil.example"}
    assert wide.put("/api/parameters/audio/gain", json={"value": 5}, headers=foreign).status_code == 403
    assert desk.get("/audio/gain") == 0.0


def test_a_socket_from_a_foreign_site_is_closed_before_it_opens(desk: Desk) -> None:
    sent: list[Message] = []
    scope = {
        **{"type": "websocket", "path": "/", "query_string": b""},
        "headers": [(b"host", b"localhost"), (b"origin", b"http://evil.example")],
    }

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    asyncio.run(make_app(Sources(desk, ShowStatus, lambda: None, list))(scope, receive, send))  # type: ignore[arg-type]
    assert [message["type"] for message in sent] == ["websocket.close"]


def test_an_answer_that_fails_is_a_short_line_and_no_more(desk: Desk) -> None:
    reasons: list[str] = []

    def fail() -> ShowStatus:
        raise RuntimeError("changed size\nduring iteration")

    client = Client(make_app(Sources(desk, fail, lambda: None, list), refused=reasons.append))
    assert client.get("/api/status").status_code == 500
    assert reasons == ["no answer to '/api/status': RuntimeError: changed size during iteration"]
    assert client.get("/api/parameters").status_code == 200


def make_page(desk: Desk, port: int = 0, host: str = "127.0.0.1") -> OperatorPage:
    return OperatorPage(Sources(desk, ShowStatus, lambda: JPEG, list), host=host, port=port)


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
    assert json.loads(fetch(page, "api/status"))["condition"] == "ok"
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
        assert f":{page.port}: Address already in use; trying again" in str(page.status().problem)
        assert len(caplog.records) == 1

    page.poll(23.0)
    try:
        assert page.status().problem == ""
        assert json.loads(fetch(page, "api/status"))["condition"] == "ok"
    finally:
        page.close()


def test_a_show_that_ends_at_once_does_not_wait_for_the_web(desk: Desk) -> None:
    page = make_page(desk)
    page.start()
    page.close()

    assert page._web.server is None


def test_a_server_that_died_is_started_again(desk: Desk, page: OperatorPage) -> None:
    fetch(page, "api/status")
    assert page._web.server is not None and page._web.thread is not None
    page._web.server.should_exit = True
    page._web.thread.join(10)

    def is_back() -> bool:
        page.poll(100.0)
        return page._web.thread is not None and page._web.thread.is_alive()

    assert wait_until(is_back)
    assert json.loads(fetch(page, "api/status"))["condition"] == "ok"


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid"])
def test_a_host_that_is_not_ours_does_not_stop_the_show(desk: Desk, host: str) -> None:
    page = make_page(desk, host=host)
    page.start()
    page.poll(0.0)

    assert host in str(page.status().problem)
