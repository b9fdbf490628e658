"""REST for hubs that speak neither OSC nor MIDI: one or many parameters, presets, blackout and freeze, health, version.

`rest_routes` are mounted beside the operator page's own, behind its guard; `openapi.py` describes both. Endpoints run
on worker threads: they read what any thread may read, and post to the desk.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from installation.control.page.openapi import NAMED, openapi
from installation.control.page.openapi_page import HEADERS, page_of
from installation.control.page.page_json import describe
from installation.control.page.sources import Sources
from installation.control.rejections import why_unknown
from installation.logs.exposition import CONTENT_TYPE, written
from installation.logs.figures import figures
from installation.parameter import Kind, Parameter, ParameterError
from installation.parameters import PARAMETERS, nearest, parameter
from installation.product import revision, version
from installation.values import Condition, ParameterValue
from s2s.files.document import Bounds, DocumentError, parse_json
from s2s.files.quote import quoted
from s2s.serving.body import SMALL_BODY, read_body

ORIGIN: Final = "rest"
HEALTH: Final = ("/api/health", "/health")
METRICS: Final = "/metrics"
WATCHED: Final = frozenset({*HEALTH, METRICS})
"""What a monitor asks for."""
_MANY: Final = Bounds(bytes=32_768, levels=4, values=1_000)
_NO_STORE: Final = {"Cache-Control": "no-store"}
_STUCK_S: Final = 5.0
"""So long without a turn of the show's loop is no slow turn any more."""


class RequestError(ValueError):
    """A request that cannot be done: its status, and why in one line."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True, slots=True)
class _Rest:
    sources: Sources
    product: Callable[[], Mapping[str, str | None]]
    clock: Callable[[], float]

    def parameter(self, request: Request) -> Response:
        address = "/" + request.path_params["address"].strip("/")
        row = self.sources.desk.rows.get(address)
        if row is None:
            raise RequestError(404, why_unknown(address))
        return _json(describe(row, self.sources.desk))

    def set_many(self, body: bytes) -> Response:
        """Set all of `{"values": {address: value, …}}`, or none where one of them cannot be."""
        values = _field(body, "values", '{"values": {"/audio/gain": -6}}')
        if not isinstance(values, dict) or not values:
            raise RequestError(400, f"values is an object of addresses with their values, got {quoted(values)}")
        rows = self.sources.desk.rows
        unknown = next((address for address in values if address not in rows), None)
        if unknown is not None:
            raise RequestError(404, why_unknown(unknown))
        taken = {address: _accepted(rows[address], value) for address, value in values.items()}
        for address, value in taken.items():
            self.sources.desk.post(address, value, ORIGIN)
        return _json({"values": taken})

    def named(self, address: str, _request: Request) -> Response:
        return _json({"address": address, "value": self._value(address)})

    def set_named(self, address: str, body: bytes) -> Response:
        value = _accepted(parameter(address), _field(body, "value", '{"value": true}'))
        if address == "/show/preset" and value not in (names := self.sources.presets()):
            raise RequestError(404, f"there is no preset {quoted(value)}{nearest(str(value), names)}")
        if address == "/show/cue" and value and not (cues := self.sources.status().cues).knows(str(value)):
            raise RequestError(404, f"there is no cue {quoted(value)}{nearest(str(value), cues.cues)}")
        self.sources.desk.post(address, value, ORIGIN)
        return _json({"address": address, "value": self._value(address)})

    def health(self, _request: Request) -> Response:
        status, stuck_s = self.sources.status(), self._stuck_s()
        condition, reasons = status.condition, dict(status.reasons)
        if stuck_s > _STUCK_S:  # whoever would have said so does not come to it
            condition = Condition.FAILED
            reasons["show"] = f"its loop has been held up for {stuck_s:.0f} s"
        code = 503 if condition is Condition.FAILED else 200
        return JSONResponse({"condition": condition, "reasons": reasons}, status_code=code, headers=_NO_STORE)

    def metrics(self, _request: Request) -> Response:
        about = self.product()
        version, revision = about.get("version") or "", about.get("revision") or ""
        told = figures(self.sources.status(), self.sources.measured(), self._stuck_s(), version, revision)
        return Response(written(told), headers={**_NO_STORE, "Content-Type": CONTENT_TYPE})

    def version(self, _request: Request) -> Response:
        return _json(self.product())

    def _value(self, address: str) -> ParameterValue | None:
        return None if PARAMETERS[address].kind is Kind.TRIGGER else self.sources.desk.get(address)

    def _stuck_s(self) -> float:
        ticked_at = self.sources.desk.ticked_at
        return 0.0 if ticked_at is None else self.clock() - ticked_at


@cache
def product() -> Mapping[str, str | None]:
    """Return name, version and, where git knows it, revision of this program."""
    return {"product": "sound-to-scene", "version": version(), "revision": revision()}


def rest_routes(
    sources: Sources,
    product: Callable[[], Mapping[str, str | None]] = product,
    clock: Callable[[], float] = time.monotonic,
) -> list[BaseRoute]:
    """Return the routes, each an absolute path. `clock` counts as the show's does, in seconds."""
    rest = _Rest(sources, product, clock)

    def docs(_request: Request) -> Response:
        return HTMLResponse(page_of(_document()), headers={**HEADERS, **_NO_STORE})

    def described(_request: Request) -> Response:
        return _json(_document())

    named = [
        route
        for name, address in NAMED.items()
        for route in (
            _get(f"/api/{name}", partial(rest.named, address)),
            _put(f"/api/{name}", partial(rest.set_named, address), SMALL_BODY),
        )
    ]
    return [
        _get("/api/parameters/{address:path}", rest.parameter),
        _put("/api/parameters", rest.set_many, _MANY),
        *named,
        *(_get(path, rest.health) for path in HEALTH),
        _get(METRICS, rest.metrics),
        _get("/api/version", rest.version),
        _get("/api/openapi.json", described),
        _get("/api/docs", docs),
    ]


@cache
def _document() -> dict[str, Any]:
    return openapi(version())  # made when it is first asked for: most shows never are


def _get(path: str, answer: Callable[[Request], Response]) -> Route:
    def endpoint(request: Request) -> Response:
        return told(partial(answer, request))

    return Route(path, endpoint)


def _put(path: str, answer: Callable[[bytes], Response], bounds: Bounds) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            body = await read_body(request, bounds)
        except ClientDisconnect:  # nobody is there to be answered
            return Response(status_code=400)
        return await run_in_threadpool(told, partial(answer, body))

    return Route(path, endpoint, methods=["PUT"])


def told(answer: Callable[[], Response]) -> Response:
    """Return what `answer` does, or why it cannot, with its status."""
    try:
        return answer()
    except RequestError as error:
        return JSONResponse({"error": str(error)}, status_code=error.status, headers=_NO_STORE)


def _accepted(row: Parameter, value: object) -> ParameterValue:
    try:
        return row.accept(value)
    except ParameterError as error:
        raise RequestError(400, str(error)) from None


def _field(body: bytes, name: str, example: str) -> object:
    try:
        document = parse_json(body, _MANY)
    except DocumentError as error:
        raise RequestError(400, f"the body is JSON such as {example}: it {error}") from None
    if not isinstance(document, dict) or name not in document:
        raise RequestError(400, f"the body is JSON such as {example}, got {quoted(body)}")
    return document[name]


def _json(content: object) -> Response:
    return JSONResponse(content, headers=_NO_STORE)
