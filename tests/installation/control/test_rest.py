"""The HTTP interface for hubs: what it does, and that its description is true of it."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from installation.control.page.app import Sources, make_app
from installation.control.page.openapi import NAMED, openapi
from installation.control.page.rest import rest_routes
from installation.cues.status import CueStatus
from installation.desk import Desk
from installation.parameter import Kind
from installation.parameters import PARAMETERS
from installation.status import ShowStatus
from installation.values import Condition, Features
from s2s.serving.access import Access
from s2s.serving.guard import RequestGuard

JPEG = b"\xff\xd8 a picture \xff\xd9"


def ask(app: ASGIApp, method: str, path: str, **more: Any) -> httpx.Response:
    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.request(method, path, **more)

    return asyncio.run(send())


class Hub:
    """A hub before a desk, behind nothing: how the show is, and what time it is, is ours to say."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.status = ShowStatus()
        self.now = 0.0
        routes = rest_routes(
            Sources(self.desk, lambda: self.status, lambda: None, lambda: ["dawn", "dusk"]),
            product=lambda: {"product": "a show", "version": "1", "revision": None},
            clock=lambda: self.now,
        )
        self._app = Starlette(routes=routes)

    def get(self, path: str) -> httpx.Response:
        return ask(self._app, "GET", path)

    def put(self, path: str, body: object) -> httpx.Response:
        return ask(self._app, "PUT", path, content=body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.fixture
def hub() -> Hub:
    return Hub()


def test_one_parameter_is_told_with_range_and_value(hub: Hub) -> None:
    hub.desk.post("/audio/gain", -6, "test")
    told = hub.get("/api/parameters/audio/gain").json()
    assert (told["address"], told["value"], told["low"], told["high"], told["unit"]) == (
        "/audio/gain",
        -6,
        -60,
        24,
        "dB",
    )
    unknown = hub.get("/api/parameters/audio/gian")
    assert unknown.status_code == 404 and "did you mean '/audio/gain'" in unknown.json()["error"]


def test_many_are_set_at_once(hub: Hub) -> None:
    answer = hub.put("/api/parameters", {"values": {"/audio/gain": -6, "/show/freeze": True, "/render/fit": "crop"}})
    assert answer.json() == {"values": {"/audio/gain": -6.0, "/show/freeze": True, "/render/fit": "crop"}}
    assert (hub.desk.get("/audio/gain"), hub.desk.get("/show/freeze"), hub.desk.get("/render/fit")) == (
        -6,
        True,
        "crop",
    )


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (
            {"values": {"/audio/gain": -6, "/render/fit": "loud"}},
            400,
            "/render/fit takes crop | fit | extend, got 'loud'",
        ),
        ({"values": {"/audio/gain": -6, "/audio/gian": 1}}, 404, "did you mean '/audio/gain'"),
        ({"values": {}}, 400, "an object of addresses"),
        ({"values": [1]}, 400, "an object of addresses"),
        ({"/audio/gain": -6}, 400, 'JSON such as {"values"'),
        (b"no", 400, 'JSON such as {"values"'),
        (b'{"values": {"/audio/gain": NaN}}', 400, "finite"),
        (b"[" * 30_000, 400, "JSON"),
        (b" " * 200_000, 400, "bytes"),
    ],
)
def test_of_many_none_is_set_where_one_cannot_be(hub: Hub, body: object, code: int, words: str) -> None:
    answer = hub.put("/api/parameters", body)
    assert answer.status_code == code and words in answer.json()["error"]
    assert hub.desk.get("/audio/gain") == 0.0


def test_what_is_asked_for_most_has_a_path_of_its_own(hub: Hub) -> None:
    assert hub.put("/api/blackout", {"value": True}).json() == {"address": "/show/blackout", "value": True}
    assert hub.get("/api/blackout").json()["value"] is True and hub.desk.get("/show/blackout") is True
    assert hub.put("/api/freeze", {"value": 1}).status_code == 200 and hub.desk.get("/show/freeze") is True
    assert hub.put("/api/preset", {"value": "dusk"}).status_code == 200 and hub.desk.get("/show/preset") == "dusk"


def test_a_cue_is_gone_to_by_name_number_or_word_and_one_that_there_is_not_is_refused(hub: Hub) -> None:
    hub.status = ShowStatus(cues=CueStatus(cues=("doors", "storm")))
    assert [hub.put("/api/cue", {"value": cue}).status_code for cue in ("storm", 2, "next", "")] == [200] * 4
    answer = hub.put("/api/cue", {"value": "strom"})
    assert answer.status_code == 404 and answer.json()["error"] == "there is no cue 'strom', did you mean 'storm'?"
    assert hub.put("/api/cue", {"value": 3}).status_code == 404


def test_a_preset_that_there_is_not_is_refused_with_the_nearest(hub: Hub) -> None:
    answer = hub.put("/api/preset", {"value": "dask"})
    assert answer.status_code == 404 and answer.json()["error"] == "there is no preset 'dask', did you mean 'dusk'?"
    assert hub.put("/api/preset", {"value": 5}).status_code == 400
    assert hub.put("/api/preset", {"name": "dusk"}).status_code == 400


def test_health_is_a_status_that_monitors_understand(hub: Hub) -> None:
    assert hub.get("/api/health").json() == {"condition": "ok", "reasons": {}}
    hub.status = ShowStatus(condition=Condition.DEGRADED, reasons={"sound": "silent"})
    assert hub.get("/api/health").status_code == 200
    hub.status = ShowStatus(condition=Condition.FAILED, reasons={"show": "no picture shown for 9 s"})
    failed = hub.get("/api/health")
    assert failed.status_code == 503 and failed.json()["reasons"] == {"show": "no picture shown for 9 s"}


def test_a_show_that_is_stuck_has_failed_although_it_cannot_say_so_itself(hub: Hub) -> None:
    hub.desk.tick(100.0, Features())
    hub.now = 101.0
    assert hub.get("/api/health").status_code == 200
    hub.now = 130.0
    stuck = hub.get("/api/health")
    assert stuck.status_code == 503 and stuck.json()["reasons"]["show"] == "its loop has been held up for 30 s"


def test_the_version_is_told(hub: Hub) -> None:
    assert hub.get("/api/version").json() == {"product": "a show", "version": "1", "revision": None}


def test_the_description_is_valid_openapi_and_names_every_parameter() -> None:
    document = openapi("0.1.0")
    validate(document)
    assert document["openapi"] == "3.1.0"
    paths = document["paths"]
    assert {f"/api/parameters{address}" for address in PARAMETERS} <= set(paths)
    gain = paths["/api/parameters/audio/gain"]["put"]["requestBody"]["content"]["application/json"]["schema"]
    value = gain["properties"]["value"]
    assert (value["type"], value["minimum"], value["maximum"], value["x-unit"]) == ("number", -60, 24, "dB")
    names = [operation["operationId"] for path in paths.values() for operation in path.values()]
    assert len(names) == len(set(names))


@pytest.fixture(scope="module")
def page() -> ASGIApp:
    """The operator page's whole application, with its guard."""
    return make_app(Sources(Desk(), ShowStatus, lambda: JPEG, lambda: ["dawn"]), Access("127.0.0.1"))


def test_every_path_that_is_described_is_there(page: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installation.control.page.rest.revision", lambda: "abc")
    for path, operations in openapi("1")["paths"].items():
        # What only some pages have, a picture of each preset or a token, is described as that.
        at_least = [
            code for code in operations.get("get", operations.get("post"))["responses"] if code in ("200", "404")
        ]
        method = "GET" if "get" in operations else "POST"
        assert str(ask(page, method, path).status_code) in at_least, path
        refused = ask(page, "PUT", path, content=b"no JSON")
        assert refused.status_code == (400 if "put" in operations else 405), path


def test_every_path_that_is_there_is_described(page: ASGIApp) -> None:
    """But for each parameter's own, which has no slash in it there, and the WebSocket."""
    assert isinstance(page, RequestGuard) and isinstance(page.app, Starlette)
    there = {route.path for route in page.app.routes if isinstance(route, Route) and route.path.startswith("/api/")}
    assert there - set(openapi("1")["paths"]) == {"/api/parameters/{address:path}"}


def test_every_parameter_takes_its_default_under_its_own_path(page: ASGIApp) -> None:
    for address, row in PARAMETERS.items():
        assert ask(page, "PUT", f"/api/parameters{address}", json={"value": row.default}).status_code == 200
        told = ask(page, "GET", f"/api/parameters{address}").json()
        assert told["address"] == address and (row.kind is Kind.TRIGGER or told["value"] == row.default)


def test_the_page_for_people_loads_nothing_and_runs_nothing(page: ASGIApp) -> None:
    docs = ask(page, "GET", "/api/docs")
    policy = docs.headers["content-security-policy"]
    assert docs.headers["content-type"].startswith("text/html")
    assert "<script" not in docs.text and "src=" not in docs.text and " style=" not in docs.text
    assert "default-src 'none'" in policy and "script-src" not in policy and "unsafe" not in policy
    assert docs.headers["x-frame-options"] == "DENY"
    for address in PARAMETERS:
        assert f"/api/parameters{address}</code>" in docs.text
    assert all(f"/api/{name}</code>" in docs.text for name in NAMED)


def test_a_foreign_site_sets_nothing_here_either(page: ASGIApp) -> None:
    headers = {"Origin": "http://evil.example"}
    assert ask(page, "PUT", "/api/blackout", json={"value": True}, headers=headers).status_code == 403
    assert ask(page, "PUT", "/api/parameters", json={"values": {"/audio/gain": 1}}, headers=headers).status_code == 403
